/** Positions in a lane: moments, heights, squares, and labels that do not touch. Pure. */

import { SPAN_MS } from "./history.js";

/**
 * @param {number} width px
 * @param {number} now ms
 * @returns {(at: number) => number} px from the left; now is at the right edge
 */
export const scaleX = (width, now) => (at) => width * (1 - (now - at) / SPAN_MS);

/**
 * Requests in flight as a height.
 * @param {number} top px
 * @param {number} base px
 * @param {number} most
 * @returns {(n: number) => number}
 */
export const scaleY = (top, base, most) => (n) => base - ((base - top) * n) / Math.max(1, most);

/** The smallest scale of a lane, so that one request does not fill it. */
const LEAST = 8;

/** @param {number} most requests that any node had */
export const laneTop = (most) => Math.max(LEAST, Math.ceil(most * 1.05));

/**
 * Squares of requests, filled column by column from the left, bottom up.
 * @param {number} n
 * @param {{width: number, height: number, pitch: number}} room
 * @returns {{rows: number, shown: number, left: number}} left: how many do not fit
 */
export function squaresIn(n, { width, height, pitch }) {
  const rows = Math.max(1, Math.floor(height / pitch));
  const fits = rows * Math.max(1, Math.floor(width / pitch));
  const shown = Math.min(n, fits);
  return { rows, shown, left: n - shown };
}

/**
 * @type {(i: number, rows: number, pitch: number, height: number) => {x: number, y: number}} the position of the i-th
 *   square
 */
export const squareAt = (i, rows, pitch, height) => ({
  x: Math.floor(i / rows) * pitch,
  y: height - ((i % rows) + 1) * pitch,
});

/**
 * Heights at which labels do not touch: as close as possible to the wanted ones, in the same order.
 * @param {number[]} wanted px from above
 * @param {number} gap
 * @param {number} bottom the lowest position of a label
 * @returns {number[]}
 */
export function spread(wanted, gap, bottom) {
  const order = wanted.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y);
  for (const [k, one] of order.entries()) if (k > 0) one.y = Math.max(one.y, order[k - 1].y + gap);
  for (let k = order.length - 1, limit = bottom; k >= 0; k -= 1, limit -= gap) order[k].y = Math.min(order[k].y, limit);
  const found = new Array(wanted.length);
  for (const { y, i } of order) found[i] = y;
  return found;
}

/**
 * Each node's fair share, by the weights of the nodes that get requests.
 * @param {{number: number, weight: number}[]} nodes that serve
 * @returns {Map<string, number>} by number
 */
export function fairShares(nodes) {
  const total = nodes.reduce((sum, { weight }) => sum + weight, 0);
  return new Map(nodes.map(({ number, weight }) => [String(number), total > 0 ? weight / total : 0]));
}

/**
 * The width of a bar of milliseconds, 0..1, on a log scale.
 * @param {number} ms
 * @param {number} most of all bars
 */
export const logWidth = (ms, most) => Math.min(1, Math.log1p(Math.max(0, ms)) / Math.log1p(Math.max(1, most)));
