/** The ring when its arcs are thinner than a pixel: a neutral band, with pinned nodes and zones in lanes of their colours. */

import { angleOf, arcAngles, TAU, widened } from "../../lib/geometry.js";
import { isColoured } from "./arcs.js";
import { byLook, lookOf } from "./pen.js";
import { colour } from "./theme.js";

/** @import { Pen } from "./pen.js" */
/** @import { Arc, Picture } from "./types.js" */

const LEAST_MARK = 1.8;

/** @param {Pen} pen */
export function drawBand(pen) {
  const { layout, picture, theme } = pen;
  const { lanes, R } = layout;
  pen.fill(theme.line, () => pen.sector(layout.r0, layout.r1, 0, TAU));
  // After a change only the changed arcs have colour, and they would hide the lanes.
  if (!isColoured(picture)) return;
  picture.pins.forEach((number, lane) => {
    const inner = lanes.inner + lane * lanes.step;
    pen.fillEach(colour(theme, lookOf(picture, number)), arcsOfNode(picture, number), ({ start, end }) => {
      pen.sector(inner, inner + lanes.height, ...widened(start, end, LEAST_MARK / R));
    });
  });
  if (picture.zones.length > 0) drawZones(pen);
}

/**
 * A lane for each zone, outside the pins. The darker a part is, the more of it belongs to the zone.
 * @param {Pen} pen
 */
function drawZones(pen) {
  const { layout, picture, theme } = pen;
  const { lanes } = layout;
  const arcs = arcAngles(picture.tokens);
  const pinned = new Set(picture.pins.map((number) => lookOf(picture, number)));
  for (const { look, indexes } of byLook(picture, picture.owners)) {
    const zone = picture.zones.findIndex(({ hue, pattern }) => hue === look.hue && pattern === look.pattern);
    if (zone < 0 || pinned.has(look)) continue;
    const inner = lanes.inner + (picture.pins.length + zone) * lanes.step;
    pen.fillEach(colour(theme, look), indexes, (i) =>
      pen.sector(inner, inner + lanes.height, arcs[2 * i], arcs[2 * i + 1]),
    );
  }
}

/** @type {WeakMap<Uint32Array, Map<number, Arc[]>>} */
const known = new WeakMap();

/**
 * The arcs of a node, gathered once per array of owners. If only the node's own tokens are known, an arc is just its token.
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
