/** The server's clock, computed from this machine's steady clock and the offset measured by the best round trip. */

/** How far two clocks may drift apart, in ms per ms. Old round trips are worth less. */
const DRIFT = 50e-6;
/** The server rounds its answer to a whole millisecond. */
const ROUNDING_MS = 0.5;
const FIRST_TRIPS = 5;
const BETWEEN_MS = 150;
const EVERY_MS = 30_000;

/** @typedef {{offset: number, off: number, at: number}} Trip off: by how much the offset may have been wrong at the time `at` */

/** @returns {number} ms since 1970; set when the page loaded, and steady since */
export const steady = () => performance.timeOrigin + performance.now();

export class ServerClock {
  /**
   * @param {() => Promise<number>} ask the server's time in ms
   * @param {number} told the server's time now, as far as known
   * @param {() => number} [local] a clock that never jumps
   */
  constructor(ask, told, local = steady) {
    this.ask = ask;
    this.local = local;
    this.offset = told - local();
    /** @type {Trip | null} */
    this.best = null;
  }

  /** The server's time, in ms. */
  now() {
    return this.local() + this.offset;
  }

  /** By how much `now` may be wrong, in ms; null until the first round trip. */
  off() {
    return this.best && worth(this.best, this.local());
  }

  /** One round trip. The server answered at some point during it, so assuming the middle is wrong by at most half of it. */
  async measure() {
    const before = this.local();
    const answer = await this.ask();
    const after = this.local();
    const trip = {
      offset: answer + ROUNDING_MS - (before + after) / 2,
      off: (after - before) / 2 + ROUNDING_MS,
      at: after,
    };
    if (this.best && worth(this.best, after) <= trip.off) return;
    this.best = trip;
    this.offset = trip.offset;
  }
}

/** @param {Trip} trip @param {number} now */
const worth = ({ off, at }, now) => off + Math.max(0, now - at) * DRIFT;

/**
 * Keeps a clock accurate: several trips at once, then one every half minute, and several when the reader returns.
 * @param {ServerClock} clock
 * @param {() => void} changed
 */
export function keepClock(clock, changed) {
  let left = FIRST_TRIPS;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const trip = async () => {
    try {
      await clock.measure();
      changed();
    } catch {
      left = 0; // without an answer the clock keeps its last offset
    }
    left -= 1;
    timer = setTimeout(trip, left > 0 ? BETWEEN_MS : EVERY_MS);
  };
  const again = () => {
    if (document.visibilityState !== "visible") return;
    clearTimeout(timer);
    left = FIRST_TRIPS;
    void trip();
  };
  document.addEventListener("visibilitychange", again);
  addEventListener("online", again);
  void trip();
}
