/** Which nodes are on the ring, what they should store, and the names of their states. Pure. */

import { count } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";
import { pulseWords } from "./pulse.js";

/** @import { Node, State } from "./types.js" */

/** Whether the nodes are servers that we run. */
export const isManaged = (/** @type {State} */ { cluster }) => cluster.kind === "managed";

/** Whether the nodes are real servers, ours or somebody else's. */
export const isServed = (/** @type {State} */ { cluster }) => cluster.kind !== "simulated";

/** Whether a node is on the ring. A node that does not answer stays on it until the verdict. */
export const isMember = (/** @type {{state: string}} */ { state }) =>
  state === "active" || state === "suspected" || state === "frozen";

/** Whether somebody else runs the cluster. It is only observed, and of its keys only the number is known. */
export const isExternal = (/** @type {State} */ { cluster }) => cluster.kind === "external";

/**
 * The keys that the placement gives a node. At every version they add up to the key set, even while keys wait to be stored.
 * @param {Node} node
 */
export const predicted = ({ keys }) => keys;

/**
 * Those of them that its server has: without the keys that wait to be stored.
 * @param {Node} node
 */
export const storedOf = ({ keys, lost = 0 }) => keys - lost;

/** @param {string} state */
export function stateWord(state) {
  switch (state) {
    case "active":
      return _("active");
    case "suspected":
      return _("suspected");
    case "frozen":
      return _("frozen");
    case "down":
      return _("down");
    case "joining":
      return _("joining");
    case "draining":
      return _("drained");
    default:
      return state;
  }
}

/** The state of a node in lists; or that it freezes repeatedly, or is slow. */
export function nodeWord(/** @type {Pick<Node, "state" | "pulse">} */ { state, pulse }) {
  if (!pulse || state !== "active") return stateWord(state);
  return pulseWords(pulse);
}

/** The style of a node's row: hatched if it does not answer or is not on the ring, struck through if it is down. */
export const rowLook = (/** @type {Node | null} */ node) =>
  node?.state === "active" && !node.pulse
    ? null
    : node && (isMember(node) || node.state === "joining")
      ? "odd"
      : "dead";

/**
 * How many replicas a node has, and how many of them do not answer.
 * @param {Node} node
 */
export function replicaWords({ replicas = [] }) {
  const down = replicas.filter(({ state }) => state !== "active").length;
  const n = count(replicas.length);
  return down > 0 ? interpolate(_("%(n)s, %(down)s down"), { n, down: count(down) }) : n;
}
