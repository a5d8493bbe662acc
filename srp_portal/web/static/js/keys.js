// Keys: an element with `data-key` is reached by that key. Links are followed, fields and
// buttons that change something only get the focus, so that no single key moves money.

const isTyping = (target) =>
  target.isContentEditable || target.matches("input:not([type=radio], [type=checkbox]), textarea, select");

const isVisible = (element) => element.getClientRects().length > 0;

function reach(element) {
  // What is folded away is unfolded first.
  for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    if (!element.matches("summary")) fold.open = true;
  }
  if (element.matches("summary")) {
    const fold = element.parentElement;
    fold.open = !fold.open;
    const field = fold.open && fold.querySelector("input:not([type=hidden]), select, textarea");
    (field || element).focus();
  } else if (element.matches("a")) {
    element.click();
  } else {
    element.focus();
    element.scrollIntoView({ block: "nearest" });
  }
}

function move(step) {
  const links = [...document.querySelectorAll("[data-row-link]")];
  if (links.length === 0) return;
  const row = document.activeElement.closest("[data-row]");
  const present = row ? links.findIndex((link) => row.contains(link)) : -1;
  const next = present < 0 ? 0 : Math.min(Math.max(present + step, 0), links.length - 1);
  links[next].focus();
  links[next].closest("[data-row]").scrollIntoView({ block: "nearest" });
}

function openKeys() {
  const dialog = document.getElementById("keys");
  if (!dialog.open) dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)];
  // A folded element counts, one that this width does not show counts only when nothing else does.
  const element = found.find(isVisible) ?? found[0];
  if (event.key === "?") openKeys();
  else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (element) reach(element);
  else return;
  event.preventDefault();
});

for (const button of document.querySelectorAll("[data-opens='keys']")) {
  button.addEventListener("click", () => {
    button.closest("details")?.removeAttribute("open");
    openKeys();
  });
}
