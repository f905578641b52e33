/** A node's look: its number in its colour, as on the Ring page. */

import { chip } from "../../ring/dom.js";
import { GREY, looksOf } from "../../ring/looks.js";

/** @import { Node } from "../../ring/types.js" */

/**
 * @param {Node[]} nodes
 * @param {number} number
 */
export const lookOf = (nodes, number) => looksOf(nodes, [], "pins").get(number) ?? GREY;

/**
 * @param {Node[]} nodes
 * @param {number} number
 */
export const chipOf = (nodes, number) => chip({ look: lookOf(nodes, number), mark: String(number) });

/**
 * A node's colour from CSS, for drawing.
 * @param {Node[]} nodes
 * @param {number} number
 */
export function colourOf(nodes, number) {
  const { hue, pattern } = lookOf(nodes, number);
  const name = pattern === GREY.pattern ? "--ink2" : `--n${hue + 1}`;
  return getComputedStyle(document.body).getPropertyValue(name).trim();
}
