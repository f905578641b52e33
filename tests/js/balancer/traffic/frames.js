/** Frames of a driver and moments of a cluster, right by looking at them. */

import { nodeOf, stateOf } from "../../clusters.js";

export const countsOf = (more = {}) => ({
  sent: 10,
  answered: 8,
  refused: 1,
  errors: { lost: 0, away: 0, error: 0 },
  in_flight: 1,
  ...more,
});

export const shareOf = (more = {}) => ({ ...countsOf(), share: 0.5, p50_ms: 2.5, p95_ms: 9.7, p99_ms: 15, ...more });

export const frameOf = (more = {}) => ({
  at: 1_000,
  on: true,
  policy: "p2c",
  options: {},
  v: 7,
  seconds: 2,
  nodes: { 1: shareOf(), 2: shareOf() },
  total: shareOf({ share: 1 }),
  late: 0,
  homeless: 0,
  lag_p99_ms: 0.4,
  lag_max_ms: 1,
  run: { asked: 20, late: 0, homeless: 0, nodes: { 1: countsOf(), 2: countsOf() } },
  steps: { every_ms: 100, in_flight: { 1: [1, 1], 2: [0, 1] } },
  caps: null,
  policies: [],
  ...more,
});

export const reachedOf = (policy, ms, more = {}) => ({
  policy,
  options: {},
  p99_ms: ms,
  seconds: 10,
  at: 1_000,
  same: true,
  ...more,
});

export const trafficOf = (more = {}) => ({
  on: true,
  policy: "p2c",
  options: {},
  rate: 1500,
  skew: 0.9,
  seed: 42,
  work: 0,
  weighed: false,
  ...more,
});

/** Two nodes, cache-1 and cache-2; `node2` is what is special about the second. */
export const momentOf = (traffic = trafficOf(), node2 = {}, standings = {}) => ({
  v: 7,
  at: "2026-05-03T12:41:07.000Z",
  state: { ...stateOf(2), nodes: [nodeOf(1), nodeOf(2, node2)] },
  balancer: { traffic, standings },
  causes: {},
});
