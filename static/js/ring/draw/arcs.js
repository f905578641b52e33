/** The ring itself: hash scale, coloured or grey arcs, separators and numbers. Part of the static layer. */

import { arcAngles, TAU } from "../../lib/geometry.js";
import { changesOf } from "./changes.js";
import { drawNumber } from "./numbers.js";
import { byLook, lookOf, sector, spoke } from "./shapes.js";
import { fill, font, pattern } from "./theme.js";

/** @import { Layout, Picture, Theme } from "./types.js" */

const TICKS = 64;
const QUARTERS = ["0", "40000000", "80000000", "C0000000"];
const LEAST_FOR_NUMBER = 20;

/**
 * Ticks outside of the ring and, where there is room, the hash at each quarter.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Theme} theme
 */
export function drawScale(ctx, layout, theme) {
  const { R, cx, cy } = layout;
  ctx.strokeStyle = theme.line2;
  for (const major of [false, true]) {
    ctx.lineWidth = major ? 1.6 : 1;
    ctx.beginPath();
    for (let i = 0; i < TICKS; i++) {
      if ((i % 16 === 0) !== major) continue;
      spoke(ctx, layout, (i / TICKS) * TAU - TAU / 4, R + 4, R + 4 + (major ? 10 : i % 4 === 0 ? 6 : 3));
    }
    ctx.stroke();
  }
  if (layout.small) return;
  ctx.font = font(theme, 13, "400", "mono");
  ctx.fillStyle = theme.ink3;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  QUARTERS.forEach((hash, i) => {
    const angle = (i / 4) * TAU - TAU / 4;
    ctx.save();
    ctx.translate(cx + Math.cos(angle) * (R + 34), cy + Math.sin(angle) * (R + 34));
    if (i % 2 === 1) ctx.rotate(i === 1 ? TAU / 4 : -TAU / 4);
    ctx.fillText(hash, 0, 0);
    ctx.restore();
  });
}

/**
 * A ring without arcs: no node at all, or a strategy that gives every node keys from everywhere.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 */
export function drawNeutral(ctx, layout, picture, theme) {
  const { cx, cy, r0, r1 } = layout;
  const scattered = picture.strategy !== "ring" && picture.nodes.size > 0;
  ctx.beginPath();
  sector(ctx, layout, r0, r1, 0, TAU);
  ctx.fillStyle = scattered ? pattern(ctx, theme, "hatched", theme.line) : theme.sunk;
  ctx.fill();
  if (scattered) return;
  ctx.strokeStyle = theme.line2;
  ctx.lineWidth = 1.5;
  ctx.setLineDash([5, 4]);
  for (const radius of [r0, r1]) {
    ctx.beginPath();
    ctx.arc(cx, cy, radius, 0, TAU);
    ctx.stroke();
  }
  ctx.setLineDash([]);
}

/**
 * Arcs of a pixel and more: in their node's colour while nothing has changed, else grey (the overlay has the changed ones).
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 */
export function drawArcs(ctx, layout, picture, theme) {
  const { r0, r1 } = layout;
  const arcs = arcAngles(picture.tokens);
  ctx.beginPath();
  sector(ctx, layout, r0, r1, 0, TAU);
  ctx.fillStyle = theme.line;
  ctx.fill();
  const coloured = isColoured(picture);
  if (coloured) {
    for (const { look, indexes } of byLook(picture, picture.owners).values()) {
      if (look.pattern === "grey") continue;
      ctx.beginPath();
      for (const i of indexes) sector(ctx, layout, r0, r1, arcs[2 * i], arcs[2 * i + 1]);
      ctx.fillStyle = fill(ctx, theme, look);
      ctx.fill();
    }
  }
  if (layout.lod === "arcs") {
    ctx.strokeStyle = theme.bg;
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    for (let i = 1; i < arcs.length; i += 2) spoke(ctx, layout, arcs[i], r0, r1);
    ctx.stroke();
  }
  drawNumbers(ctx, layout, picture, theme, coloured);
}

/**
 * Whether arcs have their nodes' colours: in a calm picture, and after a change of which the ranges are not known.
 * @param {Picture} picture
 */
export const isColoured = (picture) => picture.mode === "calm" || picture.ranges === null;

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 * @param {boolean} coloured
 */
function drawNumbers(ctx, layout, picture, theme, coloured) {
  const arcs = arcAngles(picture.tokens);
  const middle = (layout.r0 + layout.r1) / 2;
  const changes = coloured ? null : changesOf(layout, picture);
  for (let i = 0; i < picture.owners.length; i++) {
    const start = arcs[2 * i];
    const end = arcs[2 * i + 1];
    if ((end - start) * middle < LEAST_FOR_NUMBER) continue;
    const angle = (start + end) / 2;
    if (changes?.covers(angle, 11 / layout.R)) continue;
    const look = coloured ? lookOf(picture, picture.owners[i]) : null;
    drawNumber(ctx, layout, theme, picture.owners[i], look, angle, middle, (end - start) * middle);
  }
}
