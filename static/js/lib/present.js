/** Presentation: large text, and the drawing alone. A button begins it; another one leaves it. */

import { byId } from "./dom.js";

/**
 * @param {() => void} [redraw] text has another size
 * @returns {{toggle: () => void, leave: () => boolean}} leave: whether there was one to leave
 */
export function wirePresent(redraw = () => {}) {
  const end = byId("present-end");
  const isOn = () => document.body.classList.contains("present");
  const set = (/** @type {boolean} */ on) => {
    document.body.classList.toggle("present", on);
    end.hidden = !on;
    redraw();
  };
  const toggle = () => set(!isOn());
  byId("present").addEventListener("click", toggle);
  end.addEventListener("click", toggle);
  return {
    toggle,
    leave: () => {
      const on = isOn();
      if (on) set(false);
      return on;
    },
  };
}
