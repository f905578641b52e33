/** Changes and plans in words: a title with its sentence, and one sentence for screen readers. Pure. */

import { count } from "../lib/format.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { subjectOf } from "./change.js";
import { isWhatIf, settingWords } from "./kinds/clusters.js";
import { isMember } from "./members.js";
import { abilitiesOf, ruleOf, sameOptions } from "./strategies.js";
import { eventWords, ring } from "./subject.js";

/** @import { Change } from "./types.js" */

/**
 * @param {Change} change
 * @param {string} node its short name
 * @returns {string}
 */
export function changeTitle({ kind, payload, planned }, node) {
  const { cluster, before } = payload;
  const what = cluster ? settingWords(cluster, before ?? {}) : "";
  const declared = ring.kind(kind);
  const title = (planned ? declared.planned?.() : declared.happened?.(payload)) ?? eventWords(kind, payload).text;
  return interpolate(title, { node, weight: payload.node?.weight ?? 0, what });
}

/**
 * The sentence under the title: where the keys went or would go.
 * @param {Change} change
 * @param {boolean} [brief] without the remark on the rest of the ring
 */
export function changeSentence(change, brief = false) {
  const { movement, planned, after, kind, payload } = change;
  const yet = planned ? `${_("Nothing has happened yet.")} ` : "";
  const { sentence, arcs, alone, resets } = ring.kind(kind);
  if (sentence) return yet + sentence(planned);
  if (payload.loss) return yet + lossSentence(change);
  const settings = resets ? settingsSentence(change) : "";
  if (settings) return yet + settings;
  if (!abilitiesOf(after.cluster).ranges) return yet + needlessSentence(movement?.needless ?? 0, planned);
  const { tokens } = subject(change);
  if (!resets && tokens === 0) {
    return yet + (planned ? _("It owns no keys, so nothing would move.") : _("It owned no keys, so nothing moved."));
  }
  const rest = alone && !planned && !brief ? ` ${_("The rest of the ring did not change.")}` : "";
  return yet + (arcs ?? given)(planned, tokens) + rest;
}

/**
 * What new settings mean; empty if the event's declaration says it.
 * @param {Change} change
 */
function settingsSentence({ before: { cluster: was }, after: { cluster: now }, movement, planned }) {
  const { tokens, ranges } = abilitiesOf(now);
  if (was.strategy !== now.strategy) {
    return planned ? interpolate(_("After the change: %(rule)s"), { rule: ruleOf(now) }) : ruleOf(now);
  }
  if (isWhatIf(now, was)) return _("No servers or keys change. The page shows where copies would go.");
  if (was.copies !== now.copies && !movement?.moved) {
    return tokens
      ? _("No key changes owner: copies follow the owner clockwise.")
      : _("No key changes owner: copies are on the nodes that follow in its list.");
  }
  if (!sameOptions(was.options, now.options)) {
    return planned ? _("Every key would be placed again.") : _("Every key was placed again.");
  }
  if (ranges || movement?.moved) return "";
  return planned ? _("No key would change owner.") : _("No key changed owner.");
}

/**
 * For changes of owner without keys.
 * @param {Change} change
 */
function lossSentence({ after, payload, planned }) {
  const { keys } = payload.loss ?? { keys: 0 };
  if (!abilitiesOf(after.cluster).ranges) return scatteredLoss(keys, planned);
  const text = planned
    ? ngettext(
        "%(n)s key would be lost with its server, and stored again from the key set by its next owner.",
        "%(n)s keys would be lost with its server, and stored again from the key set by their next owners.",
        keys,
      )
    : ngettext(
        "%(n)s key was lost with its server. The next nodes now own its arcs and are reloading the key.",
        "%(n)s keys were lost with its server. The next nodes now own its arcs and are reloading the keys.",
        keys,
      );
  return interpolate(text, { n: count(keys) });
}

/** @param {Change} change returns the node's tokens on the ring, before or after, where it has any */
function subject(change) {
  const number = subjectOf(change)?.number;
  const sides = [change.before, change.after].map((state) => {
    const node = state.nodes.find((one) => one.number === number);
    return node && isMember(node) ? node.tokens : 0;
  });
  return { tokens: Math.max(...sides) };
}

/** @type {(keys: number, planned: boolean) => string} for strategies without arcs */
function scatteredLoss(keys, planned) {
  const text = planned
    ? ngettext(
        "%(n)s key would be lost. Its next owner would store it again from the key set.",
        "%(n)s keys would be lost. Their next owners would store them again from the key set.",
        keys,
      )
    : ngettext(
        "%(n)s key was lost. Its next owner stores it again from the key set.",
        "%(n)s keys were lost. Their next owners store them again from the key set.",
        keys,
      );
  return interpolate(text, { n: count(keys) });
}

/** @type {(needless: number, planned: boolean) => string} */
function needlessSentence(needless, planned) {
  if (needless === 0) {
    return planned ? _("No key would move between nodes that stay.") : _("No key moved between nodes that stayed.");
  }
  const text = planned
    ? ngettext(
        "%(n)s key would move between nodes that stay.",
        "%(n)s keys would move between nodes that stay.",
        needless,
      )
    : ngettext("%(n)s key moved between nodes that stayed.", "%(n)s keys moved between nodes that stayed.", needless);
  return interpolate(text, { n: count(needless) });
}

/** @type {(planned: boolean, tokens: number) => string} where the arcs of a node that left the ring go */
function given(planned, tokens) {
  const text = planned
    ? ngettext(
        "Its %(n)s arc would go to the next token clockwise.",
        "Each of its %(n)s arcs would go to the next token clockwise.",
        tokens,
      )
    : ngettext(
        "Its %(n)s arc went to the next token clockwise.",
        "Each of its %(n)s arcs went to the next token clockwise.",
        tokens,
      );
  return interpolate(text, { n: count(tokens) });
}

/**
 * One sentence with the number, for screen readers.
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
