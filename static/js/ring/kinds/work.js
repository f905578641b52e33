/** Events about requests to servers, and about clients. The server declares them too: ringviz/events/work.py. */

import { count } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { withoutWork, withVerdictDelay, withWork, withWorkCancelling, withWorkload } from "../state.js";
import { same } from "./kind.js";

/** @import { Payload } from "../types.js" */
/** @import { Kind } from "./kind.js" */

/**
 * What was requested: "kill cache-4".
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
    ["reweight", _("change the weight of %(node)s")],
    ["configure", _("change the settings")],
    ["keys", _("replace the keys")],
  ]);
  return interpolate(words.get(action) ?? action, { node: name });
}

/** @param {(payload: Payload) => string} text */
const says = (text) => (/** @type {Payload} */ payload) => {
  const { action = "", name = "" } = payload.asked ?? {};
  const what = workWords(action, name);
  return { label: name || what, text: interpolate(text(payload), { what, why: payload.why ?? "" }) };
};

/** @param {Payload} payload */
function ended({ outcome, why }) {
  if (outcome === "cancelled") return _("cancelled: %(what)s");
  return why ? _("failed: %(what)s (%(why)s)") : _("failed: %(what)s");
}

/** @param {Payload} payload */
function workload({ workload: settings }) {
  if (!settings?.on) return { label: _("no workload"), text: _("workload off") };
  const { rate } = settings;
  const text = ngettext("workload: %(n)s operation a second", "workload: %(n)s operations a second", rate);
  return { label: _("workload"), text: interpolate(text, { n: count(rate) }) };
}

/** @param {Payload} payload */
function verdictDelay({ delay_ms: delay = 0 }) {
  if (!delay) return same(_("no delay of verdicts on freezes"));
  return same(interpolate(_("verdict %(seconds)s s after a freeze"), { seconds: delay / 1000 }));
}

/** @type {Record<string, Kind>} */
export const workKinds = {
  work_asked: { fold: withWork, words: says(() => _("requested: %(what)s")), shows: "nothing" },
  work_cancelling: { fold: withWorkCancelling, words: says(() => _("cancelling: %(what)s")), shows: "nothing" },
  work_ended: { fold: withoutWork, words: says(ended), shows: "nothing" },
  verdict_delay_set: { fold: withVerdictDelay, words: verdictDelay, shows: "beside" },
  workload_set: { fold: withWorkload, words: workload, shows: "beside" },
};
