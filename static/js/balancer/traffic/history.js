/**
 * The last 40 seconds as the page saw them, from frames and events: requests in flight of each node per tick,
 * percentiles, policies and marks. It is lost when the page closes; the server stores no traffic figures. Pure.
 */

import { isSame } from "./policies.js";

/** @import { OnFrame } from "./types.js" */

export const SPAN_MS = 40_000;
/** A longer pause between frames is a gap, in which nothing is drawn. */
const GAP_MS = 1_500;

/**
 * @typedef {{at: number, n: number}} Step
 * @typedef {{at: number, p50: number | null, p95: number | null, p99: number | null, lag: number | null}} Point
 * @typedef {{from: number, to: number, policy: string, options: Record<string, number>}} Span a policy drove from then to then
 * @typedef {{at: number, kind: "policy" | "fault" | "health", node: string, text: string, v: number}} Mark
 *   node: its number, "" for none
 * @typedef {{from: number, to: number, node: string, text: string}} Out a node was not simply up; to: Infinity while it lasts
 */

export class History {
  constructor() {
    /** @type {Map<string, Step[]>} by node number, rising */
    this.steps = new Map();
    /** @type {Point[]} rising */
    this.points = [];
    /** @type {Span[]} */
    this.spans = [];
    /** @type {Mark[]} */
    this.marks = [];
    /** @type {Out[]} */
    this.outs = [];
    this.at = 0;
  }

  /** @param {OnFrame} frame */
  add(frame) {
    if (frame.at <= this.at) return;
    const { at } = frame;
    const every = frame.steps.every_ms;
    for (const [number, counts] of Object.entries(frame.steps.in_flight)) {
      const steps = this.steps.get(number) ?? [];
      const last = steps.at(-1)?.at ?? 0;
      const told = counts.map((n, i) => ({ at: at - (counts.length - 1 - i) * every, n }));
      steps.push(...told.filter((step) => step.at > last));
      this.steps.set(number, steps);
    }
    const { p50_ms: p50, p95_ms: p95, p99_ms: p99 } = frame.total;
    this.points.push({ at, p50, p95, p99, lag: frame.lag_p99_ms });
    this.drive(frame);
    this.at = at;
    this.forget(at - SPAN_MS);
  }

  /** @param {OnFrame} frame */
  drive({ at, policy, options }) {
    const last = this.spans.at(-1);
    if (last && at - last.to <= GAP_MS && isSame(last, { policy, options })) last.to = at;
    else this.spans.push({ from: last && at - last.to <= GAP_MS ? last.to : at, to: at, policy, options });
  }

  /** @param {Mark} mark */
  mark(mark) {
    this.marks.push(mark);
  }

  /**
   * Records a node's health from a moment on.
   * @param {string} node
   * @param {number} at
   * @param {string} text why it is not up, "" if it is
   */
  stands(node, at, text) {
    const open = this.outs.find((one) => one.node === node && one.to === Number.POSITIVE_INFINITY);
    if (open?.text === text) return;
    if (open) open.to = at;
    if (text) this.outs.push({ from: at, to: Number.POSITIVE_INFINITY, node, text });
  }

  /** @param {number} before older data is dropped */
  forget(before) {
    for (const [number, steps] of this.steps) {
      const rest = steps.slice(firstFrom(steps, before - GAP_MS));
      if (rest.length > 0) this.steps.set(number, rest);
      else this.steps.delete(number);
    }
    this.points = this.points.slice(firstFrom(this.points, before - GAP_MS));
    this.spans = this.spans.filter(({ to }) => to >= before);
    this.marks = this.marks.filter(({ at }) => at >= before);
    this.outs = this.outs.filter(({ to }) => to >= before);
  }

  /** The most requests in flight of any node, 0 without data. */
  get most() {
    return Math.max(0, ...[...this.steps.values()].map((steps) => mostOf(steps)));
  }

  /** The previous policy, or null. */
  get before() {
    return this.spans.at(-2) ?? null;
  }
}

/** @param {Step[]} steps */
export const mostOf = (steps) => steps.reduce((most, { n }) => Math.max(most, n), 0);

/**
 * Splits the steps at gaps.
 * @template {{at: number}} Timed
 * @param {Timed[]} steps
 * @returns {Timed[][]}
 */
export function stretches(steps) {
  /** @type {Timed[][]} */
  const found = [];
  for (const step of steps) {
    const last = found.at(-1)?.at(-1);
    if (last && step.at - last.at <= GAP_MS) found.at(-1)?.push(step);
    else found.push([step]);
  }
  return found;
}

/**
 * @param {{at: number}[]} timed rising
 * @param {number} from
 */
function firstFrom(timed, from) {
  const found = timed.findIndex(({ at }) => at >= from);
  return found < 0 ? timed.length : found;
}
