/** Style sheets that most visits do not need. They are loaded when their part of the page is opened. */

/** @type {Map<string, Promise<void>>} */
const asked = new Map();

/**
 * Loads a style sheet once. If that fails, its part of the page stays unstyled but readable.
 * @param {string} href
 * @returns {Promise<void>} resolves when it is loaded, or failed
 */
export function needSheet(href) {
  const known = asked.get(href);
  if (known) return known;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = href;
  const loaded = new Promise((/** @type {(value: void) => void} */ done) => {
    link.addEventListener("load", () => done());
    link.addEventListener("error", () => done());
  });
  asked.set(href, loaded);
  document.head.append(link);
  return loaded;
}
