// Buttons that copy exactly what they carry in `data-copy`.

const SHOWN_FOR = 1500;

// The clipboard API exists on HTTPS and localhost only; an alliance's test server may be neither.
function copyBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand("copy");
  area.remove();
  return isCopied;
}

async function copy(text) {
  if (!navigator.clipboard) return copyBySelection(text);
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function tell(button, isCopied) {
  const label = button.querySelector("[data-copy-label]");
  const before = button.dataset.copyBefore ?? label.textContent;
  button.dataset.copyBefore = before;
  button.classList.toggle("is-copied", isCopied);
  label.textContent = isCopied ? "Copied" : "Not copied";
  document.getElementById("announcement").textContent = isCopied
    ? `Copied ${button.dataset.copy}`
    : "The browser did not allow copying.";
  clearTimeout(Number(button.dataset.copyTimer));
  button.dataset.copyTimer = setTimeout(() => {
    button.classList.remove("is-copied");
    label.textContent = before;
  }, SHOWN_FOR);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const isCopied = await copy(button.dataset.copy);
  button.focus();
  tell(button, isCopied);
});
