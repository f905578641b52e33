/** Where the playing of a trace stands, and how it goes on. Pure. */

import { upTo } from "./state.js";

/** @typedef {{at: number, playing: boolean, speed: number}} Play at: the moment that is shown, in mean service times */

export const SPEEDS = [1, 2, 4, 8];

/** Mean service times a second, at speed 1. */
const PACE = 2;

/** @param {Float32Array} arrivals */
export const endOf = (arrivals) => arrivals[arrivals.length - 1] ?? 0;

/** How many requests have come. @param {Play} play @param {Float32Array} arrivals */
export const cameBy = ({ at }, arrivals) => upTo(arrivals, at);

/**
 * After so many milliseconds; it stops at the end.
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
 * At the moment at which the `count`-th request came; 0 is the start.
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
 * Stopped, and a request on or back.
 * @param {Play} play
 * @param {Float32Array} arrivals
 * @param {number} by
 */
export const stepped = (play, arrivals, by) =>
  sought({ ...play, playing: false }, arrivals, cameBy(play, arrivals) + by);

/**
 * Plays or stops; at the end it begins again.
 * @param {Play} play
 * @param {Float32Array} arrivals
 * @returns {Play}
 */
export function toggled(play, arrivals) {
  if (play.playing) return { ...play, playing: false };
  return { ...play, at: play.at < endOf(arrivals) ? play.at : 0, playing: true };
}

/** The next speed; after the highest the lowest. @param {Play} play @returns {Play} */
export const faster = (play) => ({ ...play, speed: SPEEDS[(SPEEDS.indexOf(play.speed) + 1) % SPEEDS.length] });
