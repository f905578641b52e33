/** Who owns a hash, from the tokens that the page has: what the server's `lookup` says, without asking again. Pure. */

import { ownerIndex } from "../lib/geometry.js";
import { activeNodes } from "./change.js";
import { isManaged } from "./members.js";
import { BUCKET_SHIFT } from "./slots.js";

/** @import { Lookup, State } from "./types.js" */

/**
 * The same key in another state of the ring. The token's index is the server's to say, and -1 until it has.
 * @param {Lookup} lookup
 * @param {number} v
 * @param {State} state
 * @param {{tokens: Uint32Array, owners: Uint32Array}} ring of that state
 * @returns {Lookup}
 */
export function lookupIn(lookup, v, state, ring) {
  const stops = walked(lookup.hash, state, ring);
  const [first, ...copies] = stops;
  const value = first?.token ?? null;
  const same = first?.number === lookup.owner && value === lookup.token?.value;
  const token = value === null ? null : same ? lookup.token : { value, index: -1 };
  const { stored, ...rest } = lookup; // what the servers say is of the moment that they were asked
  return { ...rest, v, owner: first?.number ?? 0, token, copies };
}

/** @param {number} hash */
const bucketStart = (hash) => ((hash >>> BUCKET_SHIFT) << BUCKET_SHIFT) >>> 0;

/**
 * @param {number} hash
 * @param {State} state
 * @param {{tokens: Uint32Array, owners: Uint32Array}} ring
 */
function walked(hash, state, ring) {
  const { strategy, copies } = state.cluster;
  // Where real servers stand behind the nodes, buckets are placed: the hash's top bits, from their bucket's start on.
  const bucketed = isManaged(state);
  if (strategy === "modulo") return byRest(bucketed ? hash >>> BUCKET_SHIFT : hash, state);
  // In a slot map there is the owner, or nobody: no walk leads on to somebody else.
  return byWalk(bucketed ? bucketStart(hash) : hash, ring, strategy === "slots" ? 1 : copies).filter(
    ({ number }) => number !== 0,
  );
}

/**
 * Distinct nodes clockwise from a hash, with the token at which each is met. O(log tokens) and the tokens walked over.
 * @param {number} hash
 * @param {{tokens: Uint32Array, owners: Uint32Array}} ring
 * @param {number} most
 */
function byWalk(hash, { tokens, owners }, most) {
  /** @type {{number: number, token: number | null}[]} */
  const stops = [];
  const first = ownerIndex(tokens, hash);
  for (let i = 0; i < tokens.length && stops.length < most; i++) {
    const at = (first + i) % tokens.length;
    if (!stops.some(({ number }) => number === owners[at])) stops.push({ number: owners[at], token: tokens[at] });
  }
  return stops;
}

/**
 * The node that the division leaves over, and those after it in the list.
 * @param {number} hash
 * @param {State} state
 */
function byRest(hash, state) {
  const nodes = activeNodes(state);
  const most = Math.min(state.cluster.copies, nodes.length);
  return Array.from({ length: most }, (_unused, i) => ({
    number: nodes[(hash + i) % nodes.length].number,
    token: null,
  }));
}
