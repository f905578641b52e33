/** Draws one policy's queues at a moment: in service dark, waiting lighter, the longest queue's number bold. */

import { font } from "../lib/canvas.js";
import { count } from "../lib/format.js";
import { _ } from "../lib/i18n.js";
import { labelEvery } from "./layout.js";
import { inFlight, nodesByCount } from "./state.js";

/** @import { Ink } from "./ink.js" */
/** @import { Layout } from "./layout.js" */
/** @import { Queues } from "./state.js" */

const GAP = 1.6;
const NUMBER = 13;
const LARGE = 16;
const LONG = 6; // longer queues get a larger number
const HATCH = 8;
const FULL = 0.4; // share of the nodes that gives a bar of full height

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {{width: number, height: number}} size
 * @param {Layout} layout
 * @param {Ink} ink
 * @param {Queues} queues
 * @param {number | null} frozen the place of the node that is frozen now
 */
export function drawLane(ctx, size, layout, ink, queues, frozen) {
  ctx.clearRect(0, 0, size.width, size.height);
  ctx.textAlign = "center";
  if (layout.detail === "counts") drawCounts(ctx, layout, ink, queues);
  else drawNodes(ctx, layout, ink, queues, frozen);
  ctx.fillStyle = ink.line2;
  ctx.fillRect(0, layout.base + 2, size.width, 1);
}

/**
 ** Draws a stack for each node.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Ink} ink
 * @param {Queues} queues
 * @param {number | null} frozen
 */
function drawNodes(ctx, layout, ink, queues, frozen) {
  const counts = inFlight(queues);
  const longest = counts.reduce((one, other) => Math.max(one, other), 0);
  if (frozen !== null) hatch(ctx, layout, ink, frozen);
  if (layout.detail === "squares") {
    const stack = (/** @type {number} */ i) => squares(ctx, layout, ink, i, queues.serving[i], counts[i]);
    for (const i of counts.keys()) stack(i);
    for (const [i, n] of counts.entries()) number(ctx, layout, ink, i, n, n === longest);
  } else {
    for (const [i, n] of counts.entries()) bar(ctx, layout, ink, i, queues.serving[i], n);
    const first = counts.indexOf(longest);
    if (longest > 0) number(ctx, layout, ink, first, longest, true);
  }
  names(ctx, layout, ink, counts.length);
}

/** @type {(ctx: CanvasRenderingContext2D, layout: Layout, ink: Ink, i: number, serving: number, all: number) => void} */
function squares(ctx, { step, base, pitch, columns }, ink, i, serving, all) {
  const wide = Math.min(columns, all) * pitch;
  const left = Math.round((i + 0.5) * step - wide / 2);
  const tall = Math.ceil(all / columns) * pitch;
  ctx.fillStyle = ink.bg;
  ctx.fillRect(left - GAP, base - tall, wide + GAP, tall);
  for (let k = 0; k < all; k++) {
    ctx.fillStyle = k < serving ? ink.ink : ink.ink3;
    const y = base - pitch * (Math.floor(k / columns) + 1);
    ctx.fillRect(left + (k % columns) * pitch, y + GAP, pitch - GAP, pitch - GAP);
  }
}

/** @type {(ctx: CanvasRenderingContext2D, layout: Layout, ink: Ink, i: number, n: number, longest: boolean) => void} */
function number(ctx, { step, base, pitch, columns }, ink, i, n, longest) {
  const bold = longest && n > 0;
  ctx.font = font(ink, longest && n > LONG ? LARGE : NUMBER, bold ? 700 : 400);
  Object.assign(ctx, { fillStyle: bold ? ink.ink : ink.ink3, strokeStyle: ink.bg, lineWidth: 5 });
  const y = base - pitch * Math.ceil(n / columns) - 4;
  ctx.strokeText(count(n), (i + 0.5) * step, y);
  ctx.fillText(count(n), (i + 0.5) * step, y);
}

/** @type {(ctx: CanvasRenderingContext2D, layout: Layout, ink: Ink, i: number, serving: number, all: number) => void} */
function bar(ctx, { step, base, pitch }, ink, i, serving, all) {
  const wide = Math.max(1, step - (step > 5 ? 2 : 1));
  ctx.fillStyle = ink.ink3;
  ctx.fillRect(i * step, base - all * pitch, wide, all * pitch);
  ctx.fillStyle = ink.ink;
  ctx.fillRect(i * step, base - serving * pitch, wide, serving * pitch);
}

/**
 * Draws the numbers of the nodes, as many as fit.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Ink} ink
 * @param {number} nodes
 */
function names(ctx, { step, base }, ink, nodes) {
  ctx.font = font(ink, NUMBER);
  ctx.fillStyle = ink.ink3;
  const label = ctx.measureText(count(nodes)).width;
  const every = labelEvery(step, label + 6 * ink.zoom);
  for (let n = every; n <= nodes; n += every) {
    const x = (n - 0.5) * step;
    if (x + label / 2 <= nodes * step) ctx.fillText(count(n), x, base + 18 * ink.zoom);
  }
}

/**
 * Draws how many nodes have 0, 1, 2, ... requests: a bar for each, with the number of nodes.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Ink} ink
 * @param {Queues} queues
 */
function drawCounts(ctx, { step, base, top, columns }, ink, queues) {
  const found = nodesByCount(inFlight(queues), columns - 1);
  const nodes = queues.serving.length;
  ctx.font = font(ink, NUMBER);
  for (const [n, many] of found.entries()) {
    const tall = Math.min(1, many / nodes / FULL) * (base - top);
    const x = (n + 0.5) * step;
    ctx.fillStyle = n === 0 ? ink.line2 : ink.ink3;
    ctx.fillRect(n * step + 2, base - tall, step - 4, tall);
    ctx.fillStyle = ink.ink3;
    ctx.fillText(n === columns - 1 ? `${count(n)}+` : count(n), x, base + 18 * ink.zoom);
    if (many) ctx.fillText(count(many), x, base - tall - 4);
  }
  ctx.textAlign = "right";
  ctx.fillText(_("nodes with 0, 1, 2, ... requests"), columns * step, top - 2);
}

/**
 * Draws the ground under a frozen node.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Ink} ink
 * @param {number} i
 */
function hatch(ctx, { step, base, top }, ink, i) {
  const wide = Math.max(4, step - 2);
  const left = (i + 0.5) * step - wide / 2;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, wide, base - top);
  ctx.clip();
  ctx.strokeStyle = ink.line2;
  ctx.lineWidth = 1;
  ctx.beginPath();
  for (let x = left - (base - top); x < left + wide; x += HATCH) {
    ctx.moveTo(x, base);
    ctx.lineTo(x + base - top, top);
  }
  ctx.stroke();
  ctx.restore();
}
