/** When a requested freeze gets its verdict: from the time of the freeze and the cluster's setting. Pure. */

import { _, interpolate } from "../lib/i18n.js";

/** @import { Cluster, Node } from "./types.js" */

/**
 * When the verdict is due, in ms since 1970 by the server's clock; null if freezes have no delay.
 * @param {Cluster} cluster
 * @param {Pick<Node, "state" | "since">} node
 */
export const verdictAt = ({ verdict_delay_ms: delay = 0 }, { state, since }) =>
  state === "frozen" && delay > 0 ? Date.parse(since) + delay : null;

/**
 * @param {number} at the due time
 * @param {number} now by the server's clock
 */
export function verdictWords(at, now) {
  const left = Math.ceil((at - now) / 1000);
  return left > 0 ? interpolate(_("verdict in %(s)s s"), { s: left }) : _("verdict due");
}
