/** Style sheets that most visits do not need: they come when what they are for is opened. */

/** @type {Map<string, Promise<void>>} */
const asked = new Map();

/**
 * Loads a style sheet once. One that does not come leaves its part plain, and readable.
 * @param {string} href
 * @returns {Promise<void>} when it holds, or did not come
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
