/**
 * The Ring page's data. Node numbers start at 1, and 0 is nobody; versions rise by one; times are ISO 8601 in UTC.
 *
 * @typedef {{slug: string, name: string, kind: string, demo: boolean, strategy: string, options?: Record<string, number>,
 *   vnodes: number, copies: number, seed: number, replicas?: number, memory?: number, verdict_delay_ms?: number}} Cluster
 *   options: all parameters of its strategy, by name; replicas: servers that follow each node; memory: bytes that a server
 *   may use, 0 without servers; verdict_delay_ms: time from a requested freeze to its verdict
 * @typedef {{id: number, kind: string, label: string, count: number}} Keys
 * @typedef {{number: number, name: string, address: string, zone: string, weight: number,
 *   state: "active" | "suspected" | "frozen" | "down" | "joining" | "draining", since: string, tokens: number, keys: number,
 *   ownership: number, lost?: number, pulse?: {for_ms: number, every_ms: number}, slots?: number[][], hostname?: string,
 *   replicas?: {address: string, state: string, slots?: number, hostname?: string}[]}} Node
 *   pulse: its server freezes for_ms of every every_ms; lost: how many of its keys were lost and are not stored again yet.
 *   External clusters only: slots, as [first, last] ranges; replicas, and how many slots they still list; hostname, as announced
 * @typedef {{id: number, action: string, node: number, name: string, asked: string, v: number, cancelling: boolean}} Work
 * @typedef {{on: boolean, rate: number, distribution: "zipf" | "uniform", reads: number}} Workload
 * @typedef {{cluster: Cluster, keys: Keys, nodes: Node[], work: Work[], unfilled: number[][],
 *   workload: Workload | null}} State
 *   nodes are sorted by number; unfilled: [first, last] buckets whose keys were lost and are not stored again yet
 *
 * @typedef {[from: number, to: number, keys: number]} Pair
 * @typedef {{keys: number, moved: number, needless: number, modulo: {moved: number} | null,
 *   copies: {total: number, moved: number}, pairs: Pair[], pairs_left_off: number, ranges: string | null}} Movement
 * @typedef {{number: number, keys?: number, ownership?: number, tokens?: number, lost?: number}} Figures
 * @typedef {{node?: Node | null, number?: number, name?: string, cluster?: Cluster, keys?: any, nodes?: Node[],
 *   before?: any, changed?: Figures[], movement?: Movement | null, undoes?: number | null, work?: any,
 *   unfilled?: number[][] | null, asked?: Work, outcome?: string, why?: string, gone?: number, workload?: Workload | null,
 *   cause?: string, loss?: {keys: number, bytes: number} | null, ms?: number, address?: string, delay_ms?: number}} Payload
 *   keys: a key set, or how many were refilled; work: the intent that it ends, 0 for none; loss: what was lost with a server
 * @typedef {{v: number, kind: string, at: string, payload: Payload}} Event
 *
 * @typedef {{v: number, at: string, state: State, event: Event | null, before: State | null, calm: boolean}} Moment
 *   before: the state before the event, if it is shown as a change; calm: no event is shown. An event that does not change the
 *   picture keeps the previous one, whose version is then below v
 * @typedef {{fields: Record<string, string>, v: number, kind: string, payload: Payload, after: State, note: string,
 *   estimate?: Estimate | null, compared?: OtherKeys | null}} Plan
 *   fields: the request, `action` first, as the addresses plan, act and moved expect it; note: why it was made again;
 *   compared: for a plan of other keys
 * @typedef {{come: number, go: number, stay: number}} OtherKeys how they differ from the current keys
 * @typedef {{keys: number, bytes: number, lost_keys: number, lost_bytes: number, measured: boolean, notes: string[],
 *   survivors: {node: number, bytes: number, limit: number, after_bytes: number, misses_per_s: number}[]}} Estimate
 *   what a plan costs real servers; measured: all of them reported what they store
 * @typedef {{kind: string, payload: Payload, movement: Movement | null, before: State, after: State, planned: boolean,
 *   v: number, work?: Work}} Change
 *   work: the request in progress that will become this change; then `planned` is true
 * @typedef {{key: string, hash: number, position: number, v: number, owner: number,
 *   token: {value: number, index: number} | null, copies: {number: number, token: number | null}[], bucket?: number,
 *   steps?: import("./figures/types.js").Steps | null,
 *   stored?: {owner: number, found: boolean, replicas: number[]} | null, asked?: boolean}} Lookup
 *   stored: what the servers report about the key, null if they did not answer; asked: only the server can tell the owner at
 *   this version, and it has not answered yet
 * @typedef {{v: number, kind: string, at: string, label: string, text: string, moved: number, keys: number,
 *   share: number, lost?: number}} EventRow
 * @typedef {{keys: number | null, up: boolean, address?: string, state?: string | null, behind?: number | null, silent_s?: number | null}} StoredReplica
 *   as in ringviz/selectors/external.py
 * @typedef {{up: boolean, keys: number | null, bytes: number | null, limit: number | null, ops: number | null,
 *   replica: StoredReplica | null, open?: {slot: number, leaving: boolean, peer: string}[],
 *   unaware?: boolean, shared?: boolean}} Stored
 *   open: slots in the middle of a manual move; unaware: its server does not know its own address; shared: others announce
 *   the same address, so it is not asked
 * @typedef {{heard: number, at: number, nodes: Record<string, Stored>, lacks?: string[]}} StoredFrame
 *   lacks: commands that the user may not run
 * @typedef {{heard: number, id: number, action: string, node: number, phase: string, keys_done: number, keys_total: number,
 *   slots_done: number, slots_total: number, atomic: boolean, why: string, extra: number, since: number}} WorkFrame
 * @typedef {{heard: number, node: number, misses: number, verdict_ms?: number}} SuspicionFrame
 * @typedef {{heard: number, at: number, ops: number, reads: number, writes: number, hit: number | null, errors: number,
 *   p50_ms: number | null, p99_ms: number | null, clients: number}} TrafficFrame
 * @typedef {{stored?: StoredFrame, work?: WorkFrame, suspicion?: SuspicionFrame, traffic?: TrafficFrame}} Frames
 *   heard: when it came, ms of this machine; node of a suspicion: 0 once the suspected node answers again
 * @typedef {import("../lib/live.js").State} LinkWord
 *
 * @typedef {{
 *   head: Moment, view: Moment, plan: Plan | null, underWay: import("./underway.js").UnderWay | null,
 *   busy: typeof import("./busy.js") | null, epoch: string, life: number, floor: number,
 *   link: {state: LinkWord, since: number}, mayOperate: boolean, watching: number | null, offset: number,
 *   key: string, escapes: boolean, lookup: Lookup | null, selected: number | null, side: "after" | "before",
 *   pins: number[], colour: "pins" | "zone", lens: number, screen: "ring" | "table", tab: string,
 *   rows: EventRow[], drawn: number, frames: Frames,
 * }} Page
 *   key: as typed, with escapes for bytes if `escapes`; mayOperate: the server lets this person operate, and they have not
 *   signed out since; life: how many snapshots replaced the head; frames: the newest of each topic, for now only; offset:
 *   server clock minus ours in ms; drawn: rises when tokens or density arrive, 0 until then
 *
 * @typedef {{state: string, tokens: string, table: string, density: string, lookup: string, plan: string, underway: string,
 *   act: string, moved: string, moved_csv: string, events: string, keys: string, any_key: string, socket: string,
 *   page: string, nodes: string}} Urls
 * @typedef {{tokens: boolean, ranges: boolean, told: boolean, weights: boolean, lists: boolean, alone: boolean,
 *   minimal: boolean, last_only: boolean}} Abilities
 *   what a strategy can do: see `Abilities` of ringviz/core/abilities.py
 * @typedef {{name: string, label: string, default: number, lowest: number, highest: number,
 *   wanted: "any" | "whole" | "prime", bounds: string}} StrategyOption
 *   bounds: the allowed numbers, in words
 * @typedef {{offered: boolean, label: string, rule: string, notes: string[], abilities: Abilities,
 *   options: StrategyOption[]}} Strategy
 *   offered: a cluster can be set to it; rule: which node a key belongs to; notes: what it cannot do, one sentence each
 * @typedef {{v: number, epoch: string, head: number, floor: number, at: string, state: State, event: Event | null,
 *   change: import("./lastchange.js").LastChange | null, urls: Urls, may_operate: boolean, now: number,
 *   elsewhere: string[], strategies: Record<string, Strategy>, undoable: string[], missing: string}} Boot
 *   change: the head's last change; elsewhere: kinds of events that the stream carries for other subjects, of which only the
 *   version counts here; undoable: kinds that can be taken back
 */

export {};
