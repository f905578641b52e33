/** What was measured of the traffic in the last minute: one point a second. Pure. */

/** @import { TrafficFrame } from "../types.js" */

export const SECONDS = 60;

/**
 * @typedef {{second: number, ops: number, hit: number | null, errors: number}} Point
 *   second: of the server's clock; ops: in this second so far; hit: 0..1 of its reads, null without any
 */

export class Series {
  constructor() {
    /** @type {Map<number, {ops: number, reads: number, hits: number, errors: number, ms: number}>} */
    this.seconds = new Map();
    this.newest = 0;
  }

  /** @param {TrafficFrame & {window_ms?: number}} frame one window's counts */
  take({ at, ops, reads, hit, errors, window_ms: ms = 1000 }) {
    const second = Math.floor(at / 1000);
    this.newest = Math.max(this.newest, second);
    const sum = this.seconds.get(second) ?? { ops: 0, reads: 0, hits: 0, errors: 0, ms: 0 };
    this.seconds.set(second, {
      ops: sum.ops + ops,
      reads: sum.reads + reads,
      hits: sum.hits + (hit ?? 0) * reads,
      errors: sum.errors + errors,
      ms: sum.ms + ms,
    });
    for (const old of this.seconds.keys()) if (old <= this.newest - SECONDS) this.seconds.delete(old);
  }

  /** @returns {Point[]} ascending; seconds of which nothing came are left out */
  points() {
    return [...this.seconds]
      .sort((a, b) => a[0] - b[0])
      .map(([second, { ops, reads, hits, errors, ms }]) => ({
        second,
        ops: ms > 0 ? (ops * 1000) / ms : 0,
        hit: reads > 0 ? hits / reads : null,
        errors,
      }));
  }
}
