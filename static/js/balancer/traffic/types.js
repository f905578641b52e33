/**
 * What the Balancer page knows. Nodes are known by their numbers as text; versions rise by one; times are ms since 1970 by the
 * server's clock, or ISO 8601 in UTC.
 *
 * @typedef {{on: boolean, policy: string, options: Record<string, number>, rate: number, skew: number, seed: number,
 *   work: number, weighed: boolean, trial: Trial | null}} Traffic
 *   what is asked for; options: all of the policy; rate: requests a second; skew: the Zipf exponent of the keys; work: turns of
 *   a loop that a request costs its node; weighed: weights follow the nodes' load; trial: the policy that takes turns with it
 * @typedef {{policy: string, options: Record<string, number>, seconds: number, rounds: number}} Trial of balancer/core/trial.py,
 *   as are Estimate, Side and Summary; seconds: of a stretch
 * @typedef {{mean: number, margin: number | null}} Estimate of rounds, ± margin with 95 % confidence
 * @typedef {{mean_ms: Estimate | null, p50_ms: Estimate | null, p95_ms: Estimate | null, p99_ms: Estimate | null,
 *   lag_p99_ms: Estimate | null, sent: number, answered: number, refused: number, errors: number, in_flight: number,
 *   late: number, homeless: number}} Side
 * @typedef {{a: Side, b: Side, ratio: {value: number, low: number, high: number} | null}} Summary
 * @typedef {{traffic: Traffic, rounds: any[], summary: Summary, faults: any[]}} Comparison what an A/B run found
 * @typedef {{a: {policy: string, options: Record<string, number>}, b: {policy: string, options: Record<string, number>},
 *   seconds: number, rounds: number, round: number, first: string, side: string | null, found: Summary | null}} Trying
 *   how far one is: `Trying.frame` of balancer/driving/trying.py
 * @typedef {{head: string[], rows: string[][]}} Sheet a table of texts
 * @typedef {{verdict: string, notes: string[], about: string, figures: Sheet, rounds: Sheet, csv: string, again: string,
 *   sides: {label: string, p99: string, width: number, begin: number, span: number}[]}} Found
 *   what one found: `shown` of balancer/views/trials.py; width, begin and span of 100
 * @typedef {{state: string, code: string, figures: Record<string, number>}} Stand how a node stands, and the reason
 * @typedef {{traffic: Traffic, standings: Record<string, Stand>, compared: Comparison | null}} State
 *   standings: of the nodes that do not stand well; compared: by the newest A/B run that went to its end
 * @typedef {{v: number, at: string, text: string}} Cause an event that says how a node is
 * @typedef {Record<string, Cause>} Causes "*": of all nodes at once
 *
 * @typedef {{v: number, at: string, state: import("../../ring/types.js").State, balancer: State, causes: Causes}} Moment
 *   state: that of the ring
 *
 * @typedef {{sent: number, answered: number, refused: number, errors: Record<string, number>, in_flight: number}} Counts
 * @typedef {Counts & {share: number | null, p50_ms: number | null, p95_ms: number | null, p99_ms: number | null,
 *   weight?: number}} Share
 *   of the window; share: its part of all that was sent; weight: what it has now
 * @typedef {{every_ms: number, in_flight: Record<string, number[]>}} Steps in flight at each tick since the last frame
 * @typedef {{policy: string, options: Record<string, number>, p99_ms: number | null, seconds: number, at: number,
 *   same: boolean}} Reached
 *   what a policy reached on this stream in its last seconds; same: the nodes were as they are now
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
 *   drives: it can drive real requests; the others can only be simulated; shown: before somebody asks for all
 * @typedef {{policies: Record<string, Policy>, states: Record<string, string>, reasons: Record<string, string>,
 *   first: Traffic}} Told
 *   what the server declares: `described` of balancer/wording.py
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
 *   head: what is so; view: what is shown, the head or a moment of the past; frame: the newest while requests are sent;
 *   heard, supervised: when a frame of the driver, of the supervisor came last, ms of this machine; offset: server clock minus
 *   ours in ms; more: every policy is listed
 */

export {};
