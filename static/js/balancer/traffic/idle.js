/** The view without requests: the nodes that could serve, and the form that starts requests. */

import { byId, h } from "../../lib/dom.js";
import { exact } from "../../lib/format.js";
import { clearErrors } from "../../lib/forms.js";
import { isMember, nodeWord } from "../../ring/members.js";
import { chipOf } from "./looks.js";
import { causeWords } from "./standing.js";
import { toldAtField } from "./fields.js";
import { drivable, titleOf } from "./policies.js";

/** @import { Context } from "./main.js" */
/** @import { Moment, Traffic } from "./types.js" */

/**
 * @param {Context} context
 * @param {Traffic} wanted the form's initial values
 */
export function wireIdle({ store, deeds, mayOperate }, wanted) {
  store.onState((view) => {
    byId("idle").hidden = view.balancer.traffic.on;
    if (!view.balancer.traffic.on) byId("ready").replaceChildren(...nodesOf(view));
  });
  if (mayOperate) wireStart(deeds, wanted);
  const starts = document.querySelectorAll("button");
  store.onState((_view, past) => {
    for (const button of starts) if (button.form?.id === "start") button.disabled = past;
  });
}

/** @param {Moment} moment */
const nodesOf = (moment) =>
  moment.state.nodes.map((node) =>
    h(
      "li",
      { class: isMember(node) ? null : "dead" },
      h("b", {}, chipOf(moment.state.nodes, node.number), h("bdi", {}, node.name)),
      h("span", {}, nodeWord(node)),
      h("span", { class: "sub" }, causeWords(node, moment.causes)),
    ),
  );

/**
 * @param {Context["deeds"]} deeds
 * @param {Traffic} wanted
 */
function wireStart(deeds, wanted) {
  const form = /** @type {HTMLFormElement} */ (byId("start"));
  const select = /** @type {HTMLSelectElement} */ (byId("start-policy"));
  select.append(...drivable().map((name) => h("option", { value: name }, titleOf(name))));
  const values = {
    policy: wanted.policy,
    rate: exact(wanted.rate),
    skew: exact(wanted.skew),
    seed: String(wanted.seed),
  };
  for (const [name, value] of Object.entries(values)) {
    /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value = value;
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors(form);
    const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    void deeds.set({ on: 1, ...fields }, (error) => toldAtField(form, error));
  });
}
