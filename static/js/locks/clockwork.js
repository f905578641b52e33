/** The animation: calls back for each frame with the server's time, and stops while the current time is unknown. */

/** @import { ServerClock } from "../lib/clock.js" */
/** @import { Store } from "../lib/store.js" */
/** @import { Page } from "./types.js" */

const DIGITS_EVERY_MS = 100;
const REDUCED_EVERY_MS = 1000;

/**
 * The moment that the page shows: null for now, otherwise the time since which nothing was heard about the locks.
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
 * @param {(now: number, digits: boolean) => void} tick digits: whether to rewrite the digits
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
