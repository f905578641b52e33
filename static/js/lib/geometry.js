/**
 * The geometry of the hash ring: tokens, angles, arcs, level of detail. Pure; independent of canvas and page.
 *
 * A token is an unsigned 32-bit position. Token 0 is at twelve o'clock and tokens increase clockwise, so angles go from -PI/2
 * (token 0) to 3*PI/2 in canvas radians. A token owns the range (previous token, token].
 */

export const TOKEN_SPACE = 2 ** 32;
export const TAU = Math.PI * 2;
const TOP = -Math.PI / 2;

/**
 * Angle of a token in canvas radians, in [-PI/2, 3*PI/2).
 * @param {number} token
 */
export const angleOf = (token) => (token / TOKEN_SPACE) * TAU + TOP;

/**
 * Token at an angle, which may include whole turns.
 * @param {number} angle canvas radians
 */
export function tokenAt(angle) {
  const turns = (angle - TOP) / TAU;
  return Math.min(TOKEN_SPACE - 1, Math.floor((turns - Math.floor(turns)) * TOKEN_SPACE));
}

/**
 * Token in the direction of a point, seen from the centre of the ring.
 * @param {number} dx
 * @param {number} dy
 */
export const tokenAtPoint = (dx, dy) => tokenAt(Math.atan2(dy, dx));

/**
 * How many tokens (start, end] spans, wrapping; the whole ring if both are equal.
 * @param {number} start
 * @param {number} end
 */
export const span = (start, end) => (end > start ? end - start : end - start + TOKEN_SPACE);

/**
 * The smallest angle at or above `least` that equals `angle` up to whole turns.
 * @param {number} angle
 * @param {number} least
 */
export const unwind = (angle, least) => angle + TAU * Math.ceil((least - angle) / TAU);

/**
 * Index of the token that owns a hash: the first token at or after it, wrapping. -1 without tokens. O(log n).
 * @param {Uint32Array} tokens sorted
 * @param {number} hash
 */
export function ownerIndex(tokens, hash) {
  if (tokens.length === 0) return -1;
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (tokens[middle] < hash) low = middle + 1;
    else high = middle;
  }
  return low === tokens.length ? 0 : low;
}

/** @type {WeakMap<Uint32Array, Float64Array>} */
const tables = new WeakMap();

/**
 * Where each token's arc starts and ends: [start0, end0, start1, end1, ...] in radians, start < end; computed once per token
 * array. Arc i ends at its token's angle; arc 0 may start before twelve o'clock.
 * @param {Uint32Array} tokens sorted
 */
export function arcAngles(tokens) {
  const known = tables.get(tokens);
  if (known) return known;
  const table = new Float64Array(tokens.length * 2);
  const last = tokens.length - 1;
  for (let i = 0; i <= last; i++) {
    const end = angleOf(tokens[i]);
    table[2 * i] = i > 0 ? angleOf(tokens[i - 1]) : last > 0 ? angleOf(tokens[last]) - TAU : end - TAU;
    table[2 * i + 1] = end;
  }
  tables.set(tokens, table);
  return table;
}

/**
 * Level of detail by the mean width of an arc: "arcs" with separators from 6 px, "thin" from 1 px, otherwise a "band".
 * @param {number} tokens how many
 * @param {number} radius px
 * @returns {"arcs" | "thin" | "band"}
 */
export function levelOfDetail(tokens, radius) {
  const mean = tokens > 0 ? (TAU * radius) / tokens : Number.POSITIVE_INFINITY;
  if (mean >= 6) return "arcs";
  return mean >= 1 ? "thin" : "band";
}

/**
 * An arc widened from its middle to a minimum width, so that it is visible.
 * @param {number} start
 * @param {number} end
 * @param {number} least radians
 * @returns {[number, number]}
 */
export function widened(start, end, least) {
  if (end - start >= least) return [start, end];
  const middle = (start + end) / 2;
  return [middle - least / 2, middle + least / 2];
}

/**
 * The magnification of the lens: ten times a power of two, so that it shows about a hundred tokens.
 * @param {number} tokens how many
 */
export const lensFactor = (tokens) => 10 * 2 ** Math.max(0, Math.round(Math.log2(Math.max(1, tokens) / 940)));

/**
 * The part of the ring that a lens shows. `start` may be below 0 and `end` above TOKEN_SPACE: the window wraps.
 * @param {number} at middle, as a fraction of the ring 0..1
 * @param {number} factor
 */
export function lensWindow(at, factor) {
  const size = TOKEN_SPACE / factor;
  const start = at * TOKEN_SPACE - size / 2;
  return { start, end: start + size };
}

/**
 * Distance from the centre of the host to the nearest point of a box in its corner: a ring of that radius touches the box.
 * @param {number} width of the host
 * @param {number} height of the host
 * @param {number} boxWidth of the box in the corner
 * @param {number} boxHeight of the box in the corner
 */
export const clearRadius = (width, height, boxWidth, boxHeight) =>
  Math.hypot(Math.max(0, width / 2 - boxWidth), Math.max(0, height / 2 - boxHeight));

/**
 * The corner for the label of a key: the nearest one, except the lower left, which has the legend.
 * @param {number} fraction of the ring 0..1
 * @returns {"tr" | "br" | "tl"}
 */
export function labelCorner(fraction) {
  if (fraction < 0.25) return "tr";
  return fraction < 0.6 ? "br" : "tl";
}

/**
 * Shortest distance from a point to the straight line between two others.
 * @param {number} px
 * @param {number} py
 * @param {number} ax
 * @param {number} ay
 * @param {number} bx
 * @param {number} by
 */
export function lineDistance(px, py, ax, ay, bx, by) {
  const dx = bx - ax;
  const dy = by - ay;
  const part = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(ax + dx * part - px, ay + dy * part - py);
}
