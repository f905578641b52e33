/** Shown when there are fewer active nodes than requested copies: how many copies exist, and what to do. */

import { count } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";
import { activeNodes } from "./change.js";
import { settingFields } from "./configure.js";
import { button, h } from "./dom.js";

/** @import { Faces } from "./faces.js" */
/** @import { Change } from "./types.js" */
/** @import { Parts } from "./more.js" */

/**
 * @param {Change} change
 * @param {Faces} faces
 * @param {Parts} parts
 * @returns {(HTMLElement | string)[]}
 */
export function copiesPanel({ after }, faces, { acting, openAdd }) {
  const asked = after.cluster.copies;
  const active = activeNodes(after);
  const have = active.length;
  const keys = after.keys.count;
  const words = (/** @type {number} */ n) =>
    n === asked ? _("as requested") : n === 0 ? _("lost") : n === 1 ? _("at risk") : _("short");
  const rows = Array.from({ length: asked + 1 }, (_unused, i) => asked - i).map((n) =>
    h(
      "tr",
      {},
      h("td", {}, h("b", {}, n)),
      h("td", { class: "sub" }, words(n)),
      h("td", { class: "num" }, n === have && keys > 0 ? h("b", {}, count(keys)) : "0"),
    ),
  );
  const names = active.map(({ number }) => faces.of(number).label).join(", ");
  const holds = interpolate(_("Each of these holds all %(keys)s keys: %(nodes)s."), {
    keys: count(keys),
    nodes: names,
  });
  const last =
    have === 1
      ? _("If it dies, all keys are lost.")
      : interpolate(_("If one more dies, nothing is lost. If all %(n)s die, all is."), { n: have });
  return [
    h(
      "div",
      { class: "hrow" },
      h("h2", {}, _("Copies")),
      h("span", { class: "sub" }, interpolate(_("%(n)s requested"), { n: asked })),
    ),
    h(
      "table",
      { class: "nodes" },
      h(
        "thead",
        {},
        h("tr", {}, ...[_("Copies that exist"), "", _("Keys")].map((text) => h("th", { scope: "col" }, text))),
      ),
      h("tbody", {}, ...rows),
    ),
    h("p", { class: "txt" }, `${holds} ${last}`),
    acting.powers.operate ? buttons(acting, openAdd, after.cluster, have) : "",
  ];
}

/**
 * @param {import("./acting.js").Acting} acting
 * @param {() => void} openAdd
 * @param {import("./types.js").Cluster} cluster
 * @param {number} have
 */
function buttons(acting, openAdd, cluster, have) {
  const fewer = () => void acting.intend(settingFields(cluster, { copies: have }));
  return h(
    "div",
    { class: "selrow inset" },
    button(_("Add node"), openAdd),
    button(interpolate(_("Ask for %(n)s"), { n: have }), fewer),
  );
}
