// The frame: theme switch, menus that close, the EVE clock, pictures that did not come.
// Each module stands alone, so that an address that changes with its content reaches all of them.

document.documentElement.dataset.script = "on";

const YEAR = 365 * 24 * 3600;

function chooseTheme(theme, path) {
  document.documentElement.dataset.theme = theme;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${theme}; Path=${path}; Max-Age=${YEAR}; SameSite=Lax${secure}`;
}

for (const themes of document.querySelectorAll("[data-theme-switch]")) {
  themes.addEventListener("change", (event) => {
    chooseTheme(event.target.value, themes.dataset.cookiePath);
  });
}

for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

// The clock: EVE time is UTC.
for (const clock of document.querySelectorAll("[data-clock]")) {
  const tick = () => {
    const now = new Date().toISOString();
    clock.dateTime = now;
    clock.textContent = `${now.slice(0, 10)} ${now.slice(11, 16)}`;
  };
  tick();
  setInterval(tick, 15000);
}

// Browsers that draw a broken picture over our neutral shape get the shape alone.
const EMPTY = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";

function markMissing(picture) {
  if (picture.classList.contains("is-missing")) return;
  picture.classList.add("is-missing");
  picture.src = EMPTY;
}

for (const picture of document.querySelectorAll("img.picture")) {
  if (picture.complete && picture.currentSrc && picture.naturalWidth === 0) markMissing(picture);
  else picture.addEventListener("error", () => markMissing(picture), { once: true });
}
