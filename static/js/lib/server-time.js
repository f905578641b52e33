/** The server's time, estimated from its heartbeats. The estimate is never ahead, because messages take time to arrive. */

/** Clocks drift and are adjusted, so only the newest messages count. */
const SAMPLES = 10;

/** @type {number[]} the server's clock minus ours, for the newest messages */
let offsets = [];

/**
 * Takes the time that a message was sent.
 * @param {number} told ms since 1970 by the server's clock
 * @param {number} at ms since 1970 by ours
 */
export function hearServer(told, at) {
  offsets = [...offsets.slice(1 - SAMPLES), told - at];
}

/**
 * The server's time, or slightly earlier, from the message that travelled fastest. Null until the first message.
 * @param {number} [now] ms since 1970 by our clock
 */
export const serverNow = (now = Date.now()) => (offsets.length ? now + Math.max(...offsets) : null);
