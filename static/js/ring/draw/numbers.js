/** Numbers of nodes on their arcs. */

import { font } from "./theme.js";

/** @import { Layout, Look, Theme } from "./types.js" */

/**
 * A node's number on an arc, if it fits: in the colour that is read on the hue, on a plate where the hue is patterned,
 * in ink on grey.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Theme} theme
 * @param {number} number
 * @param {Look | null} look null on grey
 * @param {number} angle
 * @param {number} radius
 * @param {number} room px along the ring
 */
export function drawNumber(ctx, layout, theme, number, look, angle, radius, room) {
  const text = String(number);
  const half = text.length * 4.5 * theme.zoom;
  if (room < half * 2 + 8) return;
  const x = layout.cx + Math.cos(angle) * radius;
  const y = layout.cy + Math.sin(angle) * radius;
  ctx.font = font(theme, layout.small ? 13 : 14, "700", "mono");
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  if (look && (look.pattern === "hatched" || look.pattern === "dotted")) {
    ctx.fillStyle = theme.bg;
    ctx.beginPath();
    ctx.roundRect(x - half - 4.5, y - 9 * theme.zoom, half * 2 + 9, 18 * theme.zoom, 9);
    ctx.fill();
    ctx.fillStyle = theme.ink;
  } else {
    ctx.fillStyle = !look ? theme.ink2 : look.pattern === "grey" ? theme.ink2 : theme.texts[look.hue];
  }
  ctx.fillText(text, x, y + 0.5);
}
