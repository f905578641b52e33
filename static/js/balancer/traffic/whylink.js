/** Which request is explained, as addresses have it: `?why=RUN-NUMBER` of the page, and what its server is asked. Pure. */

/** @typedef {{request?: string, pick?: "newest" | "slowest", node?: string}} Asked one by its id; or the newest, the slowest */

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
 * @param {string} search the address as it is: its other parts stay
 * @param {string} id "" takes it away
 */
export function writeWhy(search, id) {
  const query = new URLSearchParams(search);
  if (id) query.set("why", id);
  else query.delete("why");
  const text = query.toString();
  return text ? `?${text}` : "";
}

/**
 * What the server is asked.
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
