/** Which request to explain: `?why=RUN-NUMBER` in the page's address, and the query for the server. Pure. */

/**
 * @typedef {{request?: string, pick?: "newest" | "slowest", node?: string}} Asked a request by id, or the newest or
 *   slowest
 */

const ID = /^[0-9a-f]{8}-\d{1,15}$/;

/**
 * @param {string} search
 * @returns {string} the id of a request, "" for none
 */
export function readWhy(search) {
  const id = new URLSearchParams(search).get("why") ?? "";
  return ID.test(id) ? id : "";
}

/**
 * @param {string} search the current query; its other parts stay
 * @param {string} id "" removes it
 */
export function writeWhy(search, id) {
  const query = new URLSearchParams(search);
  if (id) query.set("why", id);
  else query.delete("why");
  const text = query.toString();
  return text ? `?${text}` : "";
}

/**
 * The query for the server.
 * @param {Asked} asked
 */
export function askWhy({ request, pick, node }) {
  const query = new URLSearchParams();
  if (request) query.set("request", request);
  else if (pick) query.set("pick", pick);
  if (node) query.set("node", node);
  const text = query.toString();
  return text ? `?${text}` : "";
}
