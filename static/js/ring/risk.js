/** Says, before anybody clicks, what would be lost if a node of a managed cluster died. Pure. */

import { count } from "../lib/format.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { isMember, storedOf } from "./members.js";

/** @import { State } from "./types.js" */

/**
 * @param {State} state
 * @param {number} [number] of the node; any node if left out
 */
export function riskWords({ cluster, nodes }, number) {
  const node = nodes.find((one) => one.number === number);
  if (cluster.replicas) {
    return node
      ? interpolate(_("%(node)s: its replica takes over; writes that it had not confirmed may be lost."), {
          node: node.name,
        })
      : _("Its replica takes over; writes that it had not confirmed may be lost.");
  }
  if (!node || !isMember(node)) return _("Its keys are lost, then stored again.");
  const keys = storedOf(node);
  const text = ngettext("%(node)s: %(n)s key would be lost.", "%(node)s: %(n)s keys would be lost.", keys);
  return interpolate(text, { node: node.name, n: count(keys) });
}
