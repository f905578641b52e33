/** Requested actions in words. */

import { _, interpolate } from "../lib/i18n.js";

/** @import { State } from "./types.js" */

/** @type {Record<string, () => string>} */
const DEEDS = {
  kill: () => _("Kill %(node)s"),
  revive: () => _("Revive %(node)s"),
  freeze: () => _("Freeze %(node)s"),
  thaw: () => _("Thaw %(node)s"),
  restart: () => _("Restart %(node)s"),
  drain: () => _("Drain %(node)s"),
  remove: () => _("Remove %(node)s"),
  reweight: () => _("The new weight of %(node)s"),
  add: () => _("Add %(node)s"),
  undo: () => _("Undo"),
  cancel: () => _("Cancel"),
  workload: () => _("The new workload"),
  keys: () => _("The new keys"),
  verdict_delay: () => _("The new setting"),
  configure: () => _("The new setting"),
};

/**
 * The action as the subject of a sentence: "Kill cache-2".
 * @param {Record<string, string>} fields
 * @param {State} state
 */
export function deedWords(fields, { nodes }) {
  const name = nodes.find(({ number }) => String(number) === fields.node)?.name ?? fields.name ?? "";
  return interpolate(DEEDS[fields.action]?.() ?? _("The change"), { node: name });
}

/** @type {(what: string) => string} */
export const planWords = (what) => interpolate(_("The plan for “%(what)s”"), { what });
