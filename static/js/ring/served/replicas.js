/** The replica of each node of a managed cluster, and how far it is behind its primary: a line of text, live. */

import { count } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { isMember } from "../members.js";
import { fresh } from "./fresh.js";

/** @import { Node, Page, StoredReplica } from "../types.js" */

/**
 * @param {Readonly<Page>} page
 * @param {Node | undefined} node
 * @param {number} now ms of this machine
 */
export function replicaLine(page, node, now) {
  if (!node || !isMember(node)) return "\u2013";
  const frame = fresh(page, "stored", now);
  const one = frame?.nodes?.[node.number];
  if (!one) return _("replica unknown");
  if (!one.replica) return _("no replica yet");
  const { address = "" } = one.replica;
  return interpolate(_("replica %(address)s: %(state)s"), { address, state: stateWords(one.replica) });
}

/** @param {StoredReplica} replica */
function stateWords(replica) {
  const lag = lagWords(replica);
  if (!replica.up) return [_("does not answer"), ...lag].join(", ");
  switch (replica.state) {
    case "online":
      return [_("online"), ...lag].join(", ");
    case "copying":
      return _("copying everything from its primary");
    case "apart":
      return _("not connected to its primary");
    default:
      return _("lag unknown, its primary does not answer");
  }
}

/**
 * @param {StoredReplica} replica
 * @returns {string[]} nothing where it is not known
 */
function lagWords({ behind, silent_s: silentS }) {
  if (typeof behind !== "number" || typeof silentS !== "number") return [];
  const bytes = interpolate(ngettext("%(n)s byte behind", "%(n)s bytes behind", behind), { n: count(behind) });
  return [bytes, interpolate(_("heard %(n)s s ago"), { n: count(silentS) })];
}
