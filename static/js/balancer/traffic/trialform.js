/** The form of an A/B run, which the address can fill in. */

import { byId, h } from "../../lib/dom.js";
import { exact } from "../../lib/format.js";
import { clearErrors } from "../../lib/forms.js";
import { _, interpolate } from "../../lib/i18n.js";
import { toldAtField } from "./fields.js";
import { drivable, optionsOf, spelled, titleOf } from "./policies.js";

/** @import { Context } from "./main.js" */

const USUAL = { seconds: "5", rounds: "6" };
const STREAM = /** @type {const} */ (["rate", "skew", "seed"]);

/**
 * Reads a run from an address: policies that can drive, and numbers as typed. Pure.
 *
 * @typedef {{policy: string, trial: string, trial_options: string, seconds: string, rounds: string}} Values of the form
 * @param {string} search
 * @param {string} now the current policy
 * @returns {{values: Values, stream: Record<string, string>}} stream: rate, skew and seed if it links to a run
 */
export function readTrialLink(search, now) {
  const query = new URLSearchParams(search);
  const known = drivable();
  const has = query.has("trial");
  const policy = has && known.includes(query.get("policy") ?? "") ? (query.get("policy") ?? now) : now;
  const named = query.get("trial") ?? "";
  const other = known.includes(named) ? named : (known.find((name) => name !== policy) ?? policy);
  const values = {
    policy,
    trial: other,
    trial_options: query.get("trial_options") ?? "",
    seconds: query.get("seconds") ?? USUAL.seconds,
    rounds: query.get("rounds") ?? USUAL.rounds,
  };
  const stream = STREAM.filter((name) => has && Number.isFinite(Number.parseFloat(query.get(name) ?? "")));
  return { values, stream: Object.fromEntries(stream.map((name) => [name, query.get(name) ?? ""])) };
}

/**
 * @param {Context} context
 * @param {string} search
 */
export function wireTrialForm({ store, deeds }, search) {
  const form = /** @type {HTMLFormElement} */ (byId("trial-form"));
  const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  for (const name of ["policy", "trial"]) {
    field(name).append(...drivable().map((one) => h("option", { value: one }, titleOf(one))));
  }
  const asked = store.page.head.balancer.traffic;
  const { values, stream } = readTrialLink(search, asked.policy);
  for (const [name, value] of Object.entries(values)) field(name).value = value;
  writeStream(stream);
  const showOptions = () => {
    const options = optionsOf(field("trial").value);
    byId("trial-options-label").hidden = !options.length;
    field("trial_options").placeholder = spelled(Object.fromEntries(options.map((one) => [one.name, one.default])));
  };
  showOptions();
  field("trial").addEventListener("change", () => {
    field("trial_options").value = "";
    showOptions();
  });
  let chosen = Object.keys(stream).length > 0;
  field("policy").addEventListener("change", () => {
    chosen = true;
  });
  store.onState(({ balancer: { traffic } }, past) => {
    form.hidden = past || Boolean(traffic.trial);
    if (!chosen) field("policy").value = traffic.policy;
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearErrors(form);
    const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    const done = await deeds.set({ on: 1, ...stream, ...fields }, (error) => toldAtField(form, error));
    if (!done) return;
    for (const name of STREAM) delete stream[name];
    writeStream(stream);
    chosen = false;
  });
}

/** @param {Record<string, string>} stream the stream in the link */
function writeStream(stream) {
  const line = byId("trial-stream");
  line.hidden = !STREAM.every((name) => name in stream);
  if (line.hidden) return;
  const text = _("Uses the stream in the link: %(rate)s requests a second, key skew %(skew)s, seed %(seed)s.");
  line.textContent = interpolate(text, { ...stream, rate: exact(Number(stream.rate)) });
}
