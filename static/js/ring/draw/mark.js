/** Which node is chosen and which is under the pointer: lines of ink at its arcs, because colour already means the node. */

import { eachArc } from "./band.js";
import { edge, sector } from "./shapes.js";
import { widened } from "../../lib/geometry.js";

/** @import { Layout, Picture, Theme } from "./types.js" */

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 */
export function drawMarks(ctx, layout, picture, theme) {
  const { hover, selected } = picture;
  if (hover && hover.number !== selected) drawEdge(ctx, layout, picture, hover.number, theme.ink3, 2.5);
  if (selected !== null) drawEdge(ctx, layout, picture, selected, theme.ink, 3);
  if (hover) outline(ctx, layout, picture, theme);
}

/**
 * A line along both sides of every arc of a node.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {number} number
 * @param {string} ink
 * @param {number} width
 */
function drawEdge(ctx, layout, picture, number, ink, width) {
  ctx.strokeStyle = ink;
  ctx.lineWidth = width;
  ctx.beginPath();
  eachArc(picture, number, (start, end) => {
    const [from, to] = widened(start, end, 1.6 / layout.R);
    edge(ctx, layout, layout.r1 + 3, from, to);
    edge(ctx, layout, layout.r0 - 2.5, from, to);
  });
  ctx.stroke();
}

/**
 * The one arc under the pointer.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 */
function outline(ctx, layout, picture, theme) {
  const { hover } = picture;
  if (!hover || hover.token === null || layout.lod === "band") return;
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 2;
  ctx.beginPath();
  eachArc(picture, hover.number, (start, end, token) => {
    if (token === hover.token) sector(ctx, layout, layout.r0 - 1, layout.r1 + 1, start, end);
  });
  ctx.stroke();
}
