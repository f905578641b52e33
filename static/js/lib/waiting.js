/**
 * Figures that htmx loads after the page. If they cannot be loaded, shows why, with a button to try again.
 *
 * Their place has `aria-busy` until they are loaded, a paragraph for the wait, one for the error, and a button. Its htmx trigger
 * includes `ringviz:again`.
 */

import { refusalWords } from "./saying.js";

/** @param {string} selector of the place, without `aria-busy` */
export function wireWaiting(selector) {
  /** The parts of the place until the figures are loaded. */
  const waiting = () => {
    const place = document.querySelector(`${selector}[aria-busy]`);
    const [wait, refused] = place?.querySelectorAll("p") ?? [];
    const again = place?.querySelector("button");
    return wait && refused && again ? { place, wait, refused, again } : null;
  };
  /** @param {string} words why there are no figures; "" while loading */
  const sayRefused = (words) => {
    const parts = waiting();
    if (!parts) return;
    parts.refused.textContent = words;
    parts.refused.hidden = parts.again.hidden = words === "";
    parts.wait.hidden = words !== "";
  };
  document.body.addEventListener("htmx:responseError", (event) => {
    const { xhr } = /** @type {CustomEvent<{xhr: XMLHttpRequest}>} */ (event).detail;
    sayRefused(refusalWords(xhr.status, xhr.responseText));
  });
  document.body.addEventListener("htmx:sendError", () => sayRefused(refusalWords(0, "")));
  waiting()?.again.addEventListener("click", () => {
    sayRefused("");
    waiting()?.place?.dispatchEvent(new Event("ringviz:again"));
  });
}
