/** The legend of the picture's colours and shapes. */

import { count } from "../lib/format.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { rangesOf } from "./change.js";
import { byId, h } from "./dom.js";
import { facesOf } from "./faces.js";
import { isMember } from "./members.js";
import { abilitiesOf } from "./strategies.js";
import { drawnChange } from "./underway.js";

/** @import { Store } from "./store.js" */
/** @import { Page } from "./types.js" */

/** @typedef {[look: string, words: string]} Line */

const MOST_ZONES = 8;

/** @param {Store} store */
export const wireLegend = (store) => store.on(["view", "plan", "underWay", "pins", "colour"], legend);

/** @param {Readonly<Page>} page */
function legend(page) {
  const change = drawnChange(page);
  const { crowded, zones } = facesOf(page);
  const { state } = page.view;
  const changed = Boolean(rangesOf(change?.movement ?? null)?.length);
  /** @type {Line[]} */
  const lines = [];
  if (changed) {
    lines.push(change?.planned ? ["plan", _("Owner after the change")] : ["", _("Owner now")]);
    lines.push(["same", _("Not changed")], ["was", change?.planned ? _("Owner now") : _("Owner before")]);
  } else if (crowded) {
    const others = interpolate(_("%(n)s other nodes"), { n: count(state.nodes.length - page.pins.length) });
    lines.push(
      ["pin", _("Pinned node")],
      ...(zones.length > 0 ? zoneLines(zones) : [/** @type {Line} */ (["same", others])]),
    );
  } else if (abilitiesOf(state.cluster).ranges && state.nodes.length > 0) lines.push(["", _("Owner now")]);
  if (state.nodes.some((node) => isMember(node) && node.state !== "active")) lines.push(["odd", _("Does not answer")]);
  if (state.keys.count > 0) lines.push(["bars", _("Keys round the ring")]);
  byId("legend").replaceChildren(
    ...lines.map(([look, words]) => h("div", {}, h("i", { class: look }), h("span", {}, words))),
  );
  byId("legend").classList.toggle("zones", zones.length > 0 && !changed);
}

/**
 * The zones by name, as many as fit.
 * @param {import("./faces.js").Faces["zones"]} zones
 * @returns {Line[]}
 */
function zoneLines(zones) {
  const more = zones.length - MOST_ZONES;
  /** @type {Line[]} */
  const shown = zones.slice(0, MOST_ZONES).map(({ name, look }) => [`zone hue-${look.hue + 1} ${look.pattern}`, name]);
  return more > 0
    ? [...shown, ["", interpolate(ngettext("%(n)s more zone", "%(n)s more zones", more), { n: count(more) })]]
    : shown;
}
