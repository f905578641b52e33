/** The lines under the top bar of what waits for the server: one for each request, with what can be done about it. */

import { _, interpolate } from "../lib/i18n.js";
import { button, byId, h } from "./dom.js";
import { Asking } from "./asking.js";

/** @import { Line } from "./asking.js" */
/** @import { State } from "./types.js" */
/** @import { Store } from "./store.js" */

/**
 * @param {Store} store
 * @returns {Asking}
 */
export function wireAsking(store) {
  const host = byId("waiting");
  let shown = "";
  const show = (/** @type {Line[]} */ lines) => {
    const key = JSON.stringify(lines.map(({ text, buttons }) => [text, ...buttons.map(({ words }) => words)]));
    if (key === shown) return; // the buttons that are there do the same
    shown = key;
    host.replaceChildren(
      ...lines.map(({ text, buttons }) =>
        h(
          "div",
          { class: "strip" },
          h("span", {}, text),
          h("span", { class: "sp" }),
          ...buttons.map(({ words, action }) => button(words, action)),
        ),
      ),
    );
  };
  const asking = new Asking({
    show,
    later: (callback, ms) => setTimeout(callback, ms),
    cancel: (timer) => clearTimeout(timer),
  });
  store.on(["link"], ({ link }) => asking.listen(link.state !== "lost"));
  return asking;
}

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
 * What was asked for, as the subject of a sentence: "Kill cache-2".
 * @param {Record<string, string>} fields
 * @param {State} state
 */
export function deedWords(fields, { nodes }) {
  const name = nodes.find(({ number }) => String(number) === fields.node)?.name ?? fields.name ?? "";
  return interpolate(DEEDS[fields.action]?.() ?? _("The change"), { node: name });
}

/** @type {(what: string) => string} */
export const planWords = (what) => interpolate(_("The plan for “%(what)s”"), { what });
