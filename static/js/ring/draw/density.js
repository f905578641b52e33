/** Where the keys are: bars inside the ring. They start at zero, so that their lengths can be compared. */

import { ownerIndex, TAU, TOKEN_SPACE } from "../../lib/geometry.js";
import { isColoured } from "./arcs.js";
import { changesOf } from "./changes.js";
import { byLook } from "./pen.js";
import { colour } from "./theme.js";

/** @import { Pen } from "./pen.js" */

/** A number that no node has, for grey bars; 0 means a bar that is not drawn here. */
const OTHERS = -1;

/** @type {WeakMap<Uint32Array, Float64Array>} */
const summed = new WeakMap();

/**
 * Keys of each bar relative to the fullest bar, 0..1. Cached for the last number of bars.
 * @param {Uint32Array} density keys in each half degree
 * @param {number} bars a divisor of its length
 */
export function barHeights(density, bars) {
  const known = summed.get(density);
  if (known?.length === bars) return known;
  const sums = new Float64Array(bars);
  density.forEach((keys, i) => {
    sums[Math.floor((i * bars) / density.length)] += keys;
  });
  const most = sums.reduce((a, b) => Math.max(a, b), 0) || 1;
  const heights = sums.map((keys) => keys / most);
  summed.set(density, heights);
  return heights;
}

/**
 * Bars that the change does not touch. Static layer.
 * @param {Pen} pen
 */
export function drawDensity(pen) {
  const { layout, picture, theme, ctx } = pen;
  const { bars } = layout.density;
  if (!picture.density || picture.keys === 0) return;
  const heights = barHeights(picture.density, bars);
  const owned = layout.lod !== "band" && picture.tokens.length > 0;
  const calm = isColoured(picture);
  ctx.globalAlpha = calm ? 0.75 : 0.6;
  if (calm && owned) {
    const { tokens, owners } = picture;
    const of = heights.map((_height, bar) => owners[ownerIndex(tokens, ((bar + 0.5) / bars) * TOKEN_SPACE)]);
    for (const { look, indexes } of byLook(picture, of)) drawBars(pen, heights, indexes, colour(theme, look));
  } else {
    const changed = owned ? changesOf(layout, picture)?.barRanges(bars) : null;
    const same = Array.from(heights.keys()).filter((bar) => !changed || changed[bar] < 0);
    drawBars(pen, heights, same, theme.line2);
  }
  ctx.globalAlpha = 1;
}

/**
 * Bars whose keys changed owner, in the colour of their owner at this point of the animation. Overlay.
 * @param {Pen} pen
 * @param {number} way 0..1
 */
export function drawChangedDensity(pen, way) {
  const { layout, picture } = pen;
  const { bars } = layout.density;
  const changes = changesOf(layout, picture);
  if (!changes || !picture.density || picture.keys === 0 || layout.lod === "band") return;
  const owners = changes.barRanges(bars).map((index, bar) => {
    if (index < 0) return 0;
    const { end, from, to } = changes.ranges[index];
    const left = (((end / TOKEN_SPACE - (bar + 0.5) / bars) % 1) + 1) % 1;
    return way > 0 && left * TAU <= (changes.ends[index] - changes.starts[index]) * way ? to || OTHERS : from || OTHERS;
  });
  const heights = barHeights(picture.density, bars);
  for (const { look, indexes } of byLook(picture, owners)) {
    drawBars(pen, heights, indexes, colour(pen.theme, look));
  }
}

/**
 * @param {Pen} pen
 * @param {Float64Array} heights 0..1
 * @param {number[]} which bars
 * @param {string} paint
 */
function drawBars(pen, heights, which, paint) {
  const { outer, length, bars, line } = pen.layout.density;
  pen.stroke(paint, line, () => {
    for (const bar of which) pen.spoke(((bar + 0.5) / bars) * TAU - TAU / 4, outer, outer - heights[bar] * length);
  });
}
