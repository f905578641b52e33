/**
 * The slot map of an external cluster as a ring: its state says which node has which slots. Follows the same rules as
 * `ringviz/core/slots.py`. Pure.
 */

import { isMember } from "./members.js";

/** @import { Range } from "./draw/types.js" */
/** @import { Movement, Node, Pair } from "./types.js" */

export const SLOTS = 16_384;
/** The bits of a hash below its bucket; bucket and slot have the same number. */
export const BUCKET_SHIFT = 18;

/**
 * The ends of the ranges, ascending, each with the number of its owner; 0 is nobody.
 * @param {Node[]} nodes
 * @returns {{tokens: Uint32Array, owners: Uint32Array}}
 */
export function slotRing(nodes) {
  const owner = ownersOf(nodes);
  if (!owner.some(Boolean)) return { tokens: new Uint32Array(), owners: new Uint32Array() };
  const ends = Array.from(owner.keys()).filter((slot) => slot === SLOTS - 1 || owner[slot] !== owner[slot + 1]);
  return {
    tokens: Uint32Array.from(ends, (slot) => (slot << BUCKET_SHIFT) >>> 0),
    owners: Uint32Array.from(ends, (slot) => owner[slot]),
  };
}

/**
 * The owner of every slot.
 * @param {Node[]} nodes
 */
const ownersOf = (nodes) => listers(nodes.filter(isMember));

/** @param {Node[]} nodes */
function listers(nodes) {
  const owner = new Uint32Array(SLOTS);
  for (const node of nodes) {
    for (const [first, last] of node.slots ?? []) owner.fill(node.number, first, last + 1);
  }
  return owner;
}

/** @param {Node} node */
export const slotCount = ({ slots = [] }) => slots.reduce((sum, [first, last]) => sum + last - first + 1, 0);

/**
 * How many slots are served.
 * @param {Node[]} nodes
 */
export const covered = (nodes) => ownersOf(nodes).filter(Boolean).length;

/**
 * How many slots have a node, even if it is down.
 * @param {Node[]} nodes
 */
export const claimed = (nodes) => listers(nodes).filter(Boolean).length;

/**
 * The slots that changed owner between two maps, as a movement whose pairs count slots; null if there are none.
 * @param {Node[]} before
 * @param {Node[]} after
 * @returns {{movement: Movement, ranges: Range[]} | null}
 */
export function slotMovement(before, after) {
  const [was, is] = [ownersOf(before), ownersOf(after)];
  /** @type {Range[]} */
  const ranges = [];
  /** @type {Map<string, Pair>} */
  const pairs = new Map();
  for (let slot = 0; slot < SLOTS; slot++) {
    const [from, to] = [was[slot], is[slot]];
    if (from === to) continue;
    const end = (slot << BUCKET_SHIFT) >>> 0;
    const last = ranges.at(-1);
    const start = (((slot + SLOTS - 1) % SLOTS) << BUCKET_SHIFT) >>> 0;
    if (last && last.end === start && last.from === from && last.to === to) last.end = end;
    else ranges.push({ start, end, from, to });
    const pair = pairs.get(`${from} ${to}`) ?? [from, to, 0];
    pairs.set(`${from} ${to}`, [from, to, pair[2] + 1]);
  }
  if (ranges.length === 0) return null;
  const movement = {
    keys: 0,
    moved: 0,
    needless: 0,
    modulo: null,
    copies: { total: 0, moved: 0 },
    pairs: [...pairs.values()].sort((a, b) => b[2] - a[2]),
    pairs_left_off: 0,
    ranges: null,
  };
  return { movement, ranges };
}
