/** Events and plans in words: the label of the strip, a line of a list, a title with its sentence. Pure. */

import { count } from "../lib/format.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { subjectOf } from "./change.js";
import { isMember } from "./members.js";

/** @import { Change, Cluster, Payload } from "./types.js" */

/**
 * What a cluster's new settings say, the most telling difference first.
 * @param {Cluster} cluster
 * @param {Record<string, any>} before
 */
export function settingWords(cluster, before) {
  const { strategy, vnodes, copies } = cluster;
  if (before.strategy !== strategy) return strategy === "modulo" ? _("modulo") : _("hash ring");
  if (before.vnodes !== vnodes) {
    return interpolate(ngettext("%(n)s token per node", "%(n)s tokens per node", vnodes), { n: count(vnodes) });
  }
  return interpolate(ngettext("%(n)s copy of each key", "%(n)s copies of each key", copies), { n: copies });
}

/**
 * An event as the strip's short label and as a line of a list; the server says the same of older events.
 * @param {string} kind
 * @param {Payload} payload
 * @returns {{label: string, text: string}}
 */
export function eventWords(kind, payload) {
  const words = kindWords(kind, payload);
  return payload.undoes ? { ...words, text: interpolate(_("%(what)s (undone)"), { what: words.text }) } : words;
}

/**
 * @param {string} kind
 * @param {Payload} payload
 */
function kindWords(kind, payload) {
  const values = { node: payload.node?.name ?? payload.name ?? "", weight: payload.node?.weight ?? 0 };
  const same = (/** @type {string} */ text) => ({ label: text, text });
  const both = (/** @type {string} */ label, /** @type {string} */ text) => ({
    label,
    text: interpolate(text, values),
  });
  switch (kind) {
    case "cluster_created": {
      const nodes = payload.nodes?.length ?? 0;
      return same(interpolate(ngettext("%(n)s node", "%(n)s nodes", nodes), { n: count(nodes) }));
    }
    case "external_seen": {
      const nodes = payload.nodes?.length ?? 0;
      const text = ngettext("the cluster changed: %(n)s node", "the cluster changed: %(n)s nodes", nodes);
      return { label: _("changed"), text: interpolate(text, { n: count(nodes) }) };
    }
    case "node_added":
      return both(`+${values.node}`, _("%(node)s added"));
    case "node_killed":
      return both(values.node, deathWords(payload.cause));
    case "node_revived":
      return both(values.node, _("%(node)s revived"));
    case "node_drained":
      return both(values.node, _("%(node)s drained"));
    case "node_removed":
      return both(`\u2212${values.node}`, _("%(node)s removed"));
    case "node_reweighted":
      return both(values.node, _("%(node)s has weight %(weight)s"));
    case "node_edited":
      return both(values.node, _("address or zone of %(node)s changed"));
    case "node_suspected":
      return both(values.node, _("%(node)s does not answer"));
    case "node_cleared":
      return both(values.node, _("%(node)s answers again"));
    case "node_frozen":
      return both(values.node, _("%(node)s frozen"));
    case "node_thawed":
      return both(values.node, _("%(node)s thawed"));
    case "node_restarted":
      return both(values.node, _("%(node)s restarted"));
    case "node_failed_over":
      return both(values.node, _("the replica of %(node)s took over"));
    case "work_asked":
    case "work_cancelling":
    case "work_ended":
      return askedWords(kind, payload);
    case "workload_set":
      return loadWords(payload.workload);
    case "cluster_formed":
      return { label: _("formed"), text: _("the servers form the cluster") };
    case "keys_refilled":
      return same(
        interpolate(ngettext("%(n)s key stored", "%(n)s keys stored", payload.keys), { n: count(payload.keys) }),
      );
    case "keys_lost":
      return same(interpolate(ngettext("%(n)s key lost", "%(n)s keys lost", payload.keys), { n: count(payload.keys) }));
    case "cluster_reconfigured":
      return same(payload.cluster ? settingWords(payload.cluster, payload.before ?? {}) : kind);
    case "keys_imported": {
      const keys = payload.keys?.count ?? 0;
      return same(interpolate(ngettext("%(n)s key", "%(n)s keys", keys), { n: count(keys) }));
    }
    default:
      return same(kind);
  }
}

/** @param {string} [cause] why a server ended, where nobody asked for it */
function deathWords(cause) {
  if (cause === "exit") return _("%(node)s died");
  return cause === "silent" ? _("%(node)s stayed silent and was killed") : _("%(node)s killed");
}

/**
 * What an intent is for: "kill cache-4".
 * @param {string} action
 * @param {string} name
 */
export function workWords(action, name) {
  const words = new Map([
    ["form", _("start the servers")],
    ["add", _("add %(node)s")],
    ["kill", _("kill %(node)s")],
    ["freeze", _("freeze %(node)s")],
    ["thaw", _("thaw %(node)s")],
    ["restart", _("restart %(node)s")],
    ["drain", _("drain %(node)s")],
    ["remove", _("remove %(node)s")],
    ["revive", _("revive %(node)s")],
    ["reweight", _("another weight for %(node)s")],
    ["configure", _("other settings")],
    ["keys", _("other keys")],
  ]);
  return interpolate(words.get(action) ?? action, { node: name });
}

/**
 * What was asked, that it is being given up, or that it came to nothing and why.
 * @param {string} kind
 * @param {Payload} payload
 */
function askedWords(kind, { asked, outcome, why = "" }) {
  const { action = "", name = "" } = asked ?? {};
  const what = workWords(action, name);
  const failed = why ? _("failed: %(what)s (%(why)s)") : _("failed: %(what)s");
  const ended = outcome === "cancelled" ? _("cancelled: %(what)s") : failed;
  const text =
    kind === "work_asked" ? _("asked: %(what)s") : kind === "work_cancelling" ? _("being cancelled: %(what)s") : ended;
  return { label: name || what, text: interpolate(text, { what, why }) };
}

/** @param {Payload["workload"]} workload */
function loadWords(workload) {
  if (!workload?.on) return { label: _("no workload"), text: _("workload off") };
  const { rate } = workload;
  const text = ngettext("workload: %(n)s operation a second", "workload: %(n)s operations a second", rate);
  return { label: _("workload"), text: interpolate(text, { n: count(rate) }) };
}

/**
 * @param {Change} change
 * @param {string} node its short name
 * @returns {string}
 */
export function changeTitle({ kind, payload, planned }, node) {
  const values = { node, weight: payload.node?.weight ?? 0, what: settings(payload) };
  return interpolate(
    (planned ? plannedTitle(kind) : happenedTitle(kind, payload.cause)) ?? eventWords(kind, payload).text,
    values,
  );
}

/** @param {Payload} payload */
const settings = ({ cluster, before }) => (cluster ? settingWords(cluster, before ?? {}) : "");

/**
 * @param {string} kind
 * @param {string} [cause]
 */
function happenedTitle(kind, cause) {
  switch (kind) {
    case "node_added":
      return _("%(node)s joined");
    case "node_killed":
      return cause === "silent" ? _("%(node)s stayed silent and was killed") : _("%(node)s is down");
    case "node_failed_over":
      return _("%(node)s died, and its replica took over");
    case "node_frozen":
      return _("%(node)s is frozen");
    case "node_revived":
      return _("%(node)s is back");
    case "node_drained":
      return _("%(node)s is drained");
    case "node_removed":
      return _("%(node)s is removed");
    case "node_reweighted":
      return _("%(node)s has weight %(weight)s");
    case "cluster_reconfigured":
      return _("Now: %(what)s");
    default:
      return null;
  }
}

/** @param {string} kind */
function plannedTitle(kind) {
  switch (kind) {
    case "node_added":
      return _("Plan: add %(node)s");
    case "node_killed":
    case "node_failed_over":
      return _("If %(node)s died");
    case "node_frozen":
      return _("Plan: freeze %(node)s");
    case "node_thawed":
      return _("Plan: thaw %(node)s");
    case "node_restarted":
      return _("Plan: restart %(node)s");
    case "node_revived":
      return _("Plan: revive %(node)s");
    case "node_drained":
      return _("Plan: drain %(node)s");
    case "node_removed":
      return _("Plan: remove %(node)s");
    case "node_reweighted":
      return _("Plan: weight %(weight)s for %(node)s");
    case "cluster_reconfigured":
      return _("Plan: %(what)s");
    default:
      return null;
  }
}

/**
 * The sentence under the title: where the keys went, or would go.
 * @param {Change} change
 * @param {boolean} [brief] without the remark on the rest of the ring
 */
export function changeSentence(change, brief = false) {
  const { movement, planned, before, after, kind, payload } = change;
  const yet = planned ? `${_("Nothing has happened yet.")} ` : "";
  const served = servedSentence(kind, planned);
  if (served) return yet + served;
  if (payload.loss && after.cluster.strategy === "ring") return yet + lossSentence(change);
  if (kind === "cluster_reconfigured" && before.cluster.copies !== after.cluster.copies && !movement?.moved) {
    return yet + _("No key changes owner: copies follow the owner clockwise.");
  }
  if (before.cluster.strategy !== after.cluster.strategy) return yet + switchSentence(after.cluster.strategy, planned);
  if (after.cluster.strategy === "modulo") return yet + moduloSentence(movement?.needless ?? 0, planned);
  const { tokens } = subject(change);
  if (kind !== "cluster_reconfigured" && tokens === 0) {
    return yet + (planned ? _("It owns nothing, so nothing would move.") : _("It owned nothing, so nothing moved."));
  }
  const rest = planned || brief || !kind.startsWith("node_") || kind === "node_reweighted";
  return yet + ringSentence(kind, planned, tokens) + (rest ? "" : ` ${_("The rest of the ring did not change.")}`);
}

/**
 * What happens to a server while every bucket keeps its owner.
 * @type {(kind: string, planned: boolean) => string}
 */
function servedSentence(kind, planned) {
  switch (kind) {
    case "node_frozen":
      return planned
        ? _("Its server would stop and answer nobody. If nobody thaws it, it is killed within two seconds.")
        : _("Its server is stopped and answers nobody. If nobody thaws it, it is killed within two seconds.");
    case "node_thawed":
      return _("Its server goes on where it stood, with its keys.");
    case "node_restarted":
      return _("Its server ends and starts again from its directory, with its keys.");
    case "node_failed_over":
      return planned
        ? _("Its replica would take over, tokens and keys. Writes that it had not confirmed may be lost.")
        : _("Its replica has its tokens and keys. Writes that it had not confirmed may be lost.");
    default:
      return "";
  }
}

/**
 * Owners changed, and no key came along.
 * @param {Change} change
 */
function lossSentence({ payload, planned }) {
  const { keys } = payload.loss ?? { keys: 0 };
  const text = planned
    ? ngettext(
        "%(n)s key would be lost with its server, and stored again from the key set by its next owner.",
        "%(n)s keys would be lost with its server, and stored again from the key set by their next owners.",
        keys,
      )
    : ngettext(
        "%(n)s key was lost with its server. Its arcs have their next owners, who store it again from the key set.",
        "%(n)s keys were lost with its server. Its arcs have their next owners, who store them again from the key set.",
        keys,
      );
  return interpolate(text, { n: count(keys) });
}

/** @param {Change} change the node's tokens on the ring, on the side where it has some */
function subject(change) {
  const number = subjectOf(change)?.number;
  const sides = [change.before, change.after].map((state) => {
    const node = state.nodes.find((one) => one.number === number);
    return node && isMember(node) ? node.tokens : 0;
  });
  return { tokens: Math.max(...sides) };
}

/** @type {(strategy: string, planned: boolean) => string} */
function switchSentence(strategy, planned) {
  if (strategy === "ring") return _("Each key belongs to the next token clockwise from its hash.");
  return planned
    ? _("Each key would belong to the node that its hash, divided by the number of nodes, leaves over.")
    : _("Each key belongs to the node that its hash, divided by the number of nodes, leaves over.");
}

/** @type {(needless: number, planned: boolean) => string} */
function moduloSentence(needless, planned) {
  const text = planned
    ? ngettext(
        "%(n)s key would move between nodes that stay.",
        "%(n)s keys would move between nodes that stay.",
        needless,
      )
    : ngettext("%(n)s key moved between nodes that stayed.", "%(n)s keys moved between nodes that stayed.", needless);
  return interpolate(text, { n: count(needless) });
}

/** @type {(kind: string, planned: boolean, tokens: number) => string} */
function ringSentence(kind, planned, tokens) {
  const n = count(tokens);
  if (kind === "cluster_reconfigured") {
    return planned ? _("Every node would get new tokens.") : _("Every node got new tokens.");
  }
  if (kind === "node_reweighted") {
    return planned ? _("Only arcs at its tokens would change.") : _("Only arcs at its tokens changed.");
  }
  const takes = kind === "node_added" || kind === "node_revived";
  const text = planned
    ? takes
      ? ngettext(
          "It would take a part of the arc before its %(n)s token.",
          "It would take a part of the arcs before its %(n)s tokens.",
          tokens,
        )
      : ngettext(
          "Its %(n)s arc would go to the next token clockwise.",
          "Each of its %(n)s arcs would go to the next token clockwise.",
          tokens,
        )
    : takes
      ? ngettext(
          "It took a part of the arc before its %(n)s token.",
          "It took a part of the arcs before its %(n)s tokens.",
          tokens,
        )
      : ngettext(
          "Its %(n)s arc went to the next token clockwise.",
          "Each of its %(n)s arcs went to the next token clockwise.",
          tokens,
        );
  return interpolate(text, { n });
}

/**
 * One sentence with the number, for those who listen.
 * @param {Change} change
 * @param {string} node its short name
 */
export function changeAloud(change, node) {
  const { movement, planned, payload } = change;
  const title = changeTitle(change, node);
  if (!movement) return `${title}.`;
  if (payload.loss) {
    const lost = { title, lost: count(payload.loss.keys), keys: count(movement.keys) };
    return planned
      ? interpolate(_("%(title)s: %(lost)s of %(keys)s keys would be lost."), lost)
      : interpolate(_("%(title)s: %(lost)s of %(keys)s keys are lost."), lost);
  }
  const values = { title, moved: count(movement.moved), keys: count(movement.keys) };
  return planned
    ? interpolate(_("%(title)s: %(moved)s of %(keys)s keys would change owner."), values)
    : interpolate(_("%(title)s: %(moved)s of %(keys)s keys changed owner."), values);
}
