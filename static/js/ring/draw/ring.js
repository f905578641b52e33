/**
 * Draws the ring in two layers. The static layer is drawn when the cluster, the size or the theme changes; the overlay, with
 * everything that moves, as often as needed.
 */

import { drawArcs, drawNeutral, drawScale } from "./arcs.js";
import { drawBand } from "./band.js";
import { drawBeforeBand, drawChanges } from "./changes.js";
import { drawChangedDensity, drawDensity } from "./density.js";
import { drawLens, drawLensStrip } from "./lens.js";
import { drawMarks } from "./mark.js";
import { Pen } from "./pen.js";
import { drawWalk } from "./walk.js";

export { hit } from "./hit.js";
export { layout, textMeasure } from "./layout.js";
export { prepare, readTheme } from "./theme.js";

/** @import { Layout, LensBox, Picture, Theme } from "./types.js" */

/**
 * Draws the static layer.
 * @param {CanvasRenderingContext2D} ctx counts in CSS pixels, see `prepare`
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 */
export function drawRing(ctx, layout, picture, theme) {
  const pen = new Pen(ctx, layout, picture, theme);
  ctx.clearRect(0, 0, layout.width, layout.height);
  drawScale(pen);
  if (layout.lod === "band") drawBand(pen);
  else if (picture.tokens.length > 0) drawArcs(pen);
  else drawNeutral(pen);
  drawBeforeBand(pen);
  drawDensity(pen);
}

/**
 * Draws the overlay: changes, marks, lens and walk.
 * @param {CanvasRenderingContext2D} ctx counts in CSS pixels, see `prepare`
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 * @param {number} t progress of the animation, 0..1; 1 with reduced motion
 */
export function drawOverlay(ctx, layout, picture, theme, t) {
  const pen = new Pen(ctx, layout, picture, theme);
  // Ease out: fast at first, slow at the end.
  const way = picture.view === "before" ? 0 : 1 - (1 - Math.max(0, Math.min(1, t))) ** 3;
  ctx.clearRect(0, 0, layout.width, layout.height);
  drawChanges(pen, way);
  drawChangedDensity(pen, way);
  drawMarks(pen);
  drawLens(pen);
  drawWalk(pen);
}

/**
 * Draws the enlarged part of the lens into a separate canvas, for rings that are too small to contain it.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout of the ring
 * @param {Picture} picture
 * @param {Theme} theme
 * @param {number} width of the canvas
 * @param {number} height of the canvas
 */
export function drawLensCanvas(ctx, layout, picture, theme, width, height) {
  ctx.clearRect(0, 0, width, height);
  if (!layout.lens) return;
  const box = { ...layout.lens, x: 1, y: 1, width: width - 2, height: height - 2 };
  drawLensStrip(new Pen(ctx, layout, picture, theme), box);
}
