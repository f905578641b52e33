/** Where the tour is placed: next to its target, never over it, and over as little else as possible. Pure. */

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box px of the window */
/** @typedef {{left: number, top: number, side: "left" | "right" | "above" | "below" | "", arrow: number}} Place
 *   side: of the target, "" if the target is not beside it, or far away; arrow: px along the edge that faces the target */

const EDGE = 8;
const GAP = 14;
const ARROW_EDGE = 20;
/** Covering the target costs more than covering everything else. */
const NEVER = 1e9;
/** px² of other things that it may cover to stay next to its target. */
const APART = 2000;
/** px² of other things that it may cover to be one px nearer to its target. */
const FAR = 50;
/** Up to this many px from its target, it may stay where it is and points there. */
const NEAR = 90;

/** @typedef {{width: number, height: number}} Size */

/**
 * @param {Box | null} target null if there is nothing to point at
 * @param {Size} size of the panel
 * @param {Box} room where it may be placed
 * @param {Box[]} clear what should stay in view
 * @param {Place | null} [now] its current place: it stays there if that is still good, so that it does not jump about
 * @returns {Place}
 */
export function placeBeside(target, size, room, clear, now = null) {
  const boxOf = (/** @type {Place} */ { left, top }) => ({
    left,
    top,
    right: left + size.width,
    bottom: top + size.height,
  });
  if (now && target && stands(boxOf(now), target, room)) return pointed(now, size, target);
  const cost = (/** @type {Place} */ place) => {
    const box = boxOf(place);
    const covered = clear.reduce((sum, one) => sum + overlap(box, one), 0);
    if (!target) return covered;
    return overlap(box, target) * NEVER + covered + FAR * distance(box, target) + (place.side ? 0 : APART);
  };
  return candidates(target, size, room).reduce((best, one) => (cost(one) < cost(best) ? one : best));
}

/** @type {(box: Box, target: Box, room: Box) => boolean} */
const stands = (box, target, room) =>
  overlap(box, target) === 0 &&
  distance(box, target) <= NEAR &&
  box.left >= room.left &&
  box.right <= room.right &&
  box.top >= room.top &&
  box.bottom <= room.bottom;

/**
 * @param {Box | null} target
 * @param {Size} size
 * @param {Box} room
 * @returns {Place[]}
 */
function candidates(target, size, room) {
  const { width, height } = size;
  const [first, last] = [room.left + EDGE, room.right - width - EDGE];
  const [high, low] = [room.top + EDGE, room.bottom - height - EDGE];
  /** @type {Place[]} */
  const corners = [first, last].flatMap((left) =>
    [low, high].map((top) => ({ left, top, side: /** @type {const} */ (""), arrow: 0 })),
  );
  if (!target) return corners;
  const middle = { x: (target.left + target.right) / 2, y: (target.top + target.bottom) / 2 };
  const across = (/** @type {number} */ x) => Math.max(first, Math.min(last, x));
  const down = (/** @type {number} */ y) => Math.max(high, Math.min(low, y));
  const rows = [target.top, middle.y - height / 2, target.bottom - height, high, low].map(down);
  const columns = [target.left, middle.x - width / 2, target.right - width].map(across);
  const touching = [
    ...columns.map((left) => ({ left, top: down(target.bottom + GAP) })),
    ...rows.map((top) => ({ left: across(target.left - GAP - width), top })),
    ...rows.map((top) => ({ left: across(target.right + GAP), top })),
    ...columns.map((left) => ({ left, top: down(target.top - GAP - height) })),
  ];
  return [...touching.map((at) => pointed(at, size, target)), ...corners];
}

/**
 * Where the panel is in the end decides where it points: the room may have pushed it to another side.
 * @param {{left: number, top: number}} at
 * @param {Size} size
 * @param {Box} target
 * @returns {Place}
 */
function pointed({ left, top }, size, target) {
  const side = sideOf({ left, top, right: left + size.width, bottom: top + size.height }, target);
  return { left, top, side, arrow: side ? arrowOf({ left, top, side }, size, target) : 0 };
}

/** @type {(box: Box, target: Box) => Place["side"]} */
function sideOf(box, target) {
  if (distance(box, target) > NEAR) return "";
  if (box.left < target.right && box.right > target.left) {
    if (box.top >= target.bottom) return "below";
    return box.bottom <= target.top ? "above" : "";
  }
  if (box.top >= target.bottom || box.bottom <= target.top) return "";
  return box.left >= target.right ? "right" : "left";
}

/**
 * @param {Omit<Place, "arrow">} place
 * @param {Size} size
 * @param {Box} target
 */
function arrowOf({ left, top, side }, { width, height }, target) {
  const aside = side === "left" || side === "right";
  const at = aside ? (target.top + target.bottom) / 2 - top : (target.left + target.right) / 2 - left;
  return Math.max(ARROW_EDGE, Math.min((aside ? height : width) - ARROW_EDGE, at));
}

/**
 * @param {Box} a
 * @param {Box} b
 * @returns {number} px²
 */
export const overlap = (a, b) =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

/** @type {(a: Box, b: Box) => number} px between two boxes */
const distance = (a, b) =>
  Math.hypot(Math.max(0, a.left - b.right, b.left - a.right), Math.max(0, a.top - b.bottom, b.top - a.bottom));
