/**
 * The slot map of a cluster that somebody else runs, as a ring: its state says which node has which slots. The same rules
 * as `ringviz/core/slots.py`. Pure.
 */

/** @import { Node } from "./types.js" */

const SLOTS = 16_384;
const SHIFT = 18;
const OFF_RING = new Set(["down", "joining", "draining"]);

/**
 * The ends of the ranges, ascending, with the number of each one's owner: 0 is nobody.
 * @param {Node[]} nodes
 * @returns {{tokens: Uint32Array, owners: Uint32Array}}
 */
export function slotRing(nodes) {
  const owner = new Uint32Array(SLOTS);
  for (const { number, state, slots = [] } of nodes) {
    if (!OFF_RING.has(state)) for (const [first, last] of slots) owner.fill(number, first, last + 1);
  }
  if (!owner.some(Boolean)) return { tokens: new Uint32Array(), owners: new Uint32Array() };
  const ends = Array.from(owner.keys()).filter((slot) => slot === SLOTS - 1 || owner[slot] !== owner[slot + 1]);
  return {
    tokens: Uint32Array.from(ends, (slot) => (slot << SHIFT) >>> 0),
    owners: Uint32Array.from(ends, (slot) => owner[slot]),
  };
}
