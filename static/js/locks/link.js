/** What an address contains: the open lock, the query, the order. Pure. */

import { SORTS } from "./lanes.js";

/** @import { Query } from "./types.js" */

/** @type {Query} */
export const EVERYTHING = { q: "", client: "", alert: "", sort: "name" };

/** @param {string} search @returns {{lock: string | null, query: Query}} */
export function readLink(search) {
  const asked = new URLSearchParams(search);
  const lock = asked.get("lock") ?? "";
  const sort = asked.get("sort") ?? "";
  const text = (/** @type {string} */ name) => (asked.get(name) ?? "").slice(0, 200);
  return {
    lock: /^[0-9a-f]{16}$/.test(lock) ? lock : null,
    query: { q: text("q"), client: text("client"), alert: text("alert"), sort: SORTS.includes(sort) ? sort : "name" },
  };
}

/**
 * @param {string | null} lock
 * @param {Query} query
 * @param {string} search the current query; its other parts (theme) stay
 */
export function writeLink(lock, query, search) {
  const address = new URLSearchParams(search);
  const parts = { lock: lock ?? "", ...query, sort: query.sort === EVERYTHING.sort ? "" : query.sort };
  for (const [name, value] of Object.entries(parts)) {
    if (value) address.set(name, value);
    else address.delete(name);
  }
  const text = address.toString();
  return text ? `?${text}` : "";
}

/** @param {Query} query @param {Record<string, string | number>} [more] @returns {string} as find.json takes it */
export function queryString(query, more = {}) {
  const given = Object.entries({ ...query, ...more }).filter(([, value]) => value !== "");
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}
