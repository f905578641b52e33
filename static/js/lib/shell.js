/** What every page has: the phone menu, the theme switch, the cluster picker. */

import { wireThemeButton } from "./theme.js";

/** The menu button of a narrow bar: opens and closes, and Escape closes it and gives the focus back. */
function wireMenu() {
  const bar = document.querySelector(".top");
  const button = document.querySelector("#menu-button");
  if (!(bar instanceof HTMLElement) || !(button instanceof HTMLElement)) {
    return;
  }
  const set = (/** @type {boolean} */ open) => {
    bar.classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
  };
  button.addEventListener("click", () => set(!bar.classList.contains("open")));
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && bar.classList.contains("open")) {
      set(false);
      button.focus();
    }
  });
}

/** The picker is a `<details>`: it opens by itself; a click elsewhere and Escape close it. */
function wirePicker() {
  const picker = document.querySelector("details.pick");
  if (!(picker instanceof HTMLDetailsElement)) {
    return;
  }
  document.addEventListener("click", (event) => {
    if (event.target instanceof Node && !picker.contains(event.target)) {
      picker.open = false;
    }
  });
  picker.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && picker.open) {
      picker.open = false;
      picker.querySelector("summary")?.focus();
      event.stopPropagation();
    }
  });
}

wireMenu();
wirePicker();
for (const button of document.querySelectorAll("[data-theme-switch]")) {
  if (button instanceof HTMLElement) {
    wireThemeButton(button);
  }
}
