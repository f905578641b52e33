/** Where the keys are: bars inside the ring, from nothing, so that their lengths can be compared. */

import { ownerIndex, TAU, TOKEN_SPACE } from "../../lib/geometry.js";
import { isColoured } from "./arcs.js";
import { changesOf } from "./changes.js";
import { byLook, lookOf, spoke } from "./shapes.js";
import { colour } from "./theme.js";

/** @import { Layout, Picture, Theme } from "./types.js" */

/** @type {WeakMap<Uint32Array, Map<number, {heights: Float64Array}>>} */
const summed = new WeakMap();

/**
 * Keys of each bar as a part of the fullest bar, 0..1. Computed once for a density and a number of bars.
 * @param {Uint32Array} density keys in each half degree
 * @param {number} bars a divisor of its length
 */
export function barHeights(density, bars) {
  const known = summed.get(density) ?? new Map();
  summed.set(density, known);
  if (!known.has(bars)) {
    const heights = new Float64Array(bars);
    for (let i = 0; i < density.length; i++) heights[Math.floor((i * bars) / density.length)] += density[i];
    const most = heights.reduce((a, b) => Math.max(a, b), 0) || 1;
    known.set(bars, { heights: heights.map((n) => n / most) });
  }
  return /** @type {Float64Array} */ (known.get(bars).heights);
}

/**
 * Bars that the change does not touch. Static layer.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 */
export function drawDensity(ctx, layout, picture, theme) {
  if (!picture.density || picture.keys === 0) return;
  const heights = barHeights(picture.density, layout.density.bars);
  const grey = layout.lod === "band" || picture.tokens.length === 0;
  ctx.globalAlpha = 0.75;
  if (isColoured(picture) && !grey) {
    for (const { look, indexes } of byLook(picture, barOwners(layout, picture)).values()) {
      drawBars(ctx, layout, heights, indexes, look.pattern === "grey" ? theme.ink3 : colour(theme, look));
    }
  } else {
    const changed = grey ? null : changesOf(layout, picture)?.barRanges(layout.density.bars);
    const same = Array.from(heights.keys()).filter((bar) => !changed || changed[bar] < 0);
    ctx.globalAlpha = isColoured(picture) ? 0.75 : 0.6;
    drawBars(ctx, layout, heights, same, isColoured(picture) ? theme.ink3 : theme.line2);
  }
  ctx.globalAlpha = 1;
}

/**
 * Bars whose keys changed owner, in the colour of who has them at this moment of the way. Overlay.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 * @param {number} way 0..1
 */
export function drawChangedDensity(ctx, layout, picture, theme, way) {
  const changes = changesOf(layout, picture);
  if (!changes || !picture.density || picture.keys === 0 || layout.lod === "band") return;
  const { bars } = layout.density;
  const heights = barHeights(picture.density, bars);
  const ranges = changes.barRanges(bars);
  /** @type {Map<string, number[]>} */
  const groups = new Map();
  for (let bar = 0; bar < bars; bar++) {
    if (ranges[bar] < 0) continue;
    const { end, from, to } = changes.ranges[ranges[bar]];
    const left = (((end - ((bar + 0.5) / bars) * TOKEN_SPACE) / TOKEN_SPACE + 1) % 1) * TAU;
    const width = changes.ends[ranges[bar]] - changes.starts[ranges[bar]];
    const paint = colour(theme, lookOf(picture, left <= width * way && way > 0 ? to : from));
    const group = groups.get(paint);
    if (group) group.push(bar);
    else groups.set(paint, [bar]);
  }
  for (const [paint, group] of groups) drawBars(ctx, layout, heights, group, paint);
}

/**
 * Node number that owns the middle of each bar.
 * @param {Layout} layout
 * @param {Picture} picture
 */
function barOwners({ density: { bars } }, { tokens, owners }) {
  const middle = (/** @type {number} */ bar) => ((bar + 0.5) / bars) * TOKEN_SPACE;
  return Uint32Array.from({ length: bars }, (_, bar) => owners[ownerIndex(tokens, middle(bar))]);
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Float64Array} heights 0..1
 * @param {number[]} which bars
 * @param {string} paint
 */
function drawBars(ctx, layout, heights, which, paint) {
  const { outer, length, bars, line } = layout.density;
  ctx.strokeStyle = paint;
  ctx.lineWidth = line;
  ctx.beginPath();
  for (const bar of which) {
    if (heights[bar] > 0)
      spoke(ctx, layout, ((bar + 0.5) / bars) * TAU - TAU / 4, outer, outer - heights[bar] * length);
  }
  ctx.stroke();
}
