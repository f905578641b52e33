/** Small clusters for the tests of the Ring page: states, changes and pages that are right by looking at them. */

import { readFileSync } from "node:fs";
import { declare } from "../../static/js/ring/strategies.js";

/** What the server declares of strategies: tests/contract/test_strategies.py writes it. */
export const strategies = JSON.parse(
  readFileSync(new URL("../contract/shared/strategies.json", import.meta.url), "utf8"),
);
declare(strategies);

export const nodeOf = (number, more = {}) => ({
  number,
  name: `cache-${number}`,
  address: "",
  zone: "",
  weight: 1,
  state: "active",
  since: "2026-05-03T12:00:00.000Z",
  tokens: 16,
  keys: 100,
  ownership: 0.25,
  ...more,
});

export const stateOf = (count, more = {}) => ({
  cluster: {
    slug: "demo",
    name: "Demo",
    kind: "simulated",
    demo: true,
    strategy: "ring",
    options: {},
    vnodes: 16,
    copies: 1,
    seed: 0,
    ...more.cluster,
  },
  keys: { id: 1, kind: "pattern", label: "user:{n}", count: count * 100, ...more.keys },
  nodes: Array.from({ length: count }, (_, i) => nodeOf(i + 1)),
  work: [],
  unfilled: [],
  workload: null,
});

export const movementOf = (more = {}) => ({
  keys: 400,
  moved: 100,
  needless: 0,
  modulo: { moved: 300 },
  copies: { total: 400, moved: 100 },
  pairs: [
    [4, 1, 60],
    [4, 2, 40],
  ],
  pairs_left_off: 0,
  ranges: null,
  ...more,
});

/** Node 4 of four dies, and its hundred keys go to nodes 1 and 2. */
export function killEvent(v = 8) {
  return {
    v,
    kind: "node_killed",
    at: "2026-05-03T12:41:07.000Z",
    payload: {
      node: nodeOf(4, { state: "down", keys: 0, ownership: 0, since: "2026-05-03T12:41:07.000Z" }),
      changed: [
        { number: 1, keys: 160, ownership: 0.4 },
        { number: 2, keys: 140, ownership: 0.35 },
      ],
      movement: movementOf(),
      undoes: null,
    },
  };
}

export const momentOf = (v, state, more = {}) => ({
  v,
  at: "2026-05-03T12:00:00.000Z",
  state,
  event: null,
  before: null,
  calm: true,
  ...more,
});

export function pageOf(state, more = {}) {
  const view = momentOf(7, state);
  return {
    head: view,
    view,
    plan: null,
    underWay: null,
    busy: null,
    epoch: "e",
    life: 0,
    floor: 1,
    link: { state: "live", since: 0 },
    watching: null,
    offset: 0,
    key: "",
    escapes: false,
    mayOperate: true,
    lookup: null,
    selected: null,
    side: "after",
    pins: [],
    colour: "pins",
    lens: 0,
    screen: "ring",
    tab: "nodes",
    rows: [],
    drawn: 1,
    frames: {},
    ...more,
  };
}
