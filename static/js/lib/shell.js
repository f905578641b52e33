/** Shared by all pages: the phone menu, the theme switch, popovers. */

import { wirePopover } from "./popover.js";
import { wireThemeButton } from "./theme.js";

/** The menu button on narrow screens. Escape closes the menu and returns the focus. */
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

/** Tells other tabs about a sign-out, and on operators' pages watches the session. Visitors load nothing for it. */
async function wireSession() {
  const told = document.querySelector("meta[name=session]");
  const left = document.querySelector("[data-signed-out]");
  if (!told && !left) {
    return;
  }
  const { tellOthers, watchSession } = await import("./session.js");
  if (left) {
    tellOthers();
  }
  if (told instanceof HTMLMetaElement) {
    watchSession(told);
  }
}

wireMenu();
void wireSession();
for (const popover of document.querySelectorAll("details:is(.pick, .pop)")) {
  if (popover instanceof HTMLDetailsElement) {
    wirePopover(popover);
  }
}
for (const button of document.querySelectorAll("[data-theme-switch]")) {
  if (button instanceof HTMLElement) {
    wireThemeButton(button);
  }
}
