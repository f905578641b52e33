/** Warns about the limits of a strategy where somebody is about to rely on them. Pure. */

import { _, interpolate } from "../lib/i18n.js";
import { activeNodes, subjectOf } from "./change.js";
import { abilitiesOf, labelOf, titleOf } from "./strategies.js";
import { ring } from "./subject.js";

/** @import { Change, Cluster, State } from "./types.js" */

/**
 * Warns that later nodes get new numbers when this one leaves or comes back. Empty for the last node, and for strategies
 * that do not number nodes.
 * @param {State} state
 * @param {number} number of the node
 */
export function renumberWords(state, number) {
  const { cluster } = state;
  const behind = activeNodes(state).some((node) => node.number > number);
  if (!abilitiesOf(cluster).last_only || !behind) return "";
  const text = _(
    "%(strategy)s numbers the nodes. When any node but the last leaves, the nodes after it get new numbers, and their keys move too.",
  );
  return interpolate(text, { strategy: titleOf(cluster) });
}

/**
 * The same for the node that a change takes off the ring or puts back.
 * @param {Change} change
 */
export function renumberNote(change) {
  const node = subjectOf(change);
  const counted = (/** @type {State} */ state) => activeNodes(state).some(({ number }) => number === node?.number);
  if (!node || !ring.kind(change.kind).ofNode || counted(change.before) === counted(change.after)) return "";
  return renumberWords(change.after, node.number);
}

/**
 * Warns if the strategy ignores weights; otherwise empty.
 * @param {Cluster} cluster
 */
export function weightWords(cluster) {
  if (abilitiesOf(cluster).weights) return "";
  const text = _("With %(strategy)s, weights are ignored, except 0: such a node gets no keys.");
  return interpolate(text, { strategy: labelOf(cluster) });
}
