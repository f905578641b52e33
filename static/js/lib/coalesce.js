/** Many calls, few runs: for work that only needs to run again after the last call, however many there were. */

/** @typedef {{now(): number, set(callback: () => void, ms: number): unknown}} Timers */

/** @type {Timers} */
const REAL = { now: () => performance.now(), set: (callback, ms) => setTimeout(callback, ms) };

/**
 * Runs `work` soon after a call, and at most once every `everyMs`. All calls in between share one run at the end of that time,
 * so a run always follows the last call.
 * @param {() => void} work
 * @param {number} everyMs
 * @param {number} [spreadMs] a random delay of the first run, at most this long, so that many pages do not ask at once
 * @param {Timers} [timers]
 * @returns {() => void}
 */
export function coalesce(work, everyMs, spreadMs = 0, timers = REAL) {
  let waiting = false;
  let lastRun = Number.NEGATIVE_INFINITY;
  const run = () => {
    waiting = false;
    lastRun = timers.now();
    work();
  };
  return () => {
    if (waiting) {
      return;
    }
    waiting = true;
    const rest = lastRun + everyMs - timers.now();
    timers.set(run, Math.max(rest, Math.random() * spreadMs, 0));
  };
}
