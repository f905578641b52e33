/** What is at a point of the ring. Pure. */

import { ownerIndex, TAU, tokenAtPoint, unwind } from "../../lib/geometry.js";
import { arcsOfNode } from "./band.js";
import { changesOf } from "./changes.js";
import { eachLensToken } from "./lens.js";

/** @import { Hit, Layout, Picture } from "./types.js" */

const REACH = 4;

/**
 * The node drawn at a point, or null. O(log tokens) and one pass over the changed ranges.
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {number} x px in the host
 * @param {number} y px in the host
 * @returns {Hit | null}
 */
export function hit(layout, picture, x, y) {
  const inLens = lensHit(layout, picture, x, y);
  if (inLens) return inLens;
  const dx = x - layout.cx;
  const dy = y - layout.cy;
  const distance = Math.hypot(dx, dy);
  const angle = Math.atan2(dy, dx);
  const changed = changedHit(layout, picture, distance, angle);
  if (changed) return changed;
  const reach = layout.small ? 8 : REACH;
  if (distance < layout.r0 - reach || distance > layout.r1 + reach) return null;
  const lane = laneHit(layout, picture, distance, angle);
  if (lane) return lane;
  const i = ownerIndex(picture.tokens, tokenAtPoint(dx, dy));
  if (i < 0 || picture.owners[i] === 0) return null;
  return { number: picture.owners[i], token: picture.tokens[i], part: "arc" };
}

/**
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {number} x
 * @param {number} y
 * @returns {Hit | null}
 */
function lensHit({ lens }, picture, x, y) {
  if (!lens || x < lens.x || x > lens.x + lens.width || y < lens.y || y > lens.y + lens.height) return null;
  /** @type {Hit | null} */
  let found = null;
  eachLensToken(lens, picture, (number, token, left, right) => {
    if (x >= left && x < right) found = { number, token, part: "lens" };
  });
  return found;
}

/**
 * A changed arc stands out and may be drawn wider than it is, so it is checked before the ring.
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {number} distance from the centre
 * @param {number} angle
 * @returns {Hit | null}
 */
function changedHit(layout, picture, distance, angle) {
  const changes = changesOf(layout, picture);
  const { before, r0, r1, lift } = layout;
  if (!changes || !before || distance < before.inner || distance > r1 + lift + REACH) return null;
  const i = changes.at(angle);
  if (i < 0) return null;
  const { from, to, end } = changes.ranges[i];
  const old = distance <= before.outer;
  const number = old || picture.view === "before" ? from : to;
  if (number === 0 || (!old && distance < r0 - 1)) return null;
  const owner = ownerIndex(picture.tokens, end);
  const token = picture.owners[owner] === number ? picture.tokens[owner] : end;
  return { number, token, part: old ? "before" : "arc" };
}

/**
 * In the lane of a pinned node, the nearest mark within reach, because marks are thin.
 * @param {Layout} layout
 * @param {Picture} picture
 * @param {number} distance
 * @param {number} angle
 * @returns {Hit | null}
 */
function laneHit(layout, picture, distance, angle) {
  const { lanes, lod, R } = layout;
  const number = picture.pins[Math.floor((distance - lanes.inner) / lanes.step)];
  if (lod !== "band" || picture.mode !== "calm" || number === undefined) return null;
  let nearest = REACH / R;
  /** @type {Hit | null} */
  let found = null;
  for (const { start, end, token } of arcsOfNode(picture, number)) {
    const past = unwind(angle, start) - end;
    const away = Math.max(0, Math.min(past, TAU - past - (end - start)));
    if (away >= nearest) continue;
    nearest = away;
    found = { number, token, part: /** @type {const} */ ("arc") };
  }
  return found;
}
