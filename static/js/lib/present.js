/** Presentation mode: large text and only the drawing. One button starts it, another leaves it. */

import { byId } from "./dom.js";

/**
 * @param {() => void} [redraw] called when the text size has changed
 * @returns {{toggle: () => void, leave: () => boolean}} leave returns whether the mode was on
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
