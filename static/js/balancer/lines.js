/** Draws how many requests each policy has in the system over the last service times, on one scale. */

import { font } from "../lib/canvas.js";
import { count } from "../lib/format.js";
import { inSystem } from "./state.js";

/** @import { Ink } from "./ink.js" */
/** @import { Course } from "./state.js" */

/** @typedef {{x0: number, x1: number, y: number}} Box a name's left, right and base line */

/** The width in mean service times. */
export const SHOWN = 120;
const POINTS = 240;
const STYLES = [
  { width: 3.4, dash: [], weight: 700 },
  { width: 1.6, dash: [], weight: 400 },
  { width: 1.6, dash: [5, 4], weight: 400 },
  { width: 1.6, dash: [1.5, 3], weight: 400 },
];
const NAMED_AT = [0.17, 0.4, 0.63, 0.86]; // positions of the names, as shares of the width
const NEAR = 12; // points of the line that a name must stay above
const SIZE = 13;

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {{width: number, height: number}} size
 * @param {Ink} ink
 * @param {{label: string, course: Course}[]} lines the best first, 4 at the most
 * @param {number} at the moment at the right edge
 * @param {number} most that any line ever has
 */
export function drawLines(ctx, { width, height }, ink, lines, at, most) {
  ctx.clearRect(0, 0, width, height);
  const top = 20 * ink.zoom;
  const y = (/** @type {number} */ n) => height - 6 - ((height - 6 - top) * n) / Math.max(1, most);
  const drawn = lines.map(({ label, course }, i) => {
    const levels = Array.from({ length: POINTS + 1 }, (_, k) => {
      const when = at - SHOWN + (SHOWN * k) / POINTS;
      return when < 0 ? null : inSystem(course, when);
    });
    return { label, levels, style: STYLES[i], colour: [ink.ink, ink.ink2, ink.ink3, ink.ink3][i], named: NAMED_AT[i] };
  });
  for (const { levels, style, colour } of drawn.toReversed()) {
    ctx.beginPath();
    for (const [k, n] of levels.entries()) if (n !== null) ctx.lineTo((k / POINTS) * width, y(n));
    Object.assign(ctx, { lineWidth: style.width, strokeStyle: colour, lineJoin: "round" });
    ctx.setLineDash(style.dash);
    ctx.stroke();
  }
  ctx.setLineDash([]);
  /** @type {Box[]} */
  const taken = [];
  for (const one of drawn) taken.push(name(ctx, width, y, ink, one, taken));
}

/**
 * Draws a line's name and current value above the line, where there is room, on a background.
 * @param {CanvasRenderingContext2D} ctx
 * @param {number} width
 * @param {(n: number) => number} y
 * @param {Ink} ink
 * @param {{label: string, levels: (number | null)[], style: {weight: number}, colour: string, named: number}} line
 * @param {Box[]} taken by other names
 * @returns {Box}
 */
function name(ctx, width, y, ink, { label, levels, style, colour, named }, taken) {
  const text = `${label} ${count(levels[POINTS] ?? 0)}`;
  ctx.font = font(ink, SIZE, style.weight);
  ctx.textAlign = "center";
  const half = ctx.measureText(text).width / 2;
  const first = levels.findIndex((n) => n !== null);
  const near = Math.round(first + named * (POINTS - first));
  const x = Math.max(half, Math.min(width - half, (near / POINTS) * width));
  const around = levels.slice(Math.max(0, near - NEAR), near + NEAR).filter((n) => n !== null);
  const above = Math.min(...around.map(y)) - 6;
  const line = SIZE * 1.2 * ink.zoom;
  const places = [0, 1, -1, 2, -2, 3].map((by) => ({ x0: x - half, x1: x + half, y: above + by * line }));
  const fits = (/** @type {Box} */ one) =>
    one.y >= line &&
    one.y < y(0) &&
    taken.every((box) => box.x1 < one.x0 || box.x0 > one.x1 || Math.abs(box.y - one.y) >= line);
  const box = places.find(fits) ?? places[0];
  Object.assign(ctx, { lineWidth: 4, strokeStyle: ink.bg, fillStyle: colour });
  ctx.strokeText(text, x, box.y);
  ctx.fillText(text, x, box.y);
  return box;
}
