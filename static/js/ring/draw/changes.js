/**
 * What changed owner: arcs that stand out of the ring in the new owner's colour, with the owner before on a band inside.
 * The new owner's token is the end of each range, so it takes the arc over from its end backwards.
 */

import { angleOf, span, TAU, TOKEN_SPACE, unwind, widened } from "../../lib/geometry.js";
import { drawNumber } from "./numbers.js";
import { byLook, edge, lookOf, sector } from "./shapes.js";
import { fill, planned } from "./theme.js";

/** @import { Layout, Picture, Range, Theme } from "./types.js" */

const MANY = 600;

/** Ranges as angles, gathered by look; made once for a picture and a layout, so that a frame allocates nothing big. */
export class Changes {
  /**
   * @param {Picture} picture
   * @param {Range[]} ranges
   * @param {number} leastArc radians
   */
  constructor(picture, ranges, leastArc) {
    this.nodes = picture.nodes;
    this.leastArc = leastArc;
    this.ranges = ranges;
    this.starts = new Float64Array(ranges.length);
    this.ends = new Float64Array(ranges.length);
    ranges.forEach((range, i) => {
      const end = angleOf(range.end);
      const start = end - (span(range.start, range.end) / TOKEN_SPACE) * TAU;
      [this.starts[i], this.ends[i]] = widened(start, end, leastArc);
    });
    this.from = byLook(
      picture,
      Uint32Array.from(ranges, (range) => range.from),
    );
    this.to = byLook(
      picture,
      Uint32Array.from(ranges, (range) => range.to),
    );
    /** @type {Map<number, Int32Array>} */
    this.bars = new Map();
  }

  /**
   * Index of the drawn range at an angle, the last drawn one first; -1 outside of all.
   * @param {number} angle any number of turns
   * @param {number} [slack] radians
   */
  at(angle, slack = 0) {
    for (let i = this.starts.length - 1; i >= 0; i--) {
      if (unwind(angle, this.starts[i] - slack) <= this.ends[i] + slack) return i;
    }
    return -1;
  }

  /**
   * @param {number} angle
   * @param {number} slack radians
   */
  covers(angle, slack) {
    return this.at(angle, slack) >= 0;
  }

  /**
   * For each bar of keys the range that its middle lies in, or -1.
   * @param {number} count of bars
   */
  barRanges(count) {
    const known = this.bars.get(count);
    if (known) return known;
    const found = new Int32Array(count).fill(-1);
    this.ranges.forEach(({ start, end }, index) => {
      const size = TOKEN_SPACE / count;
      const first = Math.floor(start / size - 0.5) + 1;
      const last = Math.floor((start + span(start, end)) / size - 0.5);
      for (let bar = first; bar <= last; bar++) found[((bar % count) + count) % count] = index;
    });
    this.bars.set(count, found);
    return found;
  }
}

/** @type {WeakMap<Range[], Changes>} */
const made = new WeakMap();

/**
 * The changed ranges of a picture, or null where none are known.
 * @param {Layout} layout
 * @param {Picture} picture
 */
export function changesOf(layout, picture) {
  if (picture.mode === "calm" || !picture.ranges) return null;
  const known = made.get(picture.ranges);
  if (known && known.leastArc === layout.leastArc && known.nodes === picture.nodes) return known;
  const changes = new Changes(picture, picture.ranges, layout.leastArc);
  made.set(picture.ranges, changes);
  return changes;
}

/**
 * The band inside the ring on which the owner before is shown. Static layer.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Theme} theme
 */
export function drawBeforeBand(ctx, layout, theme) {
  if (!layout.before) return;
  ctx.beginPath();
  sector(ctx, layout, layout.before.inner, layout.before.outer, 0, TAU);
  ctx.fillStyle = theme.sunk;
  ctx.fill();
}

/**
 * Draws the changed arcs part of the way from the owner before (0) to the owner after (1).
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 * @param {number} way 0..1
 */
export function drawChanges(ctx, layout, picture, theme, way) {
  const changes = changesOf(layout, picture);
  if (!changes) return;
  const { r0, r1, before } = layout;
  const outer = r1 + layout.lift * way;
  const plan = picture.mode === "plan";
  const { starts, ends } = changes;
  for (const { look, indexes } of changes.from.values()) {
    ctx.fillStyle = fill(ctx, theme, look);
    ctx.beginPath();
    for (const i of indexes) {
      const turn = ends[i] - (ends[i] - starts[i]) * way;
      if (way < 1) sector(ctx, layout, r0, r1, starts[i], turn);
      if (way > 0 && before) sector(ctx, layout, before.inner, before.outer, turn, ends[i]);
    }
    ctx.fill();
  }
  if (way === 0) return drawOldNumbers(ctx, layout, picture, theme, changes);
  for (const { look, indexes } of changes.to.values()) {
    ctx.fillStyle = plan ? planned(ctx, theme, look) : fill(ctx, theme, look);
    ctx.beginPath();
    for (const i of indexes) sector(ctx, layout, r0, outer, ends[i] - (ends[i] - starts[i]) * way, ends[i]);
    ctx.fill();
  }
  drawEdges(ctx, layout, changes, theme, way, plan);
  if (way === 1) drawNewNumbers(ctx, layout, picture, theme, changes, plan);
}

/**
 * The ink line on the outer side of what changed; a dashed outline round what is only planned.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Changes} changes
 * @param {Theme} theme
 * @param {number} way
 * @param {boolean} plan
 */
function drawEdges(ctx, layout, { starts, ends }, theme, way, plan) {
  const outer = layout.r1 + layout.lift * way;
  const many = starts.length > MANY;
  const fine = layout.small || layout.lod !== "arcs";
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = plan || many ? 1.5 : fine ? 2.2 : 3.2;
  if (plan) ctx.setLineDash([4, 2.5]);
  ctx.beginPath();
  for (let i = 0; i < starts.length; i++) {
    const turn = ends[i] - (ends[i] - starts[i]) * way;
    if (plan && !many) sector(ctx, layout, layout.r0, outer, turn, ends[i]);
    else edge(ctx, layout, outer, turn, ends[i]);
  }
  ctx.stroke();
  ctx.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 * @param {Changes} changes
 * @param {boolean} plan
 */
function drawNewNumbers(ctx, layout, picture, theme, { starts, ends, ranges }, plan) {
  const radius = (layout.r0 + layout.r1 + layout.lift) / 2;
  ranges.forEach(({ to }, i) => {
    const room = (ends[i] - starts[i]) * layout.R;
    if (to === 0 || room < (layout.small ? 15 : 19)) return;
    const look = lookOf(picture, to);
    const worn = plan ? { ...look, pattern: /** @type {const} */ ("hatched") } : look;
    drawNumber(ctx, layout, theme, to, worn, (starts[i] + ends[i]) / 2, radius, room);
  });
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 * @param {Changes} changes
 */
function drawOldNumbers(ctx, layout, picture, theme, { starts, ends, ranges }) {
  const radius = (layout.r0 + layout.r1) / 2;
  ranges.forEach(({ from }, i) => {
    const room = (ends[i] - starts[i]) * radius;
    if (from !== 0 && room >= 19)
      drawNumber(ctx, layout, theme, from, lookOf(picture, from), (starts[i] + ends[i]) / 2, radius, room);
  });
}
