/**
 * Who owns a hash in another state. Where ranges belong to one node as a whole, the tokens that the page has say it: the same
 * as the server's `lookup`, without asking again. By other strategies only the server can say it. Pure.
 */

import { ownerIndex } from "../lib/geometry.js";
import { isManaged } from "./members.js";
import { BUCKET_SHIFT } from "./slots.js";
import { abilitiesOf, copiesOf } from "./strategies.js";

/** @import { Cluster, Lookup, State } from "./types.js" */

/** @type {(cluster: Cluster) => boolean} whether the page can say an owner by itself */
export const isLocal = (cluster) => abilitiesOf(cluster).ranges;

/**
 * The same key in another state of the ring. The token's index is the server's to say, and -1 until it has.
 * @param {Lookup} lookup
 * @param {number} v
 * @param {State} state by a strategy that `isLocal`
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
 * The same key at another version, while the server is asked whose it is there.
 * @param {Lookup} lookup
 * @param {number} v
 * @returns {Lookup}
 */
export const askedIn = (lookup, v) => ({ ...ofKey(lookup), v, owner: 0, token: null, copies: [], asked: true });

/**
 * What holds of a key at every version: all but what the servers say, and what they said before.
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
  // Where real servers stand behind the nodes, buckets are placed: the hash's top bits, from their bucket's start on.
  const from = isManaged(state) ? bucketStart(hash) : hash;
  // In a slot map there is the owner, or nobody: no walk leads on to somebody else.
  return byWalk(from, ring, copiesOf(state.cluster)).filter(({ number }) => number !== 0);
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
