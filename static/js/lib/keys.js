/** Keyboard shortcuts of a page. They work everywhere, except where a control or a dialog uses the key itself. */

/**
 * @param {Record<string, () => void>} keys by name, letters in lower case
 * @param {(event: KeyboardEvent) => boolean} [taken] whether the focused control uses the key
 */
export function wireKeys(keys, taken = isTaken) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]") || taken(event)) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!Object.hasOwn(keys, name)) return;
    event.preventDefault();
    keys[name]();
  });
}

/**
 * Fields use all keys except Escape, sliders and tabs use the arrows, buttons and links the space bar.
 * @param {KeyboardEvent} event
 */
function isTaken({ target, key }) {
  if (!(target instanceof Element)) return false;
  if (target.closest("input:not([type=range]), select, textarea")) return key !== "Escape";
  if (target.closest("input[type=range]")) return key.startsWith("Arrow");
  if (target.closest("[role=tab]") && key.startsWith("Arrow")) return true;
  return key === " " && target.closest("button, a, summary") !== null;
}
