/** Popovers. */

/**
 * Makes a `<details>` that opens over the page close on Escape and on a click elsewhere.
 * @param {HTMLDetailsElement} popover
 */
export function wirePopover(popover) {
  const elsewhere = (/** @type {Event} */ { target }) => {
    if (target instanceof Node && !popover.contains(target)) popover.open = false;
  };
  popover.addEventListener("toggle", () => {
    if (popover.open) document.addEventListener("click", elsewhere);
    else document.removeEventListener("click", elsewhere);
  });
  popover.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && popover.open) {
      popover.open = false;
      popover.querySelector("summary")?.focus();
      event.stopPropagation();
    }
  });
}
