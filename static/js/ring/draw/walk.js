/**
 * The walk of a key, outside of the ring: from its hash clockwise to the owner's token, on to the tokens of the copies,
 * and a label in the nearest corner with a line to it.
 */

import { angleOf, lineDistance, TAU, unwind } from "../../lib/geometry.js";

/** @import { Pen } from "./pen.js" */
/** @import { Label, Walk } from "./types.js" */

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
 * A straight line from the key to its label, and along the outside of the ring first where a straight one would cross it.
 * @param {Pen} pen
 * @param {Label} label
 * @param {number} key angle
 */
function drawLeader(pen, label, key) {
  const { ctx, layout } = pen;
  const { cx, cy, R } = layout;
  const x = pen.x(key, layout.walk.radius);
  const y = pen.y(key, layout.walk.radius);
  const end = label.top + label.step / 2;
  pen.stroke(pen.theme.ink2, 1.4, () => {
    ctx.moveTo(x, y);
    if (lineDistance(cx, cy, x, y, label.tip, end) < R + 15) {
      const middle = label.x + (label.align === "right" ? -label.width : label.width) / 2;
      const corner = unwind(Math.atan2(label.top + label.height / 2 - cy, middle - cx), key - Math.PI);
      ctx.arc(cx, cy, layout.walk.leader, key, corner - Math.sign(corner - key) * 0.03, corner < key);
    }
    ctx.lineTo(label.tip, end);
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
