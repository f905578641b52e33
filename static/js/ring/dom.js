/** Creates elements that only the Ring page has; see also lib/dom.js. */

import { h } from "../lib/dom.js";

export { button, byId, h, keepFocus, narrow, parts } from "../lib/dom.js";

/**
 * A node's number, or a pin's letter, in its colour.
 * @param {{look: {hue: number, pattern: string}, mark: string}} figure
 */
export const chip = ({ look, mark }) =>
  h("span", { class: look.pattern === "grey" ? "chip" : `chip hue-${look.hue + 1} ${look.pattern}` }, mark);
