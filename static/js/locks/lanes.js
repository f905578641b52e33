/** The lines of the board: all of them, their order, and those that match the query. Pure. */

import { plain } from "./text.js";

/** @import { Lane, Query, Row, Table } from "./types.js" */

/**
 * Every lock that is held, or was held within the time that the board shows.
 * @param {Table} table
 * @param {number} since ms: what ended before is not shown
 * @returns {Lane[]}
 */
export function lanesOf(table, since) {
  /** @type {Map<string, Lane>} */
  const lanes = new Map();
  const lane = (/** @type {string} */ id, /** @type {import("./types.js").Text} */ name) => {
    const found = lanes.get(id) ?? { id, name, rows: [], holds: [], waits: [] };
    lanes.set(id, found);
    return found;
  };
  for (const row of table.rows.values()) lane(row.lane, row.name).rows.push(row);
  for (const hold of table.holds) {
    const name = table.names.get(hold.lane);
    if (hold.to > since && name !== undefined) lane(hold.lane, name).holds.push(hold);
  }
  for (const wait of table.waits) if (wait.to > since) lanes.get(wait.lane)?.waits.push(wait);
  return [...lanes.values()];
}

/** The row that represents a lane: the one that ends first, if any. @param {Lane} lane */
export const idOf = ({ rows, holds }) => (rows[0] ?? holds.at(-1))?.id ?? "";

/** @param {Lane} lane @returns {number} when it becomes free, ms: Infinity without a TTL, -Infinity if it is free */
const endsAt = ({ rows }) => {
  const ends = rows.map(({ ends_at }) => ends_at ?? Number.POSITIVE_INFINITY);
  return ends.length ? Math.min(...ends) : Number.NEGATIVE_INFINITY;
};

/** @param {Lane} lane */
const heldSince = ({ rows }) => Math.min(...rows.map(({ since }) => since ?? Number.POSITIVE_INFINITY));

/** @param {Lane} lane */
const waitersOf = ({ rows }) => Math.max(-1, ...rows.map(({ waiters }) => waiters ?? -1));

/** @type {Record<string, (a: Lane, b: Lane) => number>} */
const ORDERS = {
  name: () => 0,
  left: (a, b) => byNumber(freeLast(endsAt(a)), freeLast(endsAt(b))),
  "-left": (a, b) => byNumber(endsAt(b), endsAt(a)),
  held: (a, b) => byNumber(heldSince(a), heldSince(b)),
  client: (a, b) => compare(a.rows[0]?.client ?? "\uffff", b.rows[0]?.client ?? "\uffff"),
  waiters: (a, b) => byNumber(waitersOf(b), waitersOf(a)),
};

/** The orders that a reader can choose; the server has the same. */
export const SORTS = Object.keys(ORDERS);

/** @param {number} ends */
const freeLast = (ends) => (ends < 0 ? Number.POSITIVE_INFINITY : Math.min(ends, Number.MAX_VALUE));

/** @param {number} a @param {number} b both may be infinite */
const byNumber = (a, b) => (a === b ? 0 : a < b ? -1 : 1);

/** @param {string} a @param {string} b */
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/**
 * @param {Lane[]} lanes
 * @param {Query} query
 * @returns {Lane[]} those that match, in its order; equal ones by name
 */
export function chosen(lanes, query) {
  const order = ORDERS[query.sort] ?? ORDERS.name;
  const fitting = lanes.filter((lane) => fits(lane, query)).map((lane) => ({ lane, name: plain(lane.name) }));
  fitting.sort((a, b) => order(a.lane, b.lane) || compare(a.name, b.name));
  return fitting.map(({ lane }) => lane);
}

/** @param {Query} query */
export const asksForLess = ({ q, client, alert }) => q !== "" || client !== "" || alert !== "";

/**
 * @param {Lane} lane
 * @param {Query} query
 */
function fits(lane, { q, client, alert }) {
  const { rows, holds } = lane;
  if (client && !rows.some((row) => row.client === client)) return false;
  if (alert && !rows.some(({ alerts }) => alerts.some(({ kind }) => alert === "any" || kind === alert))) return false;
  if (!q) return true;
  const words = [lane.name, ...rows.flatMap(wordsOf), ...(rows.length ? [] : holds.map(({ label }) => label))];
  const wanted = q.toLowerCase();
  return words.some((word) => plain(word).toLowerCase().includes(wanted));
}

/** @param {Row} row */
const wordsOf = ({ key, holder, label, pattern, waiting }) => [
  key,
  holder,
  label,
  pattern,
  ...waiting.map((one) => one.label ?? one.id),
];
