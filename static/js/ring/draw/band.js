/** The ring when its arcs are thinner than a pixel: a neutral band, and pinned nodes in lanes of their colours. */

import { angleOf, arcAngles, TAU, widened } from "../../lib/geometry.js";
import { isColoured } from "./arcs.js";
import { lookOf } from "./pen.js";
import { colour } from "./theme.js";

/** @import { Pen } from "./pen.js" */
/** @import { Arc, Picture } from "./types.js" */

const LEAST_MARK = 1.8;

/** @param {Pen} pen */
export function drawBand(pen) {
  const { layout, picture, theme } = pen;
  const { lanes, R } = layout;
  pen.fill(theme.line, () => pen.sector(layout.r0, layout.r1, 0, TAU));
  // After a change the changed arcs are what has colour, and lanes would be hidden by them.
  if (!isColoured(picture)) return;
  picture.pins.forEach((number, lane) => {
    const inner = lanes.inner + lane * lanes.step;
    pen.fillEach(colour(theme, lookOf(picture, number)), arcsOfNode(picture, number), ({ start, end }) => {
      pen.sector(inner, inner + lanes.height, ...widened(start, end, LEAST_MARK / R));
    });
  });
}

/** @type {WeakMap<Uint32Array, Map<number, Arc[]>>} */
const known = new WeakMap();

/**
 * The arcs of a node, gathered once for an array of owners. Where only a node's tokens are known and not those before
 * them, an arc is its token alone.
 * @param {Picture} picture
 * @param {number} number of the node
 * @returns {Arc[]}
 */
export function arcsOfNode({ tokens, owners, pinTokens }, number) {
  if (tokens.length === 0) return Array.from(pinTokens?.get(number) ?? [], bare);
  const table = known.get(owners) ?? new Map();
  known.set(owners, table);
  const arcs = arcAngles(tokens);
  /** @type {Arc[]} */
  const found = table.get(number) ?? [];
  if (!table.has(number)) {
    owners.forEach((owner, i) => {
      if (owner === number) found.push({ start: arcs[2 * i], end: arcs[2 * i + 1], token: tokens[i] });
    });
  }
  table.set(number, found);
  return found;
}

/** @param {number} token */
const bare = (token) => ({ start: angleOf(token), end: angleOf(token), token });
