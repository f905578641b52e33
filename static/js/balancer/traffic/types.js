/**
 * The Balancer page's data. Nodes are identified by their numbers as text; versions rise by one; times are ms since 1970 by
 * the server's clock, or ISO 8601 in UTC.
 *
 * @typedef {{on: boolean, policy: string, options: Record<string, number>, rate: number, skew: number, seed: number,
 *   work: number, weighed: boolean, trial: Trial | null}} Traffic
 *   the settings; options: all of the policy's; rate: requests a second; skew: the Zipf exponent of the keys; work: iterations
 *   of a loop per request; weighed: weights follow the nodes' load; trial: the policy that takes turns with this one
 * @typedef {{policy: string, options: Record<string, number>, seconds: number, rounds: number}} Trial of balancer/core/trial.py,
 *   as are Estimate, Side and Summary; seconds: of a stretch
 * @typedef {{mean: number, margin: number | null}} Estimate of rounds, ± margin with 95 % confidence
 * @typedef {{mean_ms: Estimate | null, p50_ms: Estimate | null, p95_ms: Estimate | null, p99_ms: Estimate | null,
 *   lag_p99_ms: Estimate | null, sent: number, answered: number, refused: number, errors: number, in_flight: number,
 *   late: number, homeless: number}} Side
 * @typedef {{a: Side, b: Side, ratio: {value: number, low: number, high: number} | null}} Summary
 * @typedef {{traffic: Traffic, rounds: any[], summary: Summary, faults: any[]}} Comparison the result of an A/B run
 * @typedef {{a: {policy: string, options: Record<string, number>}, b: {policy: string, options: Record<string, number>},
 *   seconds: number, rounds: number, round: number, first: string, side: string | null, found: Summary | null}} Trying
 *   the progress of one: `Trying.frame` of balancer/driving/trying.py
 * @typedef {{head: string[], rows: string[][]}} Sheet a table of texts
 * @typedef {{verdict: string, notes: string[], about: string, figures: Sheet, rounds: Sheet, csv: string, again: string,
 *   sides: {label: string, p99: string, width: number, begin: number, span: number}[]}} Found
 *   the result of one: `shown` of balancer/views/trials.py; width, begin and span of 100
 * @typedef {{state: string, code: string, figures: Record<string, number>}} Stand a node's health, and the reason
 * @typedef {{traffic: Traffic, standings: Record<string, Stand>, compared: Comparison | null}} State
 *   standings: of unhealthy nodes; compared: by the newest A/B run that finished
 * @typedef {{v: number, at: string, text: string}} Cause an event about a node's health
 * @typedef {Record<string, Cause>} Causes "*": about all nodes at once
 *
 * @typedef {{v: number, at: string, state: import("../../ring/types.js").State, balancer: State, causes: Causes}} Moment
 *   state: that of the ring
 *
 * @typedef {{sent: number, answered: number, refused: number, errors: Record<string, number>, in_flight: number}} Counts
 * @typedef {Counts & {share: number | null, p50_ms: number | null, p95_ms: number | null, p99_ms: number | null,
 *   weight?: number}} Share
 *   in the window; share: its part of all requests sent; weight: its current one
 * @typedef {{every_ms: number, in_flight: Record<string, number[]>}} Steps in flight at each tick since the last frame
 * @typedef {{policy: string, options: Record<string, number>, p99_ms: number | null, seconds: number, at: number,
 *   same: boolean}} Reached
 *   what a policy reached on this stream in its last seconds; same: the nodes were in the same state as now
 * @typedef {{at: number, on: true, policy: string, options: Record<string, number>, v: number, seconds: number, nodes: Record<string, Share>, total: Share,
 *   late: number, homeless: number, lag_p99_ms: number | null, lag_max_ms: number | null,
 *   run: {asked: number, late: number, homeless: number, nodes: Record<string, Counts>},
 *   steps: Steps, caps: Record<string, number> | null, policies: Reached[],
 *   trial: Trying | null}} OnFrame
 * @typedef {{at: number, on: false, policy: string, v: number}} OffFrame the last one
 * @typedef {OnFrame | OffFrame} Frame
 *
 * @typedef {import("../../ring/types.js").StrategyOption} Option
 * @typedef {{label: string, rule: string, drives: boolean, shown: boolean, options: Option[]}} Policy
 *   drives: it can drive real requests; the others can only be simulated; shown: listed by default
 * @typedef {{policies: Record<string, Policy>, states: Record<string, string>, reasons: Record<string, string>,
 *   first: Traffic}} Told
 *   the server's declarations: `described` of balancer/wording.py
 *
 * @typedef {{page: string, why: string, recent: string, act: string, state: string, race: string, trial: string, ring: string, node_act: string, socket: string}} Urls
 * @typedef {{v: number, epoch: string, head: number, floor: number, at: string | null, event: LiveEvent | null,
 *   ring: import("../../ring/types.js").State, balancer: State, causes: Causes, urls: Urls, may_operate: boolean, now: number,
 *   elsewhere: string[], strategies: Record<string, import("../../ring/types.js").Strategy>, told: Told, missing: string}} Boot
 * @typedef {{v: number, kind: string, at: string, payload: any}} LiveEvent
 *
 * @typedef {{
 *   head: Moment, view: Moment, epoch: string, floor: number,
 *   link: {state: import("../../lib/live.js").State, since: number}, watching: number | null, offset: number,
 *   frame: OnFrame | null, heard: number, supervised: number, screen: "board" | "tables", more: boolean,
 * }} Page
 *   head: the present; view: what is shown, the head or a past moment; frame: the newest while requests are sent; heard,
 *   supervised: when the last frame of the driver or the supervisor came, ms of this machine; offset: server clock minus ours
 *   in ms; more: every policy is listed
 */

export {};
