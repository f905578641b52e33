/** The lens: a small part of a crowded ring, laid out straight and enlarged. */

import { angleOf, ownerIndex, TAU, TOKEN_SPACE } from "../../lib/geometry.js";
import { count } from "../../lib/format.js";
import { _, interpolate } from "../../lib/i18n.js";
import { lookOf, sector } from "./shapes.js";
import { fill, font } from "./theme.js";

/** @import { Layout, LensBox, Picture, Theme } from "./types.js" */

/**
 * Frame on the ring, the enlarged part inside of it, and the line that joins them.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {Theme} theme
 */
export function drawLens(ctx, layout, picture, theme) {
  const { lens, r0, cx, cy } = layout;
  if (!lens) return;
  const start = angleOf(lens.start);
  const end = angleOf(lens.end);
  const middle = (start + end) / 2;
  drawFrame(ctx, layout, theme, start, end);
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(cx + Math.cos(middle) * (r0 - 5), cy + Math.sin(middle) * (r0 - 5));
  ctx.lineTo(lens.x + lens.width * (0.5 + 0.4 * Math.cos(middle)), lens.y - 2);
  ctx.stroke();
  ctx.fillStyle = theme.bg;
  ctx.fillRect(lens.x - 4, lens.y - 4, lens.width + 8, lens.height + 8);
  drawLensStrip(ctx, lens, picture, theme);
  ctx.fillStyle = theme.ink3;
  ctx.font = font(theme, 13);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  const words = interpolate(_("lens, %(factor)s times larger"), { factor: count(lens.factor) });
  ctx.fillText(words, cx, lens.y + lens.height + 17);
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Layout} layout
 * @param {Theme} theme
 * @param {number} start
 * @param {number} end
 */
export function drawFrame(ctx, layout, theme, start, end) {
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 2.5;
  ctx.beginPath();
  sector(ctx, layout, layout.r0 - 5, layout.r1 + 5, start - 0.01, end + 0.01);
  ctx.stroke();
}

/**
 * The enlarged tokens alone, also for a canvas of their own below the ring.
 * @param {CanvasRenderingContext2D} ctx
 * @param {LensBox} box
 * @param {Picture} picture
 * @param {Theme} theme
 */
export function drawLensStrip(ctx, box, picture, theme) {
  ctx.fillStyle = theme.sunk;
  ctx.fillRect(box.x, box.y, box.width, box.height);
  eachLensToken(box, picture, (number, _token, left, right) => {
    const look = lookOf(picture, number);
    const dark = number % 2 === 0;
    ctx.fillStyle = look.pattern === "grey" ? (dark ? theme.line2 : theme.line) : fill(ctx, theme, look);
    ctx.fillRect(left, box.y, Math.max(0.5, right - left - 0.8), box.height);
    if (right - left < 15) return;
    ctx.fillStyle = look.pattern !== "grey" ? theme.texts[look.hue] : dark ? theme.bg : theme.ink;
    writeNumber(ctx, theme, String(number), (left + right) / 2, box, right - left);
  });
  ctx.strokeStyle = theme.ink;
  ctx.lineWidth = 2;
  ctx.strokeRect(box.x - 1, box.y - 1, box.width + 2, box.height + 2);
}

/**
 * Calls back with each token's owner and the two sides of its range in the lens, in px, clipped to the box.
 * @param {LensBox} box
 * @param {Picture} picture
 * @param {(number: number, token: number, left: number, right: number) => void} callback
 */
export function eachLensToken(box, picture, callback) {
  const tokens = picture.lens?.tokens ?? picture.tokens;
  const owners = picture.lens?.owners ?? picture.owners;
  if (tokens.length === 0) return;
  const scale = box.width / (box.end - box.start);
  let turn = Math.floor(box.start / TOKEN_SPACE) * TOKEN_SPACE;
  let i = ownerIndex(tokens, box.start - turn);
  if (tokens[i] + turn < box.start) turn += TOKEN_SPACE;
  let left = box.x;
  for (let seen = 0; seen < tokens.length && left < box.x + box.width; seen++) {
    const right = Math.min(box.x + box.width, box.x + (tokens[i] + turn - box.start) * scale);
    callback(owners[i], tokens[i], left, right);
    left = right;
    i += 1;
    if (i === tokens.length) {
      i = 0;
      turn += TOKEN_SPACE;
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} ctx
 * @param {Theme} theme
 * @param {string} text
 * @param {number} x
 * @param {LensBox} box
 * @param {number} room
 */
function writeNumber(ctx, theme, text, x, box, room) {
  ctx.font = font(theme, 13, "600", "mono");
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.save();
  ctx.translate(x, box.y + box.height / 2);
  if (room < text.length * 8 + 6) ctx.rotate(-TAU / 4);
  ctx.fillText(text, 0, 0.5);
  ctx.restore();
}
