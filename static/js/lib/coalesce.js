/** Many calls, few runs: for work that only has to be done again, whatever happened how often in between. */

/** @typedef {{now(): number, set(callback: () => void, ms: number): unknown}} Timers */

/** @type {Timers} */
const REAL = { now: () => performance.now(), set: (callback, ms) => setTimeout(callback, ms) };

/**
 * Runs `work` soon after a call and at most once in `everyMs`; a call that comes meanwhile is served by one run at the end of
 * it. The last call is always followed by a run.
 * @param {() => void} work
 * @param {number} everyMs
 * @param {number} [spreadMs] the first run waits up to this long, by chance, so that many pages do not ask in one moment
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
