/** How even the load is: the keys of every node, highest first, with the fair share and the theoretical spread around it. */

import { _ } from "../../lib/i18n.js";
import { node, paint, render, text } from "./svg.js";

/** @import { PictureNode } from "./types.js" */

const BAR = 3.2;
const LEAST_STEP = 1.2;

/**
 * Standard deviation divided by the mean; 0 without values or with a mean of 0.
 * @param {number[]} values
 */
export function spread(values) {
  const mean = values.reduce((sum, n) => sum + n, 0) / values.length;
  if (!(mean > 0)) return 0;
  return Math.sqrt(values.reduce((sum, n) => sum + (n - mean) ** 2, 0) / values.length) / mean;
}

/**
 * The expected `spread` of n equal nodes with v tokens each: sqrt((N - v) / (v (N + 1))), N = n v.
 * @param {number} n nodes
 * @param {number} v tokens a node
 */
export const theorySpread = (n, v) => (n > 0 && v > 0 ? Math.sqrt((n * v - v) / (v * (n * v + 1))) : 0);

/**
 * Values, highest first, in as many rows as fit. A row stands for one node, or for several consecutive ones, and is as long as
 * the first of them. Pure.
 * @param {{number: number, keys: number}[]} rows in any order
 * @param {number} room px
 */
export function histogramRows(rows, room) {
  const sorted = rows.slice().sort((a, b) => b.keys - a.keys || a.number - b.number);
  const step = Math.max(LEAST_STEP, Math.min(BAR, room / Math.max(1, sorted.length)));
  const most = Math.max(1, Math.floor(room / step));
  const each = Math.max(1, sorted.length / most);
  const lines = Math.min(sorted.length, most);
  const shown = Array.from({ length: lines }, (_unused, i) => sorted[Math.floor(i * each)]);
  const rank = new Map(sorted.map((row, i) => [row.number, Math.min(lines - 1, Math.floor(i / each))]));
  return { shown, step, rank, sorted };
}

/**
 * Draws the histogram.
 * @param {SVGSVGElement} svg
 * @param {{rows: {number: number, keys: number}[], fair: number, theory?: number, pins: number[],
 *   width?: number, height?: number, size?: number}} load
 *   fair: keys of the fair share; theory: the theoretical standard deviation relative to it; pins: nodes with a colour
 * @param {Map<number, PictureNode>} nodes
 */
export function histogram(svg, { rows, fair, theory = 0, pins, width = 368, height = 346, size = 13 }, nodes) {
  const room = height - size * 1.6;
  const { shown, step, rank, sorted } = histogramRows(rows, room - 4);
  const scale = (width - 8) / Math.max(1, sorted[0]?.keys ?? 0, fair * (1 + theory));
  const bottom = Math.min(room, 4 + shown.length * step + 4);
  const grey = shown.map((row, i) => bar(row.keys * scale, 4 + i * step, step > 2 ? step - 1 : step)).join("");
  const x = fair * scale;
  const children = [node("path", { d: grey, fill: "var(--line2)" })];
  if (theory > 0) {
    const box = { x: x - theory * fair * scale, y: 0, width: 2 * theory * fair * scale, height: bottom };
    children.unshift(node("rect", { ...box, fill: "var(--sunk)" }));
  }
  for (const number of pins) {
    const at = rank.get(number);
    const keys = rows.find((row) => row.number === number)?.keys;
    if (at === undefined || !keys) continue;
    const fill = paint(nodes.get(number)?.look);
    children.push(node("path", { d: bar(keys * scale, 4 + at * step - 0.5, Math.max(4, step)), fill }));
  }
  if (x > 0) {
    children.push(
      node("path", { d: `M${x.toFixed(1)} 0V${bottom.toFixed(1)}`, stroke: "var(--ink)", "stroke-width": 2 }),
    );
    const anchor = x > width / 2 ? "end" : "start";
    children.push(text(_("fair share"), x, bottom + size * 1.15, { size, ink: "ink3", anchor }));
  }
  render(svg, width, bottom + size * 1.6, children);
}

/**
 * @param {number} length
 * @param {number} y
 * @param {number} height
 */
const bar = (length, y, height) => `M0 ${y.toFixed(1)}h${length.toFixed(1)}v${height.toFixed(1)}H0Z`;
