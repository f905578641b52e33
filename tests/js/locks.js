/** Rows, holds and answers of the Locks page, as its tests need them. */

export const NOW = 1_700_000_000_000;

/** A row of one holder; `name` is also its lane. */
export const rowOf = (name, more = {}) => ({
  id: `${name}/row`,
  lane: name,
  key: `lock:${name}`,
  name,
  pattern: `${name}:*`,
  client: "ringviz",
  confidence: "certain",
  evidence: [],
  kind: "mutex",
  mode: "",
  holder: "5f0e11aa22bb33cc44dd55ee66ff9b21",
  label: null,
  about: {},
  count: 1,
  fencing: null,
  since: NOW - 5000,
  since_seen: true,
  ttl: 30_000,
  ends_at: NOW + 10_000,
  renewed: [],
  waiters: 0,
  waiters_inferred: false,
  waiting: [],
  proof: "aa",
  can_wake: true,
  alerts: [],
  ...more,
});

export const holdOf = (name, from, to, more = {}) => ({
  id: `${name}/${from}`,
  lane: name,
  key: `lock:${name}`,
  name,
  label: null,
  holder: "c7d1",
  fencing: null,
  from: NOW + from,
  from_seen: true,
  to: NOW + to,
  end: "released",
  renewed: [],
  ...more,
});

export const countsOf = (rows, more = {}) => ({
  held: rows.length,
  lanes: rows.length,
  waits: rows.reduce((sum, { waiters }) => sum + (waiters ?? 0), 0),
  waits_hidden: 0,
  alerts: 0,
  ...more,
});

export const statusOf = (more = {}) => ({
  state: "watching",
  since: NOW - 60_000,
  trouble: null,
  progress: null,
  scanned: 0,
  keys: 10,
  way: "notifications",
  advice: null,
  server: "Valkey 9.1",
  role: "primary",
  reconciled_at: NOW,
  took_ms: 3,
  cost: null,
  locks: 0,
  capped: false,
  seq: 1,
  clock_ms: 1,
  ...more,
});

export const nowOf = (rows = [], past = [], more = {}) => ({
  seq: 5,
  now: NOW,
  status: statusOf(),
  counts: countsOf(rows),
  rows,
  past,
  ...more,
});

export const frameOf = (seq, more = {}) => ({
  seq,
  prev: seq - 1,
  now: NOW + 100,
  status: statusOf(),
  counts: countsOf([]),
  rows: [],
  gone: [],
  past: [],
  ...more,
});

export const EVERYTHING = { q: "", client: "", alert: "", sort: "name" };
