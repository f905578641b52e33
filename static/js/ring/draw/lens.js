/** The lens: a small part of a crowded ring, laid out straight and enlarged. */

import { count } from "../../lib/format.js";
import { angleOf, ownerIndex, TAU, TOKEN_SPACE } from "../../lib/geometry.js";
import { _, interpolate } from "../../lib/i18n.js";
import { lookOf, Pen } from "./pen.js";
import { font } from "./theme.js";

/** @import { LensBox, Picture } from "./types.js" */

/**
 * The frame on the ring, the enlarged part inside the ring, and the line that joins them.
 * @param {Pen} pen
 */
export function drawLens(pen) {
  const { ctx, layout, theme } = pen;
  const { lens, r0, r1 } = layout;
  if (!lens) return;
  const start = angleOf(lens.start);
  const end = angleOf(lens.end);
  const middle = (start + end) / 2;
  pen.stroke(theme.ink, 2.5, () => pen.sector(r0 - 5, r1 + 5, start - 0.01, end + 0.01));
  if (!lens.width) return;
  pen.stroke(theme.ink, 1.5, () => {
    ctx.moveTo(pen.x(middle, r0 - 5), pen.y(middle, r0 - 5));
    ctx.lineTo(lens.x + lens.width * (0.5 + 0.4 * Math.cos(middle)), lens.y - 2);
  });
  ctx.clearRect(lens.x - 4, lens.y - 4, lens.width + 8, lens.height + 8);
  drawLensStrip(pen, lens);
  ctx.font = font(theme, 13);
  const words = interpolate(_("lens, %(factor)s times larger"), { factor: count(lens.factor) });
  pen.text(words, layout.cx, lens.y + lens.height + 17 * theme.zoom, theme.ink3);
}

/**
 * Only the enlarged tokens; also used for the separate canvas below the ring.
 * @param {Pen} pen
 * @param {LensBox} box
 */
export function drawLensStrip(pen, box) {
  const { ctx, picture, theme } = pen;
  ctx.fillStyle = theme.sunk;
  ctx.fillRect(box.x, box.y, box.width, box.height);
  ctx.font = font(theme, 13, 600, "mono");
  eachLensToken(box, picture, (number, _token, left, right) => {
    const look = lookOf(picture, number);
    const grey = look.pattern === "grey";
    const dark = number % 2 === 0;
    const width = right - left;
    ctx.fillStyle = grey && !dark ? theme.line : pen.paint(look);
    ctx.fillRect(left, box.y, Math.max(0.5, width - 0.8), box.height);
    if (width < 15 * theme.zoom) return;
    const ink = grey ? (dark ? theme.bg : theme.ink) : theme.texts[look.hue];
    const upright = width < ctx.measureText(String(number)).width + 6;
    pen.text(String(number), (left + right) / 2, box.y + box.height / 2, ink, upright ? -TAU / 4 : 0);
  });
  pen.stroke(theme.ink, 2, () => ctx.rect(box.x - 1, box.y - 1, box.width + 2, box.height + 2));
}

/**
 * Calls back with each token's owner and the left and right of its range in the lens, in px, clipped to the box.
 * @param {LensBox} box
 * @param {Picture} picture
 * @param {(number: number, token: number, left: number, right: number) => void} callback
 */
export function eachLensToken(box, picture, callback) {
  const tokens = picture.lens?.tokens ?? picture.tokens;
  const owners = picture.lens?.owners ?? picture.owners;
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
    if (i < tokens.length) continue;
    i = 0;
    turn += TOKEN_SPACE;
  }
}
