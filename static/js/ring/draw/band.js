/** The ring when its arcs are thinner than a pixel: a neutral band, and pinned nodes in lanes of their colours. */

import { angleOf, arcAngles, TAU, widened } from "../../lib/geometry.js";
import { isColoured } from "./arcs.js";
import { lookOf } from "./pen.js";
import { colour } from "./theme.js";

/** @import { Pen } from "./pen.js" */
/** @import { Picture } from "./types.js" */

const LEAST_MARK = 1.8;
const SHADES = 6;
const PARTS = 512;

/** @param {Pen} pen */
export function drawBand(pen) {
  const { layout, picture, theme } = pen;
  const { lanes, R } = layout;
  pen.fill(theme.line, () => pen.sector(layout.r0, layout.r1, 0, TAU));
  if (picture.tokenBins) drawCrowds(pen, picture.tokenBins);
  // After a change the changed arcs are what has colour, and lanes would be hidden by them.
  if (!isColoured(picture)) return;
  picture.pins.forEach((number, lane) => {
    const inner = lanes.inner + lane * lanes.step;
    pen.fill(colour(theme, lookOf(picture, number)), () =>
      eachArc(picture, number, (start, end) => {
        pen.sector(inner, inner + lanes.height, ...widened(start, end, LEAST_MARK / R));
      }),
    );
  });
}

/**
 * Where more tokens stand than on average, a little darker: all that is known when there are only bins.
 * @param {Pen} pen
 * @param {Uint32Array} bins
 */
function drawCrowds(pen, bins) {
  const { r0, r1 } = pen.layout;
  const sums = new Float64Array(PARTS);
  bins.forEach((tokens, i) => {
    sums[Math.floor((i * PARTS) / bins.length)] += tokens;
  });
  const most = Math.max(...sums);
  const least = Math.min(...sums);
  const angle = (/** @type {number} */ part) => (part / PARTS) * TAU - TAU / 4;
  for (let shade = 1; shade < SHADES; shade++) {
    pen.ctx.globalAlpha = (shade / SHADES) * 0.3;
    pen.fill(pen.theme.line2, () =>
      sums.forEach((tokens, i) => {
        const is = Math.min(SHADES - 1, Math.floor(((tokens - least) / (most - least || 1)) * SHADES));
        if (is === shade) pen.sector(r0, r1, angle(i), angle(i + 1));
      }),
    );
  }
  pen.ctx.globalAlpha = 1;
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
