/**
 * The drawing of the ring: two layers over each other. The static layer is drawn when the cluster, the size or the theme
 * changes; the overlay, with all that moves, whenever it has to be.
 */

import { drawArcs, drawNeutral, drawScale } from "./arcs.js";
import { drawBand } from "./band.js";
import { drawBeforeBand, drawChanges } from "./changes.js";
import { drawChangedDensity, drawDensity } from "./density.js";
import { drawLens } from "./lens.js";
import { drawMarks } from "./mark.js";
import { drawWalk } from "./walk.js";

export { arcsOf, hit } from "./hit.js";
export { layout, textMeasure } from "./layout.js";
export { drawLensStrip } from "./lens.js";
export { prepare, readTheme } from "./theme.js";

/** @import { Layout, Picture, Theme } from "./types.js" */

/**
 * Draws the static layer. The context counts in CSS pixels (see `prepare`).
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 */
export function drawRing(ctx, layout, picture, theme) {
  ctx.clearRect(0, 0, layout.width, layout.height);
  drawScale(ctx, layout, theme);
  if (picture.tokens.length > 0 && layout.lod !== "band") drawArcs(ctx, layout, picture, theme);
  else if (layout.lod === "band") drawBand(ctx, layout, picture, theme);
  else drawNeutral(ctx, layout, picture, theme);
  drawBeforeBand(ctx, layout, theme);
  drawDensity(ctx, layout, picture, theme);
}

/**
 * Draws the overlay: what changed, marks, lens and walk.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 * @param {number} t how far the change has gone, 0..1; 1 with reduced motion
 */
export function drawOverlay(ctx, layout, picture, theme, t) {
  const way = picture.view === "before" ? 0 : ease(Math.max(0, Math.min(1, t)));
  ctx.clearRect(0, 0, layout.width, layout.height);
  drawChanges(ctx, layout, picture, theme, way);
  drawChangedDensity(ctx, layout, picture, theme, way);
  drawMarks(ctx, layout, picture, theme);
  drawLens(ctx, layout, picture, theme);
  drawWalk(ctx, layout, picture, theme);
}

/**
 * Starts at once and comes to rest slowly.
 * @param {number} t 0..1
 */
const ease = (t) => 1 - (1 - t) ** 3;
