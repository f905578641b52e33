/**
 * Draws a lane's canvases: in flight over time with marks, the strip of policies, and squares. Does not touch the
 * document.
 */

import { font } from "../../lib/canvas.js";
import { _, interpolate } from "../../lib/i18n.js";
import { scaleX, scaleY, squareAt, squaresIn } from "./geometry.js";
import { SPAN_MS, stretches } from "./history.js";
import { titleOf } from "./policies.js";

/** @import { Ink } from "../ink.js" */
/** @import { Mark, Out, Span, Step } from "./history.js" */

/**
 * @typedef {{width: number, height: number}} Size CSS px
 * @typedef {{steps: Step[], colour: string, now: number, most: number, cap: number | null, outs: Out[], marks: Mark[]}} Lane
 */

const TOP = 8;
const FOOT = 7;
const PITCH = 9;
const SMALL = 13;
const NARROW = 400;

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Size} size
 * @param {Ink} ink
 * @param {Lane} lane
 */
export function drawLane(ctx, { width, height }, ink, { steps, colour, now, most, cap, outs, marks }) {
  ctx.clearRect(0, 0, width, height);
  const x = scaleX(width, now);
  const base = height - FOOT;
  const y = scaleY(TOP, base, most);
  for (const out of outs) drawOut(ctx, ink, out, { x, width, base, now });
  ctx.fillStyle = ink.line;
  ctx.fillRect(0, base, width, 1);
  ctx.fillStyle = colour;
  for (const stretch of stretches(steps)) {
    ctx.beginPath();
    ctx.moveTo(x(stretch[0].at), base);
    for (const { at, n } of stretch) ctx.lineTo(x(at), n > 0 ? Math.min(y(n), base - 1.5) : base - 1);
    ctx.lineTo(x(stretch[stretch.length - 1].at), base);
    ctx.fill();
  }
  if (cap !== null && cap <= most) {
    stroke(ctx, ink.ink2, 1, [3, 3], [[0, y(cap)], [width, y(cap)]]); // biome-ignore format: two points
  }
  drawMarks(ctx, ink, marks, x, 0, height);
}

/**
 * Hatches the time in which a node was not up. Once that is over, adds the reason if it fits; until then, the text
 * beside the lane gives it.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Ink} ink
 * @param {Out} out
 * @param {{x: (at: number) => number, width: number, base: number, now: number}} room
 */
function drawOut(ctx, ink, { from, to, text }, { x, width, base, now }) {
  const left = Math.max(0, x(from));
  const right = Math.min(width, x(Math.min(to, now)));
  if (right - left < 1) return;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, TOP - 4, right - left, base - TOP + 4);
  ctx.clip();
  ctx.globalAlpha = 0.2;
  for (let at = left - base; at < right; at += 7) stroke(ctx, ink.ink3, 1, [], [[at, base], [at + base, 0]]); // biome-ignore format: two points
  ctx.restore();
  ctx.font = font(ink, SMALL);
  const room = right - left - 12;
  const wide = ctx.measureText(text).width;
  if (wide > room || to > now) return;
  ctx.fillStyle = ink.bg;
  ctx.fillRect(left + 4, TOP, wide + 8, SMALL * 1.4 * ink.zoom);
  ctx.fillStyle = ink.ink2;
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  ctx.fillText(text, left + 8, TOP + 2);
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Ink} ink
 * @param {Mark[]} marks
 * @param {(at: number) => number} x
 * @param {number} top
 * @param {number} bottom
 */
export function drawMarks(ctx, ink, marks, x, top, bottom) {
  for (const { at, kind } of marks) {
    const left = Math.round(x(at)) + 0.5;
    if (left < 0) continue;
    const [width, dash] = kind === "policy" ? [1.5, []] : [1, [2, 3]];
    stroke(ctx, kind === "policy" ? ink.ink : ink.ink2, width, dash, [[left, top], [left, bottom]]); // biome-ignore format: two points
  }
}

/**
 * Draws times and, below them, which policy drove when. The newest is solid.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Size} size
 * @param {Ink} ink
 * @param {{now: number, spans: Span[]}} course
 */
export function drawAxis(ctx, { width, height }, ink, { now, spans }) {
  ctx.clearRect(0, 0, width, height);
  const x = scaleX(width, now);
  const tall = Math.min(21 * ink.zoom, height / 2);
  const top = height - tall;
  Object.assign(ctx, { textBaseline: "alphabetic", font: font(ink, SMALL), fillStyle: ink.ink3 });
  for (const seconds of width > NARROW * ink.zoom ? [40, 30, 20] : [40, 20]) {
    ctx.textAlign = seconds === 40 ? "left" : "center";
    ctx.fillText(interpolate(_("%(n)s s ago"), { n: seconds }), x(now - seconds * 1000), top - 8);
  }
  drawNow(ctx, ink, width, top);
  for (const [i, span] of spans.entries()) drawSpan(ctx, ink, span, i === spans.length - 1, { x, top, tall });
}

/** @type {(ctx: CanvasRenderingContext2D, ink: Ink, width: number, top: number) => void} */
function drawNow(ctx, ink, width, top) {
  const text = _("now");
  ctx.font = font(ink, SMALL, 700);
  const wide = ctx.measureText(text).width + 16;
  const tall = 19 * ink.zoom;
  ctx.fillStyle = ink.ink;
  ctx.beginPath();
  ctx.roundRect(width - wide, top - tall - 4, wide, tall, 5);
  ctx.fill();
  Object.assign(ctx, { fillStyle: ink.bg, textAlign: "center", textBaseline: "middle" });
  ctx.fillText(text, width - wide / 2, top - tall / 2 - 3.5);
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Ink} ink
 * @param {Span} span
 * @param {boolean} last
 * @param {{x: (at: number) => number, top: number, tall: number}} room
 */
function drawSpan(ctx, ink, { from, to, policy }, last, { x, top, tall }) {
  const left = Math.max(0, x(from));
  const width = x(to) - left;
  if (width < 1) return;
  ctx.fillStyle = last ? ink.ink : ink.sunk;
  ctx.fillRect(left, top, width, tall);
  if (!last) {
    Object.assign(ctx, { strokeStyle: ink.line2, lineWidth: 1 });
    ctx.setLineDash([]);
    ctx.strokeRect(left + 0.5, top + 0.5, width - 1, tall - 1);
  }
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, width - 4, tall);
  ctx.clip();
  const style = {
    font: font(ink, SMALL, 650),
    fillStyle: last ? ink.bg : ink.ink2,
    textAlign: "left",
    textBaseline: "middle",
  };
  Object.assign(ctx, style);
  ctx.fillText(titleOf(policy), left + 8, top + tall / 2 + 0.5);
  ctx.restore();
}

/**
 * Draws a square per request in flight, and hollow squares up to the recent maximum. Squares that do not fit become a
 * number.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Size} size
 * @param {Ink} ink
 * @param {{n: number, peak: number, colour: string}} counts
 */
export function drawSquares(ctx, { width, height }, ink, { n, peak, colour }) {
  ctx.clearRect(0, 0, width, height);
  const tall = height - TOP - FOOT;
  const room = { width, height: tall, pitch: PITCH };
  const all = squaresIn(Math.max(n, peak), room);
  const full = squaresIn(n, room).shown;
  Object.assign(ctx, { strokeStyle: ink.line2, lineWidth: 1, fillStyle: colour });
  ctx.setLineDash([]);
  for (let i = 0; i < all.shown; i += 1) {
    const { x, y } = squareAt(i, all.rows, PITCH, tall);
    ctx.beginPath();
    ctx.roundRect(x + 0.5, TOP + y + 0.5, PITCH - 2.5, PITCH - 2.5, 1.5);
    if (i < full) ctx.fill();
    else ctx.stroke();
  }
}

/** @type {(ctx: CanvasRenderingContext2D, style: string, width: number, dash: number[], points: number[][]) => void} */
function stroke(ctx, style, width, dash, points) {
  Object.assign(ctx, { strokeStyle: style, lineWidth: width });
  ctx.setLineDash(dash);
  ctx.beginPath();
  for (const [x, y] of points) ctx.lineTo(x, y);
  ctx.stroke();
  ctx.setLineDash([]);
}

/** The time span of the lanes, in seconds. */
export const SPAN_S = SPAN_MS / 1000;
