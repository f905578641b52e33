/** The nodes in a row, in the order in which a strategy counts them. Pure. */

import { isMember } from "../members.js";

/** @import { State } from "../types.js" */

const WIDEST = 64;
const GAP = 3;

/**
 * The nodes that have a place: on the ring, of weight above 0, by number.
 * @param {State} state
 */
export const placed = ({ nodes }) => nodes.filter((node) => isMember(node) && node.weight > 0);

/**
 * The positions of places that share a width evenly.
 * @param {number} count
 * @param {number} left
 * @param {number} width
 */
export function rowOf(count, left, width) {
  const step = Math.min(WIDEST, width / Math.max(1, count));
  const start = left + Math.max(0, (width - step * count) / 2);
  const box = Math.max(1, step - (step > 8 ? GAP : step > 3 ? 1 : 0));
  return { step, box, x: (/** @type {number} */ place) => start + (place + 0.5) * step };
}
