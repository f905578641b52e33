/**
 * What the Ring page knows. Node numbers are 1 and more, 0 is nobody; versions rise by one; times are ISO 8601 in UTC.
 *
 * @typedef {{slug: string, name: string, kind: string, demo: boolean, strategy: "ring" | "modulo" | "slots", vnodes: number,
 *   copies: number, seed: number}} Cluster
 * @typedef {{id: number, kind: string, label: string, count: number}} Keys
 * @typedef {{number: number, name: string, address: string, zone: string, weight: number,
 *   state: "active" | "down" | "draining", since: string, tokens: number, keys: number, ownership: number,
 *   slots?: number[][], replicas?: {address: string, state: string}[]}} Node
 *   slots: [first, last] ranges, replicas: servers that follow it; both of a cluster that somebody else runs
 * @typedef {{id: number, action: string, node: number, name: string, asked: string, v: number, cancelling: boolean}} Work
 * @typedef {{on: boolean, rate: number, distribution: "zipf" | "uniform", reads: number}} Workload
 * @typedef {{cluster: Cluster, keys: Keys, nodes: Node[], work: Work[], unfilled: number[][],
 *   workload: Workload | null}} State
 *   nodes are sorted by number; unfilled: [first, last] buckets whose keys were lost and are not stored again
 *
 * @typedef {[from: number, to: number, keys: number]} Pair
 * @typedef {{keys: number, moved: number, needless: number, modulo: {moved: number} | null,
 *   copies: {total: number, moved: number}, pairs: Pair[], pairs_left_off: number, ranges: string | null}} Movement
 * @typedef {{number: number, keys?: number, ownership?: number, tokens?: number}} Figures
 * @typedef {{node?: Node, number?: number, name?: string, cluster?: Cluster, keys?: Keys, nodes?: Node[],
 *   before?: Record<string, any>, changed?: Figures[], movement?: Movement | null, undoes?: number | null}} Payload
 * @typedef {{v: number, kind: string, at: string, payload: Payload}} Event
 *
 * @typedef {{v: number, at: string, state: State, event: Event | null, before: State | null, calm: boolean}} Moment
 *   before: the state at v - 1, where the event is shown as a change; calm: the event is not shown
 * @typedef {{fields: Record<string, string>, v: number, kind: string, payload: Payload, after: State, note: string}} Plan
 *   fields: what was asked, `action` first, as the addresses plan, act and moved take it; note: why it was made again
 * @typedef {{kind: string, payload: Payload, movement: Movement | null, before: State, after: State, planned: boolean,
 *   v: number}} Change
 * @typedef {{key: string, hash: number, position: number, v: number, owner: number,
 *   token: {value: number, index: number} | null, copies: {number: number, token: number | null}[]}} Lookup
 * @typedef {{v: number, kind: string, at: string, label: string, text: string, moved: number, keys: number,
 *   share: number}} EventRow
 * @typedef {"connecting" | "live" | "lost" | "ahead" | "gone"} LinkState
 *
 * @typedef {{
 *   head: Moment, view: Moment, plan: Plan | null, epoch: string, floor: number,
 *   link: {state: LinkState, since: number}, watching: number | null, offset: number,
 *   key: string, lookup: Lookup | null, selected: number | null, side: "after" | "before",
 *   pins: number[], colour: "pins" | "zone", lens: number, screen: "ring" | "table", tab: string,
 *   rows: EventRow[], drawn: number,
 * }} Page
 *   offset: server clock minus ours in ms; drawn: rises when tokens or density arrive, 0 until then
 *
 * @typedef {{state: string, tokens: string, density: string, lookup: string, plan: string, act: string, moved: string,
 *   moved_csv: string, events: string, keys: string, any_key: string, socket: string, page: string}} Urls
 * @typedef {{v: number, epoch: string, head: number, floor: number, at: string, state: State, event: Event | null,
 *   urls: Urls, may_operate: boolean, now: number}} Boot
 */

export {};
