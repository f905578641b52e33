/** The ring itself: hash scale, coloured or grey arcs, separators and numbers. Static layer. */

import { arcAngles, TAU } from "../../lib/geometry.js";
import { changesOf } from "./changes.js";
import { byLook, lookOf, stateMark } from "./pen.js";
import { font, pattern } from "./theme.js";

/** @import { Pen } from "./pen.js" */
/** @import { Picture } from "./types.js" */

const TICKS = 64;
const QUARTERS = ["0", "40000000", "80000000", "C0000000"];
const LEAST_FOR_NUMBER = 20;
/** The part of an arc's depth that stays on either side when it is drawn hollow. */
const RIM = 0.2;
const DASHES = { suspected: [3, 4], frozen: [] };

/**
 * Ticks outside the ring and, if there is room, the hash at each quarter.
 * @param {Pen} pen
 */
export function drawScale(pen) {
  const { theme } = pen;
  const { R, small } = pen.layout;
  const ticks = (/** @type {(i: number) => number} */ length) => {
    for (let i = 0; i < TICKS; i++) if (length(i)) pen.spoke((i / TICKS) * TAU - TAU / 4, R + 4, R + 4 + length(i));
  };
  pen.stroke(theme.line2, 1, () => ticks((i) => (i % 16 ? (i % 4 ? 3 : 6) : 0)));
  pen.stroke(theme.line2, 1.6, () => ticks((i) => (i % 16 ? 0 : 10)));
  if (small) return;
  pen.ctx.font = font(theme, 13, 400, "mono");
  QUARTERS.forEach((hash, i) => {
    const angle = ((i - 1) * TAU) / 4;
    pen.text(hash, pen.x(angle, R + 34), pen.y(angle, R + 34), theme.ink3, i % 2 ? ((2 - i) * TAU) / 4 : 0);
  });
}

/**
 * A ring without arcs: there are no nodes, or the strategy gives every node keys from everywhere.
 * @param {Pen} pen
 */
export function drawNeutral(pen) {
  const { theme, picture } = pen;
  const { r0, r1 } = pen.layout;
  const scattered = picture.scattered && picture.nodes.size > 0;
  const ground = scattered ? pattern(pen.ctx, theme, "hatched", theme.line) : theme.sunk;
  pen.fill(ground, () => pen.sector(r0, r1, 0, TAU));
  if (scattered) return;
  for (const radius of [r0, r1]) pen.stroke(theme.line2, 1.5, () => pen.edge(radius, 0, TAU), [5, 4]);
}

/**
 * Arcs of at least a pixel: in their node's colour in a calm picture, otherwise grey; the overlay draws the changed ones.
 * @param {Pen} pen
 */
export function drawArcs(pen) {
  const { theme, picture } = pen;
  const { r0, r1, lod } = pen.layout;
  const arcs = arcAngles(picture.tokens);
  pen.fill(theme.line, () => pen.sector(r0, r1, 0, TAU));
  for (const { look, indexes } of isColoured(picture) ? byLook(picture, picture.owners) : []) {
    if (look.pattern === "grey") continue;
    pen.fill(pen.paint(look), () => {
      for (const i of indexes) pen.sector(r0, r1, arcs[2 * i], arcs[2 * i + 1]);
    });
  }
  drawSilent(pen, arcs);
  if (lod === "arcs") {
    pen.stroke(theme.bg, 1.5, () => {
      for (let i = 1; i < arcs.length; i += 2) pen.spoke(arcs[i], r0, r1);
    });
  }
  drawNumbers(pen, arcs);
}

/**
 * Unresponsive nodes are drawn hollow, whatever their colour, with a line along the arc, dashed while the node is only
 * suspected. The sign is a shape because hue and hatch say which node it is.
 * @param {Pen} pen
 * @param {Float64Array} arcs
 */
function drawSilent(pen, arcs) {
  const { nodes, owners } = pen.picture;
  const { r0, r1 } = pen.layout;
  const rim = (r1 - r0) * RIM;
  for (const [state, dash] of /** @type {[string, number[]][]} */ (Object.entries(DASHES))) {
    const silent = [...owners.keys()].filter((i) => nodes.get(owners[i])?.state === state);
    if (silent.length === 0) continue;
    const each = (/** @type {(start: number, end: number) => void} */ trace) => () => {
      for (const i of silent) trace(arcs[2 * i], arcs[2 * i + 1]);
    };
    pen.fill(
      pen.theme.bg,
      each((start, end) => pen.sector(r0 + rim, r1 - rim, start, end)),
    );
    pen.stroke(
      pen.theme.ink,
      2,
      each((start, end) => pen.edge((r0 + r1) / 2, start, end)),
      dash,
    );
  }
}

/**
 * Whether arcs have their nodes' colours: in a calm picture, and after a change whose ranges are not known.
 * @param {Picture} picture
 */
export const isColoured = (picture) => picture.mode === "calm" || picture.ranges === null;

/**
 * @param {Pen} pen
 * @param {Float64Array} arcs
 */
function drawNumbers(pen, arcs) {
  const { picture, layout } = pen;
  const { owners } = picture;
  const middle = (layout.r0 + layout.r1) / 2;
  const changes = changesOf(layout, picture);
  for (let i = 0; i < owners.length; i++) {
    const room = (arcs[2 * i + 1] - arcs[2 * i]) * middle;
    if (room < LEAST_FOR_NUMBER || owners[i] === 0) continue;
    const angle = (arcs[2 * i] + arcs[2 * i + 1]) / 2;
    if (changes && changes.at(angle, 11 / layout.R) >= 0) continue;
    const look = changes ? { hue: 0, pattern: /** @type {const} */ ("grey") } : lookOf(picture, owners[i]);
    pen.number(owners[i], look, angle, middle, room, stateMark(picture.nodes.get(owners[i])?.state));
  }
}
