/** Which nodes are on the ring, what they should store, and what a node's state is called. Pure. */

import { _ } from "../lib/i18n.js";
import { pulseWords } from "./pulse.js";

/** @import { Node, State } from "./types.js" */

/** Whether servers of ours stand behind the nodes. */
export const isManaged = (/** @type {State} */ { cluster }) => cluster.kind === "managed";

/** Whether real servers stand behind the nodes, ours or somebody else's. */
export const isServed = (/** @type {State} */ { cluster }) => cluster.kind !== "simulated";

/** Whether a node is on the ring: also while it does not answer, until the verdict. */
export const isMember = (/** @type {{state: string}} */ { state }) =>
  state === "active" || state === "suspected" || state === "frozen";

/** Whether somebody else runs the cluster: it is looked at, and nothing is known of its keys but how many there are. */
export const isExternal = (/** @type {State} */ { cluster }) => cluster.kind === "external";

/**
 * The keys that the placement gives a node. Those of all nodes add up to the key set at every version, also while keys
 * wait to be stored, for the first time or again.
 * @param {Node} node
 */
export const predicted = ({ keys }) => keys;

/**
 * Of these, the keys that its server has: without those that wait to be stored.
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

/** What a node is called in lists: its state, or that it freezes again and again, or is slow. */
export function nodeWord(/** @type {Pick<Node, "state" | "pulse">} */ { state, pulse }) {
  if (!pulse || state !== "active") return stateWord(state);
  return pulseWords(pulse);
}

/** How a row of a node looks: hatched where it does not answer or is not on the ring, struck through where it is down. */
export const rowLook = (/** @type {Node | null} */ node) =>
  node?.state === "active" && !node.pulse
    ? null
    : node && (isMember(node) || node.state === "joining")
      ? "odd"
      : "dead";
