/** A race at a moment: requests in service, waiting, and in the system. Pure. */

import { REFUSED } from "./trace.js";

/** @import { Freeze, Run, Trace } from "./trace.js" */

/**
 * @typedef {{serving: number[], waiting: number[]}} Queues a number for each node: requests in service (0 or 1), and
 *   those behind it
 * @typedef {{came: Float32Array, went: Float32Array}} Course the moments at which requests entered and left, rising
 */

/**
 * How many of the rising numbers are at most `value`. O(log n).
 * @param {Float32Array} rising
 * @param {number} value
 */
export function upTo(rising, value) {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rising[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * A policy's queues at a moment. O(requests until then).
 * @param {Trace} trace
 * @param {Run} run
 * @param {number} at
 * @returns {Queues}
 */
export function queuesAt({ nodes, arrivals }, { place, starts, departs }, at) {
  const serving = new Array(nodes).fill(0);
  const waiting = new Array(nodes).fill(0);
  const count = upTo(arrivals, at);
  for (let i = 0; i < count; i++) {
    if (departs[i] <= at || place[i] === REFUSED) continue;
    if (starts[i] <= at) serving[place[i]] += 1;
    else waiting[place[i]] += 1;
  }
  return { serving, waiting };
}

/** @param {Queues} queues @returns {number[]} how many requests each node has */
export const inFlight = ({ serving, waiting }) => serving.map((n, i) => n + waiting[i]);

/**
 * @param {Trace} trace
 * @param {Run} run
 * @returns {Course}
 */
export function courseOf({ arrivals }, { place, departs }) {
  const taken = (/** @type {number} */ _time, /** @type {number} */ i) => place[i] !== REFUSED;
  return { came: arrivals.filter(taken), went: departs.filter(taken).sort() };
}

/** @param {Course} course @param {number} at */
export const inSystem = ({ came, went }, at) => upTo(came, at) - upTo(went, at);

/**
 * The most requests in the system at any moment.
 * @param {Course} course
 */
export function fullest({ came, went }) {
  let most = 0;
  for (let i = 0, gone = 0; i < came.length; i++) {
    while (went[gone] <= came[i]) gone += 1;
    most = Math.max(most, i + 1 - gone);
  }
  return most;
}

/**
 * The most requests that any node has at any moment. Nodes serve in order of arrival, so each one's departures rise.
 * O(requests).
 * @param {Trace} trace
 * @param {Run} run
 */
export function longestQueue({ nodes, arrivals }, { place, departs }) {
  /** @type {{ends: number[], first: number}[]} */
  const queues = Array.from({ length: nodes }, () => ({ ends: [], first: 0 }));
  let most = 0;
  for (let i = 0; i < arrivals.length; i++) {
    if (place[i] === REFUSED) continue;
    const queue = queues[place[i]];
    queue.ends.push(departs[i]);
    while (queue.ends[queue.first] <= arrivals[i]) queue.first += 1;
    most = Math.max(most, queue.ends.length - queue.first);
  }
  return most;
}

/**
 * Whether the node that freezes is frozen at a moment.
 * @param {Freeze} freeze
 * @param {number} at
 */
export function isFrozen({ start, every, part }, at) {
  return at >= start && (at - start) % every < part * every;
}

/**
 * How many nodes have 0, 1, 2, ... requests, up to `most`; longer queues count as `most`.
 * @param {number[]} counts
 * @param {number} most
 */
export function nodesByCount(counts, most) {
  const found = new Array(most + 1).fill(0);
  for (const n of counts) found[Math.min(n, most)] += 1;
  return found;
}
