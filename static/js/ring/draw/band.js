/** The ring when its arcs are thinner than a pixel: a neutral band, and pinned nodes in lanes of their colours. */

import { angleOf, arcAngles, TAU, widened } from "../../lib/geometry.js";
import { isColoured } from "./arcs.js";
import { lookOf, sector } from "./shapes.js";
import { colour } from "./theme.js";

/** @import { Layout, Picture, Theme } from "./types.js" */

const LEAST_MARK = 1.8;
const SHADES = 6;
const PARTS = 512;

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 */
export function drawBand(ctx, layout, picture, theme) {
  ctx.beginPath();
  sector(ctx, layout, layout.r0, layout.r1, 0, TAU);
  ctx.fillStyle = theme.line;
  ctx.fill();
  if (picture.tokenBins) drawCrowds(ctx, layout, picture.tokenBins, theme);
  // After a change the changed arcs are what has colour, and lanes would be hidden by them.
  if (isColoured(picture)) drawLanes(ctx, layout, picture, theme);
}

/**
 * Where more tokens stand than on average, a little darker: all that is known when there are only bins.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Uint32Array} bins
 * @param {Theme} theme
 */
function drawCrowds(ctx, layout, bins, theme) {
  const sums = new Float64Array(PARTS);
  for (let i = 0; i < bins.length; i++) sums[Math.floor((i * PARTS) / bins.length)] += bins[i];
  const most = sums.reduce((a, b) => Math.max(a, b), 1);
  const least = sums.reduce((a, b) => Math.min(a, b), most);
  ctx.fillStyle = theme.line2;
  for (let shade = 1; shade < SHADES; shade++) {
    ctx.globalAlpha = (shade / SHADES) * 0.3;
    ctx.beginPath();
    sums.forEach((n, i) => {
      if (Math.min(SHADES - 1, Math.floor(((n - least) / Math.max(1, most - least)) * SHADES)) !== shade) return;
      sector(ctx, layout, layout.r0, layout.r1, (i / PARTS) * TAU - TAU / 4, ((i + 1) / PARTS) * TAU - TAU / 4);
    });
    ctx.fill();
  }
  ctx.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 */
function drawLanes(ctx, layout, picture, theme) {
  const { lanes, R } = layout;
  picture.pins.forEach((number, lane) => {
    const inner = lanes.inner + lane * lanes.step;
    ctx.beginPath();
    eachArc(picture, number, (start, end) => {
      sector(ctx, layout, inner, inner + lanes.height, ...widened(start, end, LEAST_MARK / R));
    });
    ctx.fillStyle = colour(theme, lookOf(picture, number));
    ctx.fill();
  });
}

/**
 * Calls back with the start and end angle of every arc of a node. Where only a node's tokens are known and not those
 * before them, an arc is its token alone.
 * @param {Picture} picture
 * @param {number} number of the node
 * @param {(start: number, end: number, token: number) => void} callback
 */
export function eachArc(picture, number, callback) {
  const { tokens, owners } = picture;
  const arcs = arcAngles(tokens);
  for (let i = 0; i < owners.length; i++) {
    if (owners[i] === number) callback(arcs[2 * i], arcs[2 * i + 1], tokens[i]);
  }
  if (tokens.length > 0) return;
  for (const token of picture.pinTokens?.get(number) ?? []) callback(angleOf(token), angleOf(token), token);
}
