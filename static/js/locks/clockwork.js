/** What moves by itself: calls back frame by frame with the server's time, and stands still where the page knows of no now. */

/** @import { ServerClock } from "../lib/clock.js" */
/** @import { Store } from "../lib/store.js" */
/** @import { Page } from "./types.js" */

const DIGITS_EVERY_MS = 100;
const REDUCED_EVERY_MS = 1000;

/**
 * When the page's picture is of: null is now; else since when nothing was heard of the locks.
 * @param {Readonly<Page>} page
 */
export function stoppedAt({ link, table }) {
  if (link.state === "lost" || link.state === "gone") return link.since;
  const { status, now } = table;
  if (!status) return now;
  return status.state === "down" || status.state === "paused" ? status.since : null;
}

/**
 * @param {Store<Page>} store
 * @param {ServerClock} clock
 * @param {(now: number, digits: boolean) => void} tick digits: whether it is time to write them again
 */
export function startClockwork(store, clock, tick) {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  let written = 0;
  let drawn = 0;
  const frame = (/** @type {number} */ at) => {
    const digits = at - written >= DIGITS_EVERY_MS;
    if (digits) written = at;
    if (!still.matches || at - drawn >= REDUCED_EVERY_MS || digits) {
      drawn = at;
      tick(nowOf(store.page, clock), digits);
    }
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

/** @param {Readonly<Page>} page @param {ServerClock} clock */
export const nowOf = (page, clock) => stoppedAt(page) ?? clock.now();
