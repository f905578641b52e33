/**
 * The walk of a key, outside of the ring: from its hash clockwise to the owner's token, on to the tokens of the copies,
 * and a label in the nearest corner with a line to it.
 */

import { angleOf, TAU, unwind } from "../../lib/geometry.js";
import { spoke } from "./shapes.js";

/** @import { Label, Layout, Picture, Theme, Walk } from "./types.js" */

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 */
export function drawWalk(ctx, layout, picture, theme) {
  const { walk } = picture;
  if (!walk) return;
  drawSteps(ctx, layout, walk, theme);
  const key = angleOf(walk.hash);
  const x = layout.cx + Math.cos(key) * layout.walk.radius;
  const y = layout.cy + Math.sin(key) * layout.walk.radius;
  drawDiamond(ctx, x, y, layout.small ? 5 : 6, theme.ink);
  if (!layout.label) return;
  drawLeader(ctx, layout, layout.label, key, theme);
  drawLabel(ctx, layout.label, theme);
}

/**
 * Solid to the owner's token, dotted to the copies; a filled dot for the owner, rings for the copies.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Walk} walk
 * @param {Theme} theme
 */
function drawSteps(ctx, layout, walk, theme) {
  const { cx, cy, R } = layout;
  const { radius } = layout.walk;
  const tokens = walk.stops.flatMap((stop) => (stop.token === null ? [] : [stop.token]));
  let from = angleOf(walk.hash);
  ctx.strokeStyle = theme.ink;
  tokens.forEach((token, i) => {
    const to = unwind(angleOf(token), from);
    ctx.lineWidth = i ? 2 : 2.6;
    ctx.setLineDash(i ? [2, 4] : []);
    ctx.beginPath();
    ctx.arc(cx, cy, radius, from, to);
    ctx.stroke();
    from = to;
  });
  ctx.setLineDash([]);
  tokens.forEach((token, i) => {
    const angle = angleOf(token);
    ctx.lineWidth = i ? 1.4 : 2.2;
    ctx.beginPath();
    spoke(ctx, layout, angle, R + 2, radius);
    ctx.stroke();
    ctx.beginPath();
    ctx.arc(cx + Math.cos(angle) * radius, cy + Math.sin(angle) * radius, i ? 3.6 : 5, 0, TAU);
    ctx.fillStyle = i ? theme.bg : theme.ink;
    ctx.fill();
    ctx.stroke();
  });
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {number} x
 * @param {number} y
 * @param {number} r
 * @param {string} ink
 */
function drawDiamond(ctx, x, y, r, ink) {
  ctx.beginPath();
  ctx.moveTo(x, y - r);
  ctx.lineTo(x + r, y);
  ctx.lineTo(x, y + r);
  ctx.lineTo(x - r, y);
  ctx.closePath();
  ctx.fillStyle = ink;
  ctx.fill();
}

/**
 * A straight line from the key to its label, and along the outside of the ring first where a straight one would cross it.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Label} label
 * @param {number} key angle
 * @param {Theme} theme
 */
function drawLeader(ctx, layout, label, key, theme) {
  const { cx, cy, R } = layout;
  const x = cx + Math.cos(key) * layout.walk.radius;
  const y = cy + Math.sin(key) * layout.walk.radius;
  const tip = { x: label.tip, y: label.top + label.step / 2 };
  ctx.lineWidth = 1.4;
  ctx.strokeStyle = theme.ink2;
  ctx.beginPath();
  ctx.moveTo(x, y);
  if (distance(cx, cy, x, y, tip.x, tip.y) < R + 15) {
    const side = label.align === "right" ? label.x - label.width / 2 : label.x + label.width / 2;
    let corner = Math.atan2(label.top + label.height / 2 - cy, side - cx);
    while (corner - key > Math.PI) corner -= TAU;
    while (key - corner > Math.PI) corner += TAU;
    ctx.arc(cx, cy, layout.walk.leader, key, corner - Math.sign(corner - key) * 0.03, corner < key);
  }
  ctx.lineTo(tip.x, tip.y);
  ctx.stroke();
}

/**
 * Shortest distance from a point to a line between two others.
 * @param {number} px
 * @param {number} py
 * @param {number} ax
 * @param {number} ay
 * @param {number} bx
 * @param {number} by
 */
function distance(px, py, ax, ay, bx, by) {
  const dx = bx - ax;
  const dy = by - ay;
  const part = Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(ax + dx * part - px, ay + dy * part - py);
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Label} label
 * @param {Theme} theme
 */
function drawLabel(ctx, label, theme) {
  ctx.textAlign = label.align;
  ctx.textBaseline = "alphabetic";
  label.lines.forEach((line, i) => {
    ctx.font = line.font;
    ctx.fillStyle = line.strong ? theme.ink : theme.ink2;
    ctx.fillText(line.text, label.x, label.top + (i + 0.78) * label.step);
  });
}
