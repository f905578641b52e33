/** Keys of a page: they hold anywhere, but where a control or a dialog takes them itself. */

/**
 * @param {Record<string, () => void>} keys by name, letters small
 * @param {(event: KeyboardEvent) => boolean} [taken] whether the control that has the focus takes the key
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
 * Fields take all keys but Escape, sliders and tabs the arrows, buttons and links the space bar.
 * @param {KeyboardEvent} event
 */
function isTaken({ target, key }) {
  if (!(target instanceof Element)) return false;
  if (target.closest("input:not([type=range]), select, textarea")) return key !== "Escape";
  if (target.closest("input[type=range]")) return key.startsWith("Arrow");
  if (target.closest("[role=tab]") && key.startsWith("Arrow")) return true;
  return key === " " && target.closest("button, a, summary") !== null;
}
