/** The first requests of a race under each policy, read from race.bin (`balancer/selectors/trace.py`). */

import { unpacked } from "../lib/packed.js";

/** The place of a request that no node took. */
export const REFUSED = -1;

/**
 * Times are in mean service times from the start of the run, and rise from request to request.
 * @typedef {{place: Int16Array, starts: Float32Array, departs: Float32Array}} Run what one policy did with the requests:
 *   the node of each, or REFUSED, when its service began, and when it ended
 * @typedef {{place: number, start: number, every: number, part: number}} Freeze a node that does no work in the first
 *   `part` of each period of `every`, from `start` on
 * @typedef {{nodes: number, arrivals: Float32Array, runs: Run[], freeze: Freeze | null}} Trace
 */

/**
 * @param {ArrayBuffer} buffer
 * @returns {Trace}
 * @throws {Error} if the buffer is not a trace
 */
export function decodeTrace(buffer) {
  const { header, at: start } = unpacked(buffer);
  const { nodes, requests, policies, freeze } = header;
  let at = start;
  const floats = () => {
    const found = new Float32Array(buffer, at, requests);
    at += found.byteLength;
    return found;
  };
  const arrivals = floats();
  const times = Array.from({ length: policies }, () => ({ starts: floats(), departs: floats() }));
  const runs = times.map((one, i) => ({ ...one, place: new Int16Array(buffer, at + 2 * requests * i, requests) }));
  return { nodes, arrivals, runs, freeze };
}
