/** Hit rate and operations of the last minute, on a canvas: a solid and a dashed line, which need no colour. */

import { prepare } from "../draw/theme.js";
import { SECONDS } from "./series.js";

/** @import { Point } from "./series.js" */

const TOP = 5;

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Point[]} points
 * @param {{newest: number, marks: number[], rate: number}} about
 *   newest: second at the right edge; marks: seconds at which the ring changed; rate: operations that fill the height
 */
export function drawChart(canvas, points, { newest, marks, rate }) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (width === 0) return;
  const ctx = prepare(canvas, width, height, globalThis.devicePixelRatio || 1);
  const style = getComputedStyle(canvas);
  const ink = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const x = (/** @type {number} */ second) => width - ((newest - second + 0.5) / SECONDS) * width;
  const y = (/** @type {number} */ share) => TOP + (1 - Math.max(0, Math.min(1, share))) * (height - TOP - 2);
  ctx.clearRect(0, 0, width, height);
  stroke(ctx, ink("--line"), 1, [], () => {
    for (const share of [0, 0.5, 1]) line(ctx, 0, y(share), width, y(share));
  });
  stroke(ctx, ink("--line2"), 1.5, [], () => {
    for (const second of marks) line(ctx, x(second), 0, x(second), height);
  });
  const most = Math.max(rate, ...points.map(({ ops }) => ops)) * 1.1 || 1;
  stroke(ctx, ink("--ink3"), 1.5, [4, 3], () => trace(ctx, points, x, ({ ops }) => y(ops / most)));
  stroke(ctx, ink("--ink"), 2, [], () => trace(ctx, points, x, ({ hit }) => (hit === null ? null : y(hit))));
}

/**
 * A line through the known points, broken where a second is missing.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Point[]} points
 * @param {(second: number) => number} x
 * @param {(point: Point) => number | null} y
 */
function trace(ctx, points, x, y) {
  let last = Number.NaN;
  for (const point of points) {
    const at = y(point);
    if (at === null) continue;
    if (point.second === last + 1) ctx.lineTo(x(point.second), at);
    else ctx.moveTo(x(point.second), at);
    last = point.second;
  }
}

/** @type {(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number) => void} */
const line = (ctx, x0, y0, x1, y1) => {
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
};

/** @type {(ctx: CanvasRenderingContext2D, style: string, width: number, dash: number[], path: () => void) => void} */
const stroke = (ctx, style, width, dash, path) => {
  ctx.strokeStyle = style;
  ctx.lineWidth = width;
  ctx.setLineDash(dash);
  ctx.beginPath();
  path();
  ctx.stroke();
};
