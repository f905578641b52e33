/** The playback position of a trace, and how it advances. Pure. */

import { upTo } from "./state.js";

/** @typedef {{at: number, playing: boolean, speed: number}} Play at: the moment shown, in mean service times */

export const SPEEDS = [1, 2, 4, 8];

/** Mean service times a second, at speed 1. */
const PACE = 2;

/** @param {Float32Array} arrivals */
export const endOf = (arrivals) => arrivals[arrivals.length - 1] ?? 0;

/** How many requests have arrived. @param {Play} play @param {Float32Array} arrivals */
export const cameBy = ({ at }, arrivals) => upTo(arrivals, at);

/**
 * The state `ms` milliseconds later. Playback stops at the end.
 * @param {Play} play
 * @param {Float32Array} arrivals
 * @param {number} ms
 * @returns {Play}
 */
export function advanced(play, arrivals, ms) {
  if (!play.playing) return play;
  const end = endOf(arrivals);
  const at = play.at + (ms / 1000) * PACE * play.speed;
  return at < end ? { ...play, at } : { ...play, at: end, playing: false };
}

/**
 * The state when the `count`-th request arrived; 0 is the start.
 * @param {Play} play
 * @param {Float32Array} arrivals
 * @param {number} count
 * @returns {Play}
 */
export function sought(play, arrivals, count) {
  const n = Math.max(0, Math.min(arrivals.length, count));
  const at = n === 0 ? 0 : arrivals[n - 1];
  return { ...play, at, playing: play.playing && n < arrivals.length };
}

/**
 * Paused, `by` requests further.
 * @param {Play} play
 * @param {Float32Array} arrivals
 * @param {number} by
 */
export const stepped = (play, arrivals, by) =>
  sought({ ...play, playing: false }, arrivals, cameBy(play, arrivals) + by);

/**
 * Plays or pauses. At the end, starts over.
 * @param {Play} play
 * @param {Float32Array} arrivals
 * @returns {Play}
 */
export function toggled(play, arrivals) {
  if (play.playing) return { ...play, playing: false };
  return { ...play, at: play.at < endOf(arrivals) ? play.at : 0, playing: true };
}

/** The next speed; the lowest follows the highest. @param {Play} play @returns {Play} */
export const faster = (play) => ({ ...play, speed: SPEEDS[(SPEEDS.indexOf(play.speed) + 1) % SPEEDS.length] });
