/** The server's time, as far as its heartbeats tell it: what is sent on the way is never ahead of it. */

/** Clocks drift, and are set: what was heard long ago counts no more. */
const SAMPLES = 10;

/** @type {number[]} the server's clock less ours, of the newest messages */
let offsets = [];

/**
 * A message said what time it was when it was sent.
 * @param {number} told ms since 1970 by the server's clock
 * @param {number} at ms since 1970 by ours
 */
export function hearServer(told, at) {
  offsets = [...offsets.slice(1 - SAMPLES), told - at];
}

/**
 * The server's time, or somewhat before it: the message that travelled fastest is believed. Null until one was heard.
 * @param {number} [now] ms since 1970 by our clock
 */
export const serverNow = (now = Date.now()) => (offsets.length ? now + Math.max(...offsets) : null);
