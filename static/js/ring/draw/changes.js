/**
 * The arcs that changed owner: they stand out in the new owner's colour, and a band inside the ring shows the old owner. The
 * new owner's token is the end of each range, so it takes over the arc from the end backwards.
 */

import { angleOf, span, TAU, TOKEN_SPACE, unwind, widened } from "../../lib/geometry.js";
import { byLook, lookOf } from "./pen.js";
import { planned } from "./theme.js";

/** @import { Pen } from "./pen.js" */
/** @import { Layout, Picture, Range } from "./types.js" */

// Above this many ranges the old owner's part of an arc is too thin to see, so the animation leaves it out.
const MANY = 600;

/** Ranges as angles, grouped by look; computed once per picture, so that frames allocate little. */
class Changes {
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
    this.taken = Array.from(ranges.keys()).filter((i) => ranges[i].to !== 0);
    this.to = byLook(
      picture,
      Uint32Array.from(ranges, (range) => range.to),
    );
    /** @type {Map<number, Int32Array>} */
    this.bars = new Map();
  }

  /**
   * Index of the topmost drawn range at an angle; -1 if there is none.
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
   * For each bar of keys, the range that contains its middle, or -1.
   * @param {number} count of bars
   */
  barRanges(count) {
    const found = this.bars.get(count) ?? new Int32Array(count).fill(-1);
    if (this.bars.has(count)) return found;
    const size = TOKEN_SPACE / count;
    this.ranges.forEach(({ start, end }, index) => {
      const last = Math.floor((start + span(start, end)) / size - 0.5);
      for (let bar = Math.floor(start / size - 0.5) + 1; bar <= last; bar++) found[bar % count] = index;
    });
    this.bars.set(count, found);
    return found;
  }
}

/** @type {WeakMap<Range[], Changes>} */
const made = new WeakMap();

/**
 * The changed ranges of a picture, or null if they are not known.
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
 * The band that shows the old owners. Static layer.
 * @param {Pen} pen
 */
export function drawBeforeBand(pen) {
  const { before } = pen.layout;
  if (before) pen.fill(pen.theme.sunk, () => pen.sector(before.inner, before.outer, 0, TAU));
}

/**
 * Draws the changed arcs at a point of the animation from the old owner (0) to the new one (1). Overlay.
 * @param {Pen} pen
 * @param {number} way 0..1
 */
export function drawChanges(pen, way) {
  const { layout, picture, theme } = pen;
  const changes = changesOf(layout, picture);
  if (!changes) return;
  const { r0, r1, before } = layout;
  const { starts, ends } = changes;
  const plan = picture.mode === "plan";
  const whole = way === 0 || way === 1 || starts.length <= MANY;
  const turn = (/** @type {number} */ i) => ends[i] - (ends[i] - starts[i]) * way;
  for (const { look, indexes } of changes.from) {
    pen.fillEach(pen.paint(look), indexes, (i) => {
      if (way < 1 && whole) pen.sector(r0, r1, starts[i], turn(i));
      if (way > 0 && before) pen.sector(before.inner, before.outer, turn(i), ends[i]);
    });
  }
  const outer = r1 + layout.lift * way;
  for (const { look, indexes } of way > 0 ? changes.to : []) {
    // A hatch or an outline needs room. On thin arcs, the dashes outside show that it is a plan.
    const paint = plan && layout.lod === "arcs" ? planned(pen.ctx, theme, look) : pen.paint(look);
    pen.fillEach(paint, indexes, (i) => pen.sector(r0, outer, turn(i), ends[i]));
  }
  if (way > 0 && whole) drawEdges(pen, changes, turn, outer);
  if (way === 0 || way === 1) drawNumbers(pen, changes, way === 1 ? "to" : "from", (r0 + outer) / 2);
}

/**
 * An ink line along the outside of changed arcs; a dashed outline around planned ones.
 * @param {Pen} pen
 * @param {Changes} changes
 * @param {(i: number) => number} turn
 * @param {number} outer
 */
function drawEdges(pen, { ends, taken }, turn, outer) {
  const { lod, r0, small } = pen.layout;
  const plan = pen.picture.mode === "plan";
  const many = ends.length > MANY;
  const width = plan || many ? 1.5 : small || lod !== "arcs" ? 2.2 : 3.2;
  const trace = (/** @type {number} */ i) => {
    if (plan && !many && lod === "arcs") pen.sector(r0, outer, turn(i), ends[i]);
    else pen.edge(outer, turn(i), ends[i]);
  };
  pen.strokeEach(pen.theme.ink, width, taken, trace, plan ? [4, 2.5] : []);
}

/**
 * @param {Pen} pen
 * @param {Changes} changes
 * @param {"from" | "to"} side
 * @param {number} radius
 */
function drawNumbers(pen, { starts, ends, ranges }, side, radius) {
  const plan = pen.picture.mode === "plan" && side === "to";
  ranges.forEach((range, i) => {
    const room = (ends[i] - starts[i]) * radius;
    if (range[side] === 0 || room < 15) return;
    const look = lookOf(pen.picture, range[side]);
    const worn = plan ? { hue: look.hue, pattern: /** @type {const} */ ("hatched") } : look;
    pen.number(range[side], worn, (starts[i] + ends[i]) / 2, radius, room);
  });
}
