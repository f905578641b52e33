/** The few shapes that the ring is made of, and how nodes are gathered by what fills them. */

/** @import { Layout, Look, Picture } from "./types.js" */

/** @typedef {CanvasRenderingContext2D | Path2D} Path */

const FLAT = 0.012;

/**
 * Adds a piece of a ring to a path. Narrow pieces are four lines: nobody sees the difference and it costs a third.
 * @param {Path} path
 * @param {Layout} layout
 * @param {number} inner
 * @param {number} outer
 * @param {number} start
 * @param {number} end
 */
export function sector(path, { cx, cy }, inner, outer, start, end) {
  const c0 = Math.cos(start);
  const s0 = Math.sin(start);
  path.moveTo(cx + c0 * outer, cy + s0 * outer);
  if (end - start < FLAT) {
    const c1 = Math.cos(end);
    const s1 = Math.sin(end);
    path.lineTo(cx + c1 * outer, cy + s1 * outer);
    path.lineTo(cx + c1 * inner, cy + s1 * inner);
    path.lineTo(cx + c0 * inner, cy + s0 * inner);
  } else {
    path.arc(cx, cy, outer, start, end);
    path.arc(cx, cy, inner, end, start, true);
  }
  path.closePath();
}

/**
 * Adds a line along a radius to a path.
 * @param {Path} path
 * @param {Layout} layout
 * @param {number} angle
 * @param {number} from radius
 * @param {number} to radius
 */
export function spoke(path, { cx, cy }, angle, from, to) {
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  path.moveTo(cx + c * from, cy + s * from);
  path.lineTo(cx + c * to, cy + s * to);
}

/**
 * Adds a line along the ring to a path, not joined to what was there before.
 * @param {Path} path
 * @param {Layout} layout
 * @param {number} radius
 * @param {number} start
 * @param {number} end
 */
export function edge(path, { cx, cy }, radius, start, end) {
  path.moveTo(cx + Math.cos(start) * radius, cy + Math.sin(start) * radius);
  path.arc(cx, cy, radius, start, end);
}

/** @type {Look} */
const NOBODY = { hue: 0, pattern: "grey" };

/**
 * @param {Picture} picture
 * @param {number} number of a node; one that is not known looks grey
 */
export const lookOf = (picture, number) => picture.nodes.get(number)?.look ?? NOBODY;

/**
 * Indexes gathered by how their node looks, so that each fill is set once.
 * @param {Picture} picture
 * @param {ArrayLike<number>} numbers node number of each index
 * @returns {Map<string, {look: Look, indexes: number[]}>}
 */
export function byLook(picture, numbers) {
  const groups = new Map();
  /** @type {Map<number, number[]>} */
  const known = new Map();
  for (let i = 0; i < numbers.length; i++) {
    let indexes = known.get(numbers[i]);
    if (!indexes) {
      const look = lookOf(picture, numbers[i]);
      const key = look.pattern === "grey" ? "grey" : look.pattern + look.hue;
      if (!groups.has(key)) groups.set(key, { look, indexes: [] });
      indexes = /** @type {number[]} */ (groups.get(key).indexes);
      known.set(numbers[i], indexes);
    }
    indexes.push(i);
  }
  return groups;
}
