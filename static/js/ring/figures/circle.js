/** The circle of tokens for strategies without ranges: ticks in the colours of their nodes, and paths along the circle. */

import { angleOf, TAU } from "../../lib/geometry.js";
import { count } from "../../lib/format.js";
import { _, interpolate } from "../../lib/i18n.js";
import { node, paint, text } from "../draw/svg.js";
import { placed } from "./row.js";

/** @import { Scene } from "./types.js" */

/** @typedef {{cx: number, cy: number, R: number}} Circle */

const TICK = 14;
const ROUND = 40;
/** Height of the strip below the circle. */
const BELOW = 0.27;

/**
 * The circle, and below it the strip that explains it. Pure.
 * @param {{width: number, height: number}} scene
 * @returns {{circle: Circle, strip: {x: number, y: number, width: number, height: number}}}
 */
export function split({ width, height }) {
  const low = Math.max(84, Math.min(170, height * BELOW));
  const high = height - low;
  const R = Math.max(30, Math.min(width / 2, high / 2) - ROUND);
  const x = 26;
  return { circle: { cx: width / 2, cy: high / 2, R }, strip: { x, y: high, width: width - 2 * x, height: low } };
}

/**
 * A point on the circle, or next to it.
 * @param {Circle} circle
 * @param {number} angle canvas radians
 * @param {number} [out] px outside it
 * @returns {[x: number, y: number]}
 */
export const pointAt = ({ cx, cy, R }, angle, out = 0) => [
  cx + Math.cos(angle) * (R + out),
  cy + Math.sin(angle) * (R + out),
];

/** @type {(point: [number, number]) => string} */
const xy = ([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`;

/**
 * A clockwise path from one token to another; up to nearly the whole circle.
 * @param {Circle} circle
 * @param {number} from
 * @param {number} to
 * @param {number} out px outside of the circle
 */
export function wayOf(circle, from, to, out) {
  const start = angleOf(from);
  const turn = angleOf(to) - start + (to < from ? TAU : 0);
  const r = (circle.R + out).toFixed(1);
  const end = pointAt(circle, start + turn, out);
  return `M${xy(pointAt(circle, start, out))}A${r} ${r} 0 ${turn > Math.PI ? 1 : 0} 1 ${xy(end)}`;
}

/**
 * The line of the circle and a tick for each token, one path per node; a text if there are too many tokens to send.
 * @param {Scene} scene
 * @param {Circle} circle
 */
export function drawCircle({ tokens, state, faces, size }, circle) {
  const { cx, cy, R } = circle;
  const line = node("circle", { cx, cy, r: R, fill: "none", stroke: "var(--line2)", "stroke-width": 1.5 });
  if (!tokens) return [line];
  if (tokens.lists.size === 0 && tokens.total > 0) {
    const words = interpolate(_("%(n)s tokens, too many to draw"), { n: count(tokens.total) });
    return [line, text(words, cx, cy + R - size, { size, ink: "ink3", anchor: "middle" })];
  }
  const ticks = placed(state).map(({ number }) => {
    const list = Array.from(tokens.lists.get(number) ?? []);
    const d = list.map(
      (token) => `M${xy(pointAt(circle, angleOf(token), -TICK))}L${xy(pointAt(circle, angleOf(token)))}`,
    );
    const width = tokens.total > 1000 ? 1 : tokens.total > 200 ? 2 : 4;
    const stroke = paint(faces.of(number).look);
    return node("path", {
      d: d.join(""),
      fill: "none",
      stroke,
      "stroke-width": width,
      "data-owner": number,
      "data-ticks": list.length,
    });
  });
  return [line, ...ticks];
}

/**
 * A diamond at a position on the circle.
 * @param {Circle} circle
 * @param {number} position token
 * @param {number} out px outside of the circle
 * @param {number} half size
 * @param {string} ink
 */
export function diamond(circle, position, out, half, ink) {
  const [x, y] = pointAt(circle, angleOf(position), out);
  const d = `M${xy([x, y - half])}L${xy([x + half, y])}L${xy([x, y + half])}L${xy([x - half, y])}Z`;
  return node("path", { d, fill: ink });
}
