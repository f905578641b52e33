/**
 * The owner of a hash in another state. If each range belongs to one node, the page computes it from its tokens, with the same
 * result as the server's `lookup`. For other strategies, only the server can tell. Pure.
 */

import { ownerIndex } from "../lib/geometry.js";
import { isManaged } from "./members.js";
import { BUCKET_SHIFT } from "./slots.js";
import { abilitiesOf, copiesOf } from "./strategies.js";

/** @import { Cluster, Lookup, State } from "./types.js" */

/** @type {(cluster: Cluster) => boolean} whether the page can compute owners itself */
export const isLocal = (cluster) => abilitiesOf(cluster).ranges;

/**
 * The same key in another state of the ring. The token's index is -1 until the server reports it.
 * @param {Lookup} lookup
 * @param {number} v
 * @param {State} state with a strategy that `isLocal`
 * @param {{tokens: Uint32Array, owners: Uint32Array}} ring of that state
 * @returns {Lookup}
 */
export function lookupIn(lookup, v, state, ring) {
  const stops = walked(lookup.hash, state, ring);
  const [first, ...copies] = stops;
  const value = first?.token ?? null;
  const same = first?.number === lookup.owner && value === lookup.token?.value;
  const token = value === null ? null : same ? lookup.token : { value, index: -1 };
  return { ...ofKey(lookup), v, owner: first?.number ?? 0, token, copies };
}

/**
 * The same key at another version, while the server is asked for its owner there.
 * @param {Lookup} lookup
 * @param {number} v
 * @returns {Lookup}
 */
export const askedIn = (lookup, v) => ({ ...ofKey(lookup), v, owner: 0, token: null, copies: [], asked: true });

/**
 * The parts of a lookup that are the same at every version.
 * @param {Lookup} lookup
 */
function ofKey({ stored, asked, steps, ...rest }) {
  return rest;
}

/** @param {number} hash */
const bucketStart = (hash) => ((hash >>> BUCKET_SHIFT) << BUCKET_SHIFT) >>> 0;

/**
 * Distinct nodes clockwise from a hash.
 * @param {number} hash
 * @param {State} state
 * @param {{tokens: Uint32Array, owners: Uint32Array}} ring
 */
function walked(hash, state, ring) {
  // With real servers, buckets are placed, so the walk begins at the start of the key's bucket.
  const from = isManaged(state) ? bucketStart(hash) : hash;
  // In a slot map a slot without an owner belongs to nobody; there is no next node.
  return byWalk(from, ring, copiesOf(state.cluster)).filter(({ number }) => number !== 0);
}

/**
 * Distinct nodes clockwise from a hash, with the token at which each is met. O(log tokens + tokens walked over).
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
