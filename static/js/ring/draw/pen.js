/** A canvas with the ring's coordinates: points by angle and radius, and one call per filled or stroked shape. */

import { GREY } from "../looks.js";
import { fill, font } from "./theme.js";

/** @import { Layout, Look, Picture, Theme } from "./types.js" */

const FLAT = 0.012;
const BATCH = 8;

export class Pen {
  /**
   * @param {CanvasRenderingContext2D} ctx counts in CSS pixels, see `prepare`
   * @param {Layout} layout
   * @param {Picture} picture
   * @param {Theme} theme
   */
  constructor(ctx, layout, picture, theme) {
    Object.assign(ctx, { textAlign: "center", textBaseline: "middle" });
    this.ctx = ctx;
    this.layout = layout;
    this.picture = picture;
    this.theme = theme;
  }

  /**
   * Fills the shape that `trace` draws.
   * @param {string | CanvasPattern} style
   * @param {() => void} trace
   */
  fill(style, trace) {
    this.ctx.fillStyle = style;
    this.ctx.beginPath();
    trace();
    this.ctx.fill();
  }

  /**
   * @param {string} style
   * @param {number} width
   * @param {() => void} trace
   * @param {number[]} [dash]
   */
  stroke(style, width, trace, dash = []) {
    const { ctx } = this;
    ctx.strokeStyle = style;
    ctx.lineWidth = width;
    ctx.setLineDash(dash);
    ctx.beginPath();
    trace();
    ctx.stroke();
    ctx.setLineDash([]);
  }

  /**
   * Fills a shape for each item, in batches, because one path of thousands of shapes is far slower than several.
   * @template T
   * @param {string | CanvasPattern} style
   * @param {T[]} items
   * @param {(item: T) => void} trace
   */
  fillEach(style, items, trace) {
    inBatches(items, trace, (batch) => this.fill(style, batch));
  }

  /**
   * @template T
   * @param {string} style
   * @param {number} width
   * @param {T[]} items
   * @param {(item: T) => void} trace
   * @param {number[]} [dash]
   */
  strokeEach(style, width, items, trace, dash) {
    inBatches(items, trace, (batch) => this.stroke(style, width, batch, dash));
  }

  /**
   * @param {number} angle
   * @param {number} radius
   */
  x(angle, radius) {
    return this.layout.cx + Math.cos(angle) * radius;
  }

  /**
   * @param {number} angle
   * @param {number} radius
   */
  y(angle, radius) {
    return this.layout.cy + Math.sin(angle) * radius;
  }

  /**
   * Traces a sector of a ring. A narrow one is four lines, which look the same at a third of the cost.
   * @param {number} inner
   * @param {number} outer
   * @param {number} start
   * @param {number} end
   */
  sector(inner, outer, start, end) {
    const { ctx } = this;
    const { cx, cy } = this.layout;
    const c0 = Math.cos(start);
    const s0 = Math.sin(start);
    ctx.moveTo(cx + c0 * outer, cy + s0 * outer);
    if (end - start < FLAT) {
      const c1 = Math.cos(end);
      const s1 = Math.sin(end);
      ctx.lineTo(cx + c1 * outer, cy + s1 * outer);
      ctx.lineTo(cx + c1 * inner, cy + s1 * inner);
      ctx.lineTo(cx + c0 * inner, cy + s0 * inner);
    } else {
      ctx.arc(cx, cy, outer, start, end);
      ctx.arc(cx, cy, inner, end, start, true);
    }
    ctx.closePath();
  }

  /**
   * Traces a line along a radius.
   * @param {number} angle
   * @param {number} from radius
   * @param {number} to radius
   */
  spoke(angle, from, to) {
    this.ctx.moveTo(this.x(angle, from), this.y(angle, from));
    this.ctx.lineTo(this.x(angle, to), this.y(angle, to));
  }

  /**
   * Traces a line along the ring.
   * @param {number} radius
   * @param {number} start
   * @param {number} end
   */
  edge(radius, start, end) {
    this.ctx.moveTo(this.x(start, radius), this.y(start, radius));
    this.ctx.arc(this.layout.cx, this.layout.cy, radius, start, end);
  }

  /**
   * @param {string} words
   * @param {number} x
   * @param {number} y
   * @param {string} ink
   * @param {number} turn radians
   */
  text(words, x, y, ink, turn = 0) {
    const { ctx } = this;
    ctx.fillStyle = ink;
    ctx.save();
    ctx.translate(x, y);
    ctx.rotate(turn);
    ctx.fillText(words, 0, 0.5);
    ctx.restore();
  }

  /**
   * A node's number on an arc, if it fits. Patterned hues have a plate behind it, and on grey it is in ink.
   * @param {number} number
   * @param {Look} look
   * @param {number} angle
   * @param {number} radius
   * @param {number} room px along the ring
   * @param {string} [mark] after the number of a node that does not answer
   */
  number(number, look, angle, radius, room, mark = "") {
    const { ctx, theme } = this;
    const words = number + mark;
    const half = words.length * 4.5 * theme.zoom;
    if (room < half * 2 + 8) return;
    const x = this.x(angle, radius);
    const y = this.y(angle, radius);
    const plate = mark !== "" || look.pattern === "hatched" || look.pattern === "dotted";
    const high = 9 * theme.zoom;
    if (plate) this.fill(theme.bg, () => ctx.roundRect(x - half - 4.5, y - high, half * 2 + 9, high * 2, high));
    ctx.font = font(theme, this.layout.small ? 13 : 14, 700, "mono");
    this.text(words, x, y, plate ? theme.ink : look.pattern === "grey" ? theme.ink2 : theme.texts[look.hue]);
  }

  /**
   * The fill of a node's arcs.
   * @param {Look} look
   */
  paint(look) {
    return fill(this.ctx, this.theme, look);
  }
}

/**
 * @template T
 * @param {T[]} items
 * @param {(item: T) => void} trace
 * @param {(batch: () => void) => void} paint
 */
function inBatches(items, trace, paint) {
  for (let from = 0; from < items.length; from += BATCH) {
    paint(() => items.slice(from, from + BATCH).forEach(trace));
  }
}

/**
 * The sign after the number of a node that does not answer. Hue and hatch already identify the node.
 * @param {string} [state]
 */
export const stateMark = (state) => (state === "suspected" ? "?" : state === "frozen" ? "‖" : "");

/**
 * @param {Picture} picture
 * @param {number} number of a node; unknown nodes are grey
 */
export const lookOf = (picture, number) => picture.nodes.get(number)?.look ?? GREY;

/**
 * Indexes grouped by the look of their node, so that each colour is set once. Nobody (0) has no look and is left out.
 * @param {Picture} picture
 * @param {ArrayLike<number>} numbers of nodes
 */
export function byLook(picture, numbers) {
  /** @type {Map<string, {look: Look, indexes: number[]}>} */
  const groups = new Map();
  /** @type {Map<number, number[]>} */
  const known = new Map();
  for (let i = 0; i < numbers.length; i++) {
    if (numbers[i] === 0) continue;
    let indexes = known.get(numbers[i]);
    if (!indexes) {
      const look = lookOf(picture, numbers[i]);
      const key = look.pattern === "grey" ? "" : look.pattern + look.hue;
      const group = groups.get(key) ?? { look, indexes: [] };
      groups.set(key, group);
      indexes = group.indexes;
      known.set(numbers[i], indexes);
    }
    indexes.push(i);
  }
  return Array.from(groups.values());
}
