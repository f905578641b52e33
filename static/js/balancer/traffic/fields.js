/** Rate, skew and seed of running requests. Typed values stay until they are applied or refused. */

import { byId } from "../../lib/dom.js";
import { exact } from "../../lib/format.js";
import { clearErrors, showError } from "../../lib/forms.js";
import { first } from "./policies.js";

/** @import { HttpError } from "../../lib/http.js" */
/** @import { Context } from "./main.js" */
/** @import { Traffic } from "./types.js" */

const NAMES = /** @type {const} */ (["rate", "skew", "seed"]);
/** The skew at which one key of many gets most of the requests: of 10,000 keys, the first gets 83 %. */
const HOT = 3;

/** @param {Context} context */
export function wireFields({ store, deeds, mayOperate }) {
  const form = /** @type {HTMLFormElement} */ (byId("settings"));
  const input = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  const apply = document.getElementById("apply");
  const typed = () => NAMES.filter((name) => read(input(name)) !== shown(store.page.view.balancer.traffic, name));
  const tell = () => apply?.toggleAttribute("hidden", typed().length === 0);
  /** @type {Traffic | null} */
  let written = null;
  store.onState(({ balancer: { traffic } }, past) => {
    form.hidden = !traffic.on;
    for (const button of form.querySelectorAll("button")) button.disabled = past;
    for (const name of NAMES) {
      const field = input(name);
      field.readOnly = past || !mayOperate;
      if (!written || written[name] !== traffic[name]) field.value = shown(traffic, name);
    }
    written = traffic;
    tell();
    writeHot(traffic);
  });
  if (!mayOperate) return;
  let calm = store.page.view.balancer.traffic.skew;
  form.addEventListener("input", tell);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors(form);
    const fields = Object.fromEntries(typed().map((name) => [name, input(name).value]));
    void deeds.set(fields, (error) => toldAtField(form, error));
  });
  byId("hot").addEventListener("click", () => {
    const { skew } = store.page.head.balancer.traffic;
    if (skew < HOT) calm = skew;
    void deeds.set({ skew: skew < HOT ? HOT : calm < HOT ? calm : first().skew });
  });
  byId("stop").addEventListener("click", () => void deeds.set({ on: 0 }));
}

/** @param {Traffic} traffic */
function writeHot({ skew }) {
  document.getElementById("hot")?.setAttribute("aria-pressed", String(skew >= HOT));
}

/** @type {(traffic: Traffic, name: "rate" | "skew" | "seed") => string} in a form that the server can read */
const shown = (traffic, name) => (name === "seed" ? String(traffic.seed) : exact(traffic[name]));

/** @param {HTMLInputElement} field */
const read = ({ value }) => value.trim();

/**
 * Shows a refusal at its field, if the form has that field. The input stays.
 * @param {HTMLFormElement} form
 * @param {HttpError} error
 * @returns {boolean}
 */
export function toldAtField(form, { message, data }) {
  if (typeof data.field !== "string" || !form.elements.namedItem(data.field)) return false;
  showError(form, message, data.field);
  return true;
}
