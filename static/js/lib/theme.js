/** The light and dark themes and their switch. Drawings listen for "ringviz:theme" on the document and repaint. */

import { keep } from "./kept.js";

/** @typedef {"light" | "dark"} ThemeName */

/** @returns {ThemeName} */
function currentTheme() {
  return document.documentElement.dataset.theme === "dark" ? "dark" : "light";
}

/** @param {ThemeName} theme */
function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  keep("theme", theme);
  document.dispatchEvent(new CustomEvent("ringviz:theme", { detail: { theme } }));
}

/**
 * Calls back whenever the theme changes.
 * @param {() => void} callback
 */
export const onTheme = (callback) => document.addEventListener("ringviz:theme", () => callback());

/**
 * Makes a button switch the theme. It is pressed while the page is dark.
 * @param {HTMLElement} button
 */
export function wireThemeButton(button) {
  const show = () => button.setAttribute("aria-pressed", String(currentTheme() === "dark"));
  button.addEventListener("click", () => setTheme(currentTheme() === "dark" ? "light" : "dark"));
  onTheme(show);
  show();
}
