/**
 * The Locks page's data. Times are milliseconds since 1970 by our own Redis server's clock; ids are 16 hex digits.
 *
 * @typedef {string | {b64: string}} Text UTF-8 text, otherwise its bytes
 * @typedef {{id: Text, label?: string | null, since: number | null}} Waiting
 * @typedef {{kind: string, since: number, value: number | null}} Alert
 *   kind: no_ttl, long_held, overwritten, no_connection, starving, missed_renewal, stale_write
 * @typedef {{id: string, lane: string, key: Text, name: Text, pattern: string, client: string,
 *   confidence: "certain" | "likely" | "possible", evidence: string[], kind: string, mode: string, holder: Text | null,
 *   label: string | null, about: Record<string, string>, count: number, fencing: number | null, since: number | null,
 *   since_seen: boolean, ttl: number | null, ends_at: number | null, renewed: number[], waiters: number | null,
 *   waiters_inferred: boolean, waiting: Waiting[], proof: string, can_wake: boolean, alerts: Alert[]}} Row
 *   One holder of one lock. since_seen: false if it was held when watching began; ttl: of the lease when it was taken or
 *   renewed; ends_at: null without a TTL; waiters: null if they cannot be seen; label: a readable name of the holder.
 * @typedef {"released" | "expired" | "broken" | "overwritten" | "gone" | "unknown"} End
 * @typedef {{id: string, lane: string, label: string | null, holder: Text | null, fencing: number | null,
 *   from: number | null, from_seen: boolean, to: number, end: End, renewed: number[], name?: Text}} Hold a hold that ended
 * @typedef {{lane: string, id: string, from: number, to: number}} Wait one that ended, as this page saw it
 *
 * @typedef {{kind: string, text: string}} Trouble
 * @typedef {{calls_s: number, by_command?: Record<string, number>, server_us_s: number | null, budget_us_s: number,
 *   throttled: boolean}} Cost
 * @typedef {{state: "discovering" | "watching" | "paused" | "down" | "waiting", since: number, trouble: Trouble | null,
 *   progress: number | null, scanned: number, keys: number, way: "notifications" | "tracking" | "scanning",
 *   advice: {line: string, cost: string, servers?: string[]} | null, server: string, role: string, reconciled_at: number | null,
 *   took_ms: number | null, cost: Cost | null, locks: number, capped: boolean, seq: number, clock_ms: number | null}} Status
 * @typedef {{held: number, lanes: number, waits: number, waits_hidden: number, alerts: number}} Counts
 * @typedef {{pattern: string, clients: string[], held: number, waits: number | null, no_ttl: number,
 *   shortest: number | null, bins: number[], attention: Record<string, number>}} Group
 *   bins: how many have 0 to 7.5, 7.5 to 15, ... 60 s left; shortest: milliseconds left
 * @typedef {Omit<Group, "pattern"> & {groups: number}} Small all groups that are not listed
 *
 * @typedef {{seq: number, now: number, status: Status | null, counts: Counts}} Told
 * @typedef {Told & {rows?: Row[], past?: Hold[], attention?: Row[], groups?: Group[], small?: Small | null,
 *   state?: State}} Now the answer of now.json: rows and past if there are few, otherwise the rest; status: null if no
 *   watcher is running
 * @typedef {Told & {prev: number, rows?: Row[], gone?: string[], past?: Hold[], attention?: Row[], groups?: Group[],
 *   small?: Small | null}} Frame
 *
 * @typedef {{id: string, lane: string, key: Text, name: Text, client: string, kind: string, holder: Text | null,
 *   since: number, value: number | null}} RaisedAlert
 * @typedef {{source: {name?: string, slug?: string, breakable?: boolean} | null, trouble: Trouble | null,
 *   alerts: RaisedAlert[], paused: boolean}} State what the events of the stream add up to
 *
 * @typedef {{seq: number, now: number, status: Status | null, counts: Counts, rows: Map<string, Row>, holds: Hold[],
 *   waits: Wait[], names: Map<string, Text>, series: [at: number, waits: number][], many: Many | null}} Table
 *   names: of lanes that were seen; series: numbers of waiters as this page saw them; many: in place of rows above 50 lanes
 * @typedef {{attention: Row[], groups: Group[], small: Small | null}} Many
 * @typedef {{id: string, name: Text, rows: Row[], holds: Hold[], waits: Wait[]}} Lane one line of the board
 *
 * @typedef {{at: number, what: string, text: string, inferred: boolean}} Story
 * @typedef {{about: "unsure" | "deleted" | "risk" | "then" | "wait", text: string}} Consequence
 * @typedef {{now: number, row: Row | null, rows: Row[], name: Text | null, story: Story[], past: Hold[],
 *   usual: {median_ms: number, count: number} | null, may_break: boolean, why_not: string, consequences: Consequence[],
 *   evidence: string[]}} Detail rows: of the whole lane; consequences: of a break
 * @typedef {{holder: Text | null, client: string, ttl_ms: number | null}} There who holds a lock, as a refused break found it
 * @typedef {{q: string, client: string, alert: string, sort: string}} Query sort: name, left, -left, held, client, waiters
 *
 * @typedef {{table: Table, state: State, link: {state: import("../lib/live.js").State, since: number},
 *   query: Query, selected: string | null, screen: "board" | "table", v: number, epoch: string,
 *   drift: number | null}} Page
 *   drift: how far our clock may be off the server's, in ms; null until the server was asked
 *
 * @typedef {{page: string, now: string, find: string, csv: string, lock: string, clock: string, break: string,
 *   pause: string, socket: string, timeline?: string, stage?: string, stage_ask?: string}} Urls
 * @typedef {Now & {v: number, epoch: string, urls: Urls, may_operate: boolean, may_break: boolean, source: string,
 *   name: string, configured: boolean, elsewhere: string[], error?: string, missing: string}} Boot
 *   source: its slug; configured: false if it is no longer in LOCK_SOURCES; error: why nothing is known; missing: says that
 *   the past is not shown
 */

export {};
