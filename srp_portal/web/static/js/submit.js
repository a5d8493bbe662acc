// A form that is on its way says so, and is not sent twice.

// Longer than the portal takes for anything: after it, the answer was lost on the way.
const LOST_AFTER = 30000;

function mark(form, submitter) {
  form.dataset.isSent = "yes";
  if (!submitter) return;
  submitter.setAttribute("aria-busy", "true");
  if (submitter.dataset.busy) {
    submitter.dataset.before = submitter.innerHTML;
    submitter.textContent = `${submitter.dataset.busy}…`;
  }
}

function unmark() {
  for (const form of document.querySelectorAll("form[data-is-sent]")) delete form.dataset.isSent;
  for (const button of document.querySelectorAll("[aria-busy]")) {
    button.removeAttribute("aria-busy");
    if (button.dataset.before) button.innerHTML = button.dataset.before;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog") return;
  if (form.dataset.isSent) {
    event.preventDefault();
    return;
  }
  mark(form, event.submitter);
  setTimeout(unmark, LOST_AFTER);
});

// Back from the next page, the browser may show this one as it was left.
addEventListener("pageshow", (event) => {
  if (event.persisted) unmark();
});
