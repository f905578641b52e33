/** Events about a cluster as a whole. The server declares them too: ringviz/events/clusters.py. */

import { count } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { slotMovement } from "../slots.js";
import { created, settled, withNodes, withSettings } from "../state.js";
import { named, optionWords, sameOptions } from "../strategies.js";
import { PLUS } from "./glyphs.js";
import { same } from "./kind.js";

/** @import { Cluster, Payload } from "../types.js" */
/** @import { Kind } from "./kind.js" */

/**
 * The most important change in a cluster's settings.
 * @param {Cluster} cluster
 * @param {Record<string, any>} before
 */
export function settingWords(cluster, before) {
  const { strategy, options, vnodes, copies } = cluster;
  if (before.strategy !== strategy) return named(cluster);
  if (!sameOptions(before.options, options)) return optionWords(cluster);
  if (before.vnodes !== vnodes) {
    return interpolate(ngettext("%(n)s token per node", "%(n)s tokens per node", vnodes), { n: count(vnodes) });
  }
  const text = isWhatIf(cluster, before)
    ? ngettext("what if each key had %(n)s copy", "what if each key had %(n)s copies", copies)
    : ngettext("%(n)s copy of each key", "%(n)s copies of each key", copies);
  return interpolate(text, { n: count(copies) });
}

/**
 * Whether new settings change no server and no key: copies, in a cluster whose servers do not store them.
 * @param {Cluster} cluster
 * @param {Record<string, any>} before
 */
export const isWhatIf = (cluster, before) => cluster.kind === "managed" && before.copies !== cluster.copies;

/** @param {Payload} payload */
const reconfigured = ({ cluster, before }) => same(cluster ? settingWords(cluster, before ?? {}) : "");

/** @param {Payload} payload */
function nodes({ nodes: all = [] }) {
  return same(interpolate(ngettext("%(n)s node", "%(n)s nodes", all.length), { n: count(all.length) }));
}

/** @param {Payload} payload */
function seen({ nodes: all = [] }) {
  const text = ngettext("the cluster changed: %(n)s node", "the cluster changed: %(n)s nodes", all.length);
  return { label: _("changed"), text: interpolate(text, { n: count(all.length) }) };
}

/** @param {Payload} payload */
function moved({ address, before }) {
  const text = _("its name now resolves to %(address)s instead of %(before)s");
  return { label: _("new address"), text: interpolate(text, { address: address ?? "", before }) };
}

/** @type {Record<string, Kind>} */
export const clusterKinds = {
  cluster_created: { fold: created, words: nodes, shows: "nothing", glyph: PLUS },
  cluster_formed: {
    fold: withNodes,
    words: () => ({ label: _("formed"), text: _("cluster formed") }),
    shows: "nothing",
  },
  cluster_reconfigured: {
    fold: withSettings,
    words: reconfigured,
    shows: "change",
    happened: ({ cluster, before }) =>
      cluster && isWhatIf(cluster, before ?? {}) ? _("Shown: %(what)s") : _("Now: %(what)s"),
    planned: () => _("Plan: %(what)s"),
    arcs: (planned) => (planned ? _("Every node would get new tokens.") : _("Every node got new tokens.")),
    resets: true,
  },
  // Events of external clusters give the new state; what moved follows from the two maps.
  external_seen: {
    fold: withNodes,
    words: seen,
    shows: "change",
    moves: (before, after) => slotMovement(before.nodes, after.nodes),
    bySlots: true,
  },
  external_moved: { fold: settled, words: moved, shows: "nothing" },
};
