/** Frames describe the present only, and expire after three seconds. Pure. */

/** @import { Page } from "../types.js" */

const STALE_MS = 3000;

/**
 * The newest frame of a topic, if it is current: null in the past, without a frame, or if it is old.
 * @template {keyof Page["frames"]} Topic
 * @param {Readonly<Page>} page
 * @param {Topic} topic
 * @param {number} now ms of this machine
 * @returns {NonNullable<Page["frames"][Topic]> | null}
 */
export function fresh({ view, head, frames }, topic, now) {
  const frame = frames[topic];
  return frame && view === head && now - frame.heard <= STALE_MS ? frame : null;
}
