/**
 * The walk of a key, outside the ring: clockwise from its hash to the owner's token and on to the tokens of the copies; and a
 * label in the nearest corner, with a line to it.
 */

import { angleOf, lineDistance, TAU, unwind } from "../../lib/geometry.js";

/** @import { Pen } from "./pen.js" */
/** @import { Label, Layout, Walk } from "./types.js" */

/** Space between a label and its line, px. */
const AIR = 8;

/** @param {Pen} pen */
export function drawWalk(pen) {
  const { picture, layout } = pen;
  if (!picture.walk) return;
  drawSteps(pen, picture.walk);
  if (!layout.label) return;
  drawLeader(pen, layout.label, angleOf(picture.walk.hash));
  drawLabel(pen, layout.label);
}

/**
 * A diamond at the key, solid to the owner's token and dotted to the copies; a filled dot for the owner, rings for them.
 * @param {Pen} pen
 * @param {Walk} walk
 */
function drawSteps(pen, { hash, stops }) {
  const { ctx, theme, layout } = pen;
  const { radius } = layout.walk;
  const key = angleOf(hash);
  const tokens = stops.flatMap(({ token }) => (token === null ? [] : [token]));
  let from = key;
  tokens.forEach((token, i) => {
    const to = unwind(angleOf(token), from);
    pen.stroke(theme.ink, i ? 2 : 2.6, () => pen.edge(radius, from, to), i ? [2, 4] : []);
    from = to;
  });
  tokens.forEach((token, i) => {
    const angle = angleOf(token);
    const width = i ? 1.4 : 2.2;
    const dot = () => ctx.arc(pen.x(angle, radius), pen.y(angle, radius), i ? 3.6 : 5, 0, TAU);
    pen.stroke(theme.ink, width, () => pen.spoke(angle, layout.R + 2, radius));
    pen.fill(i ? theme.bg : theme.ink, dot);
    pen.stroke(theme.ink, width, dot);
  });
  const x = pen.x(key, radius);
  const y = pen.y(key, radius);
  const half = layout.small ? 5 : 6;
  pen.fill(theme.ink, () => {
    ctx.moveTo(x, y - half);
    ctx.lineTo(x + half, y);
    ctx.lineTo(x, y + half);
    ctx.lineTo(x - half, y);
  });
}

/**
 * The line from a key to its label: straight, or first along the outside of the ring if a straight line would cross it. It
 * ends at the nearest point of the label's box, so it never runs through the words. Pure.
 * @param {Layout} layout
 * @param {Label} label
 * @param {number} key angle
 * @returns {{x: number, y: number, corner: number | null, tipX: number, tipY: number}} from x, y; corner: the angle up to which
 *   it runs along the ring, null for a straight line; then straight to the tip
 */
export function leaderOf({ cx, cy, R, walk }, label, key) {
  const x = cx + walk.radius * Math.cos(key);
  const y = cy + walk.radius * Math.sin(key);
  const straight = nearestOf(label, x, y);
  if (lineDistance(cx, cy, x, y, straight.tipX, straight.tipY) >= R + 15) return { x, y, corner: null, ...straight };
  const middle = label.x + (label.align === "right" ? -label.width : label.width) / 2;
  const whole = unwind(Math.atan2(label.top + label.height / 2 - cy, middle - cx), key - Math.PI);
  const corner = whole - Math.sign(whole - key) * 0.03;
  const end = { x: cx + walk.leader * Math.cos(corner), y: cy + walk.leader * Math.sin(corner) };
  return { x, y, corner, ...nearestOf(label, end.x, end.y) };
}

/**
 * The point of the label's box, including some space around it, that is nearest to a point outside; from above, that of
 * its first line, which may be shorter.
 * @param {Label} label
 * @param {number} x
 * @param {number} y
 */
function nearestOf({ align, x: side, top, width, height, first }, x, y) {
  const wide = y < top - AIR ? first : width;
  const left = align === "right" ? side - wide : side;
  const tipX = Math.max(left - AIR, Math.min(left + wide + AIR, x));
  return { tipX, tipY: Math.max(top - AIR / 2, Math.min(top + height + AIR / 2, y)) };
}

/**
 * @param {Pen} pen
 * @param {Label} label
 * @param {number} key angle
 */
function drawLeader(pen, label, key) {
  const { ctx, layout } = pen;
  const { x, y, corner, tipX, tipY } = leaderOf(layout, label, key);
  pen.stroke(pen.theme.ink2, 1.4, () => {
    ctx.moveTo(x, y);
    if (corner !== null) ctx.arc(layout.cx, layout.cy, layout.walk.leader, key, corner, corner < key);
    ctx.lineTo(tipX, tipY);
  });
}

/**
 * @param {Pen} pen
 * @param {Label} label
 */
function drawLabel({ ctx, theme }, label) {
  ctx.textAlign = label.align;
  label.lines.forEach((line, i) => {
    ctx.font = line.font;
    ctx.fillStyle = line.strong ? theme.ink : theme.ink2;
    ctx.fillText(line.text, label.x, label.top + (i + 0.5) * label.step);
  });
}
