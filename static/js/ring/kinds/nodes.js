/** Events about one node. The server declares them too: ringviz/events/nodes.py. */

import { count } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { pulsedWords } from "../pulse.js";
import { withNode, withoutNode } from "../state.js";
import { CROSS, DOWN, EQUALS, MINUS, PLUS, UP } from "./glyphs.js";

/** @import { Payload } from "../types.js" */
/** @import { Kind } from "./kind.js" */

/**
 * Words of a node's event; `sign` comes before the label.
 * @param {(payload: Payload) => string} text
 */
const says =
  (text, sign = "") =>
  (/** @type {Payload} */ payload) => {
    const name = payload.node?.name ?? payload.name ?? "";
    const values = { node: name, weight: payload.node?.weight ?? 0 };
    return { label: sign + name, text: interpolate(text(payload), values) };
  };

/** @type {(planned: boolean, tokens: number) => string} */
function taken(planned, tokens) {
  const text = planned
    ? ngettext(
        "It would take a part of the arc before its %(n)s token.",
        "It would take a part of the arcs before its %(n)s tokens.",
        tokens,
      )
    : ngettext(
        "It took a part of the arc before its %(n)s token.",
        "It took a part of the arcs before its %(n)s tokens.",
        tokens,
      );
  return interpolate(text, { n: count(tokens) });
}

/** @param {Payload} payload */
function killed({ cause }) {
  if (cause === "exit") return _("%(node)s died");
  return cause === "silent" ? _("%(node)s stopped responding and was fenced") : _("%(node)s killed");
}

/** @param {Payload} payload */
function restarted({ cause }) {
  if (cause === "exit") return _("%(node)s died and was restarted with its keys");
  if (cause === "silent") return _("%(node)s stopped answering and was restarted with its keys");
  return cause ? _("%(node)s killed and restarted with its keys") : _("%(node)s restarted");
}

/** @param {Payload} payload */
function pulsed({ node, before }) {
  const name = node?.name ?? "";
  return { label: name, text: pulsedWords(name, node?.pulse, before) };
}

/** @type {Record<string, Kind>} */
export const nodeKinds = {
  node_added: {
    fold: withNode,
    words: says(() => _("%(node)s added"), "+"),
    shows: "change",
    glyph: PLUS,
    happened: () => _("%(node)s joined"),
    planned: () => _("Plan: add %(node)s"),
    ofNode: true,
    arcs: taken,
    alone: true,
  },
  node_killed: {
    fold: withNode,
    words: says(killed),
    shows: "change",
    glyph: CROSS,
    happened: ({ cause }) =>
      cause === "silent" ? _("%(node)s stopped responding and was fenced") : _("%(node)s is down"),
    planned: () => _("If %(node)s died"),
    ofNode: true,
    alone: true,
    kills: true,
  },
  node_revived: {
    fold: withNode,
    words: says(() => _("%(node)s revived")),
    shows: "change",
    glyph: UP,
    happened: () => _("%(node)s is back"),
    planned: () => _("Plan: revive %(node)s"),
    ofNode: true,
    arcs: taken,
    alone: true,
  },
  node_drained: {
    fold: withNode,
    words: says(() => _("%(node)s drained")),
    shows: "change",
    glyph: DOWN,
    happened: () => _("%(node)s is drained"),
    planned: () => _("Plan: drain %(node)s"),
    ofNode: true,
    alone: true,
  },
  node_removed: {
    fold: withoutNode,
    words: says(() => _("%(node)s removed"), "\u2212"),
    shows: "change",
    glyph: MINUS,
    happened: () => _("%(node)s is removed"),
    planned: () => _("Plan: remove %(node)s"),
    ofNode: true,
    alone: true,
  },
  node_reweighted: {
    fold: withNode,
    words: says(() => _("%(node)s has weight %(weight)s")),
    shows: "change",
    glyph: EQUALS,
    happened: () => _("%(node)s has weight %(weight)s"),
    planned: () => _("Plan: weight %(weight)s for %(node)s"),
    ofNode: true,
    arcs: (planned) => (planned ? _("Only arcs at its tokens would change.") : _("Only arcs at its tokens changed.")),
  },
  node_edited: {
    fold: withNode,
    words: says(() => _("address or zone of %(node)s changed")),
    shows: "nothing",
    ofNode: true,
  },
  node_suspected: {
    fold: withNode,
    words: says(() => _("%(node)s does not answer")),
    shows: "nothing",
    ofNode: true,
  },
  node_cleared: {
    fold: withNode,
    words: says(() => _("%(node)s answers again")),
    shows: "nothing",
    ofNode: true,
  },
  node_frozen: {
    fold: withNode,
    words: says(() => _("%(node)s frozen")),
    shows: "change",
    happened: () => _("%(node)s is frozen"),
    planned: () => _("Plan: freeze %(node)s"),
    sentence: (planned) =>
      planned
        ? _("Its server would stop answering. Unless somebody thaws it before the verdict, it is killed.")
        : _("Its server has stopped answering. Unless somebody thaws it before the verdict, it is killed."),
    ofNode: true,
  },
  node_thawed: {
    fold: withNode,
    words: says(() => _("%(node)s thawed")),
    shows: "nothing",
    planned: () => _("Plan: thaw %(node)s"),
    sentence: () => _("Its server continues where it stopped, with its keys."),
    ofNode: true,
  },
  node_pulsed: {
    fold: withNode,
    words: pulsed,
    shows: "nothing",
    planned: () => _("Plan: short freezes of %(node)s"),
    sentence: () => _("Its server stops for a moment, repeatedly, until it is thawed. It keeps its keys."),
    ofNode: true,
  },
  node_restarted: {
    fold: withNode,
    words: says(restarted),
    shows: "nothing",
    planned: () => _("Plan: restart %(node)s"),
    sentence: () => _("Its server stops and restarts from its directory, with its keys."),
    ofNode: true,
  },
  node_failed_over: {
    fold: withNode,
    words: says(() => _("the replica of %(node)s took over")),
    shows: "change",
    happened: () => _("%(node)s died, and its replica took over"),
    planned: () => _("If %(node)s died"),
    sentence: (planned) =>
      planned
        ? _("Its replica would take over, tokens and keys. Writes that it had not confirmed may be lost.")
        : _("Its replica has its tokens and keys. Writes that it had not confirmed may be lost."),
    ofNode: true,
  },
};
