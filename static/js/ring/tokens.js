/**
 * Tokens of every node that the page has seen. A node's tokens follow from its name, its weight and the cluster's settings,
 * so a node that returns, or a past moment, needs no request.
 */

import { unpacked } from "../lib/packed.js";
import { isMember } from "./members.js";
import { slotRing } from "./slots.js";
import { abilitiesOf, hasOwnTokens } from "./strategies.js";

/** @import { Cluster, Node, State } from "./types.js" */

/** Above this number, the server sends the count of tokens in equal parts of the hash space instead of the tokens. */
export const MOST_TOKENS = 20_000;

/**
 * Reads tokens.bin.
 * @param {ArrayBuffer} buffer
 * @returns {{v: number, nodes: Map<number, Uint32Array>, bins: Uint32Array | null}}
 * @throws {Error} if the buffer is something else
 */
export function decodeTokens(buffer) {
  const { header, at: start } = unpacked(buffer);
  const data = words(buffer, start);
  if (header.bins) return { v: header.v, nodes: new Map(), bins: data };
  let at = 0;
  const nodes = new Map();
  for (const [number, count] of header.nodes) {
    nodes.set(number, data.subarray(at, at + count));
    at += count;
  }
  return { v: header.v, nodes, bins: null };
}

/**
 * Reads little-endian words. Every machine that runs a browser is little-endian.
 * @param {ArrayBuffer} buffer
 * @param {number} [at] multiple of 4
 */
const words = (buffer, at = 0) => new Uint32Array(buffer, at, (buffer.byteLength - at) >>> 2);

/** @param {string} text base64 of little-endian words */
export const decodeWords = (text) => words(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);

export class TokenBook {
  constructor() {
    /** @type {Map<string, Uint32Array>} */
    this.known = new Map();
    /** @type {WeakMap<State, {tokens: Uint32Array, owners: Uint32Array}>} */
    this.rings = new WeakMap();
  }

  /**
   * @param {State} state
   * @param {Map<number, Uint32Array>} tokens
   */
  learn(state, tokens) {
    for (const node of state.nodes) {
      const one = tokens.get(node.number);
      if (one) this.known.set(keyOf(state.cluster, node), one);
    }
    // Forget every state's: meanwhile another object of the same moment may have been drawn without them.
    this.rings = new WeakMap();
  }

  /**
   * The numbers of the nodes whose tokens are unknown.
   * @param {State} state
   */
  missing({ cluster, nodes }) {
    if (!hasOwnTokens(cluster)) return [];
    return nodes.filter((node) => node.weight > 0 && !this.known.has(keyOf(cluster, node))).map(({ number }) => number);
  }

  /**
   * @param {Cluster} cluster
   * @param {Node} node
   * @returns {Uint32Array} sorted; empty if unknown
   */
  of(cluster, node) {
    return this.known.get(keyOf(cluster, node)) ?? new Uint32Array();
  }

  /**
   * All tokens of the active nodes in order, each with its owner's number. Of equal tokens, the one whose node's name sorts
   * first counts. O(n log n) for n tokens, once per state. In a slot map a range may have no owner: 0.
   * @param {State} state
   */
  ring(state) {
    const made = this.rings.get(state) ?? merged(this, state);
    this.rings.set(state, made);
    return made;
  }
}

const RANKS = 2 ** 14;

/**
 * @param {TokenBook} book
 * @param {State} state
 */
function merged(book, { cluster, nodes }) {
  const { tokens: has, told } = abilitiesOf(cluster);
  if (told) return slotRing(nodes);
  if (!has) return { tokens: new Uint32Array(), owners: new Uint32Array() };
  const active = nodes.filter(isMember).map((node) => ({ node, bytes: utf8(node.name) }));
  active.sort((a, b) => (a.bytes < b.bytes ? -1 : 1));
  const lists = active.map(({ node }) => book.of(cluster, node));
  // Token and rank of the name in one exact number: a plain numeric sort orders both.
  const all = new Float64Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  lists.forEach((list, rank) => {
    for (const token of list) all[at++] = token * RANKS + rank;
  });
  all.sort();
  const tokens = new Uint32Array(all.length);
  const owners = new Uint32Array(all.length);
  let kept = 0;
  for (const one of all) {
    const token = Math.floor(one / RANKS);
    if (kept > 0 && tokens[kept - 1] === token) continue;
    tokens[kept] = token;
    owners[kept++] = active[one - token * RANKS].node.number;
  }
  return { tokens: tokens.subarray(0, kept), owners: owners.subarray(0, kept) };
}

/** @param {string} text becomes a string of its UTF-8 bytes, which sorts as the bytes do */
const utf8 = (text) => String.fromCharCode(...new TextEncoder().encode(text));

/**
 * @param {Cluster} cluster
 * @param {Node} node
 */
const keyOf = ({ vnodes, seed }, { name, weight }) => `${vnodes} ${seed} ${weight} ${name}`;
