/** Draws one lane on its canvas, and the steps of the waits on theirs. Does not touch the document. */

import { _ } from "../lib/i18n.js";
import { Ink, tileScale } from "./ink.js";

/** @import { Look, Theme } from "./ink.js" */
/** @import { Bar, Marks } from "./marks.js" */

/**
 * @typedef {{width: number, height: number, ratio: number, past: number, ahead: number}} Size
 *   in CSS pixels; ratio: device pixels per CSS pixel; past and ahead: ms before and after now
 * @typedef {{top: number, bar: number, tick: number, wait: number, font: number}} Shape
 *   pixels from the top: the bar, its height, ticks, waits; font: size in pixels of the words in it
 */

/**
 * Gives a canvas as many pixels as it shows.
 * @param {HTMLCanvasElement} canvas
 * @param {number} ratio
 */
export function fitCanvas(canvas, ratio) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const [w, hh] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== hh) canvas.height = hh;
  return { width, height };
}

export class Pen {
  /**
   * @param {Theme} theme
   * @param {(label: string | null) => number} lookOf
   */
  constructor(theme, lookOf) {
    this.theme = theme;
    this.lookOf = lookOf;
    this.font = 13;
    this.ink = new Ink(theme);
  }

  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Size} size
   * @param {Shape} shape
   * @param {Marks} marks
   * @param {number} now
   * @param {boolean} chosen whether it has the panel's background
   */
  lane(ctx, size, shape, marks, now, chosen) {
    const { theme } = this;
    const ground = chosen ? theme.panel : theme.bg;
    const x = scale(size, now);
    const nowX = x(now);
    this.font = shape.font;
    clear(ctx, size);
    ctx.fillStyle = theme.line;
    ctx.fillRect(0, shape.top + shape.bar / 2, size.width, 1);
    const height = (shape.bar - 2 * (marks.tracks - 1)) / marks.tracks;
    const topOf = (/** @type {number} */ track) => shape.top + track * (height + 2);
    for (const bar of marks.bars) this.bar(ctx, bar, x, topOf(bar.track), height, ground, marks.stalls);
    for (const { from, to } of marks.stalls) this.stall(ctx, x(from), x(to), shape, ground);
    for (const { to, track } of marks.leases) this.lease(ctx, size, nowX, x(to), topOf(track), height, to);
    ctx.fillStyle = theme.ink2;
    for (const at of marks.ticks) if (x(at) >= 0) ctx.fillRect(x(at), shape.tick, 2, 6);
    for (const { from, to, row } of marks.waits) this.wait(ctx, x(from), x(to), shape.wait + row * 7, row);
    for (const at of marks.stops) this.stop(ctx, x(at), shape, "✕");
  }

  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {Bar} bar
   * @param {(at: number) => number} x
   * @param {number} top
   * @param {number} height
   * @param {string} ground
   * @param {Marks["stalls"]} stalls
   */
  bar(ctx, bar, x, top, height, ground, stalls) {
    const right = x(bar.to);
    if (right <= 0) return;
    const from = Math.max(-20, x(bar.from));
    if (!bar.fromSeen && from > 0) this.dashed(ctx, Math.min(0, from), from, top, height, _("not seen"));
    if (!Number.isFinite(bar.from)) return this.dashed(ctx, 0, right, top, height, bar.words[0] ?? "");
    const look = this.ink.look(this.lookOf(bar.face), ground);
    if (look.fill instanceof CanvasPattern)
      look.fill.setTransform(new DOMMatrix([1, 0, 0, 1, from, top]).scale(tileScale()));
    const width = Math.max(2, right - from);
    const held = bar.end === "held";
    ctx.beginPath();
    ctx.roundRect(from, top, width, height, held ? [3, 0, 0, 3] : 3);
    ctx.fillStyle = look.fill;
    ctx.fill();
    if (look.edge) {
      ctx.beginPath();
      ctx.roundRect(from + 0.75, top + 0.75, Math.max(0.5, width - 1.5), height - 1.5, held ? [3, 0, 0, 3] : 3);
      ctx.strokeStyle = this.theme.ink2;
      ctx.lineWidth = 1.5;
      ctx.stroke();
    }
    const stall = stalls[0] && held ? x(stalls[0].from) : right;
    this.words(ctx, Math.max(0, from), Math.min(right, stall), top, height, bar.words, look, ground);
    this.end(ctx, bar.end, right, top, height, ground);
  }

  /**
   * Writes the longest words that fit into a bar.
   * @param {CanvasRenderingContext2D} ctx
   * @param {number} from
   * @param {number} to
   * @param {number} top
   * @param {number} height
   * @param {string[]} words
   * @param {Look} look
   * @param {string} ground
   */
  words(ctx, from, to, top, height, words, look, ground) {
    if (height < this.font) return;
    ctx.font = `600 ${this.font}px ${this.theme.mono}`;
    ctx.textBaseline = "middle";
    ctx.textAlign = "left";
    const room = to - from - 14;
    const text = words.find((one) => ctx.measureText(one).width <= room);
    if (!text) return;
    if (look.pill) {
      ctx.fillStyle = ground;
      ctx.beginPath();
      ctx.roundRect(from + 4, top + height / 2 - this.font * 0.7, ctx.measureText(text).width + 6, this.font * 1.4, 3);
      ctx.fill();
    }
    ctx.fillStyle = look.ink;
    ctx.fillText(text, from + 7, top + height / 2 + 0.5);
  }

  /**
   * Marks how a hold ended, unless it was released.
   * @param {CanvasRenderingContext2D} ctx
   * @param {Bar["end"]} end
   * @param {number} x
   * @param {number} top
   * @param {number} height
   * @param {string} ground
   */
  end(ctx, end, x, top, height, ground) {
    if (end === "expired") {
      ctx.fillStyle = this.theme.ink;
      ctx.fillRect(x - 2, top - 4, 2, height + 8);
      ctx.fillRect(x - 5, top - 4, 8, 2);
      ctx.fillRect(x - 5, top + height + 2, 8, 2);
    } else if (end === "broken" || end === "overwritten") {
      this.stop(ctx, x - 1, { top, bar: height }, end === "broken" ? "✕" : "!");
    } else if (end === "gone" || end === "unknown") {
      ctx.fillStyle = ground;
      for (let y = top + 2; y < top + height; y += 7) ctx.fillRect(x - 4, y, 5, 4);
    }
  }

  /**
   * Draws what was not seen.
   * @param {CanvasRenderingContext2D} ctx
   * @param {number} from
   * @param {number} to
   * @param {number} top
   * @param {number} height
   * @param {string} words
   */
  dashed(ctx, from, to, top, height, words) {
    const { theme } = this;
    ctx.save();
    ctx.setLineDash([4, 3]);
    ctx.strokeStyle = theme.ink2;
    ctx.lineWidth = 1.5;
    ctx.strokeRect(from + 0.75, top + 0.75, Math.max(1, to - from - 1.5), height - 1.5);
    ctx.restore();
    const left = Math.max(0, from);
    this.words(ctx, left, to, top, height, [words], { fill: "", ink: theme.ink2, edge: false, pill: false }, "");
  }

  /**
   * Marks a renewal that was due here and did not come.
   * @param {CanvasRenderingContext2D} ctx
   * @param {number} from
   * @param {number} to
   * @param {Shape} shape
   * @param {string} ground
   */
  stall(ctx, from, to, { top, bar }, ground) {
    const left = Math.max(-4, from);
    if (to - left < 3) return;
    ctx.fillStyle = ground;
    ctx.fillRect(left, top, to - left, bar);
    ctx.fillStyle = this.ink.pattern("hatch", ground);
    ctx.fillRect(left, top, to - left, bar);
    ctx.strokeStyle = this.theme.ink2;
    ctx.lineWidth = 1.5;
    ctx.strokeRect(left + 0.75, top + 0.75, to - left - 1.5, bar - 1.5);
    const look = { fill: "", ink: this.theme.ink, edge: false, pill: true };
    this.words(ctx, Math.max(0, left), to, top, bar, [_("no renewal")], look, ground);
  }

  /**
   * Draws what is left of the lease; it fades if it continues beyond the edge.
   * @param {CanvasRenderingContext2D} ctx
   * @param {Size} size
   * @param {number} from
   * @param {number} to
   * @param {number} top
   * @param {number} height
   * @param {number} until
   */
  lease(ctx, size, from, to, top, height, until) {
    const { theme } = this;
    if (to <= from) return;
    const beyond = to > size.width;
    const end = beyond ? size.width : to;
    ctx.fillStyle = theme.panel;
    ctx.strokeStyle = theme.ink2;
    if (beyond) {
      ctx.fillStyle = fading(ctx, from, end, theme.panel);
      ctx.strokeStyle = fading(ctx, from, end, theme.ink2);
    }
    ctx.lineWidth = 2;
    ctx.fillRect(from, top, end - from, height);
    ctx.beginPath();
    ctx.moveTo(from, top + 1);
    if (beyond) {
      ctx.lineTo(end, top + 1);
      ctx.moveTo(from, top + height - 1);
      ctx.lineTo(end, top + height - 1);
    } else {
      ctx.arcTo(end - 1, top + 1, end - 1, top + height / 2, Math.min(3, end - from));
      ctx.arcTo(end - 1, top + height - 1, from, top + height - 1, Math.min(3, end - from));
      ctx.lineTo(from, top + height - 1);
    }
    ctx.stroke();
    if (!Number.isFinite(until)) {
      const look = { fill: "", ink: theme.ink2, edge: false, pill: false };
      this.words(ctx, from, end, top, height, [_("no TTL")], look, "");
    }
  }

  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {number} from
   * @param {number} to
   * @param {number} top
   * @param {number} row
   */
  wait(ctx, from, to, top, row) {
    if (to <= 0) return;
    ctx.beginPath();
    ctx.setLineDash(row % 2 ? [6, 3] : []);
    ctx.strokeStyle = this.theme.ink2;
    ctx.lineWidth = 3;
    ctx.moveTo(Math.max(0, from), top + 1.5);
    ctx.lineTo(Math.max(from + 2, to), top + 1.5);
    ctx.stroke();
    ctx.setLineDash([]);
  }

  /**
   * @param {CanvasRenderingContext2D} ctx
   * @param {number} x
   * @param {{top: number, bar: number}} shape
   * @param {string} sign
   */
  stop(ctx, x, { top, bar }, sign) {
    const { theme } = this;
    ctx.fillStyle = theme.panel;
    ctx.fillRect(x - 2, top - 8, 5, bar + 14);
    ctx.fillStyle = theme.bad;
    ctx.fillRect(x - 0.5, top - 8, 2, bar + 14);
    ctx.beginPath();
    ctx.arc(x + 0.5, Math.max(9, top - 9), 9, 0, 2 * Math.PI);
    ctx.fill();
    ctx.fillStyle = theme.panel;
    ctx.font = `700 12px ${theme.sans}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText(sign, x + 0.5, Math.max(9, top - 9) + 0.5);
    ctx.textAlign = "left";
  }

  /**
   * Draws the number of waiters, in steps, up to now; what this page did not see stays blank.
   * @param {CanvasRenderingContext2D} ctx
   * @param {Size} size
   * @param {[at: number, waits: number][]} series
   * @param {number} now
   */
  steps(ctx, size, series, now) {
    const { theme } = this;
    const x = scale(size, now);
    clear(ctx, size);
    const base = size.height - 12;
    ctx.fillStyle = theme.line2;
    ctx.fillRect(0, base, size.width, 1);
    const shown = series.filter(([at], i) => x(series[i + 1]?.[0] ?? now) >= 0 && at <= now);
    if (shown.length === 0) return;
    const most = Math.max(4, ...shown.map(([, waits]) => waits));
    const y = (/** @type {number} */ waits) => base - (waits / most) * (base - 8);
    const line = new Path2D();
    const left = Math.max(-2, x(shown[0][0]));
    line.moveTo(left, y(shown[0][1]));
    for (const [i, [, waits]] of shown.entries()) {
      if (i > 0) line.lineTo(x(shown[i][0]), y(waits));
      line.lineTo(x(shown[i + 1]?.[0] ?? now), y(waits));
    }
    const area = new Path2D(line);
    area.lineTo(x(now), base);
    area.lineTo(left, base);
    ctx.globalAlpha = 0.2;
    ctx.fillStyle = theme.ink3;
    ctx.fill(area);
    ctx.globalAlpha = 1;
    ctx.strokeStyle = theme.ink2;
    ctx.lineWidth = 2;
    ctx.stroke(line);
  }
}

/**
 * The position of a moment, on a whole device pixel.
 * @param {Size} size
 * @param {number} now
 */
export function scale({ width, ratio, past, ahead }, now) {
  const perMs = width / (past + ahead);
  return (/** @type {number} */ at) => {
    const x = (at - now + past) * perMs;
    return Number.isFinite(x) ? Math.round(x * ratio) / ratio : x;
  };
}

/** @param {CanvasRenderingContext2D} ctx @param {Size} size */
function clear(ctx, { width, height, ratio }) {
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, width, height);
}

/**
 * A colour that fades out to the right.
 * @param {CanvasRenderingContext2D} ctx
 * @param {number} from
 * @param {number} to
 * @param {string} colour as "#fff" or "#ffffff"
 */
function fading(ctx, from, to, colour) {
  const gradient = ctx.createLinearGradient(from, 0, to, 0);
  gradient.addColorStop(0.6, colour);
  gradient.addColorStop(1, `${colour}${colour.length > 4 ? "00" : "0"}`);
  return gradient;
}
