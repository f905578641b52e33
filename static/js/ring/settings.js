/** Strategy, parameters, tokens per node and copies: shows the current or planned values, and applies or plans changes. */

import { count } from "../lib/format.js";
import { clearErrors } from "../lib/forms.js";
import { _, interpolate } from "../lib/i18n.js";
import { shortage } from "./caption.js";
import { settingFields } from "./configure.js";
import { byId, h } from "./dom.js";
import { wireOptions } from "./options.js";
import { abilitiesOf, labelOf, notesOf } from "./strategies.js";

/** @import { HttpError } from "../lib/http.js" */
/** @import { Acting } from "./acting.js" */
/** @import { Wanted } from "./configure.js" */
/** @import { Cluster, Page } from "./types.js" */
/** @import { Store } from "./store.js" */

const STEPS = [1, 4, 16, 64, 150, 200];
const COPIES = [1, 2, 3];
const REST_MS = 350;

/**
 * @param {Store} store
 * @param {Acting} acting
 * @param {() => void} openAdd
 */
export function wireSettings(store, acting, openAdd) {
  const form = /** @type {HTMLFormElement} */ (byId("settings"));
  const strategy = /** @type {HTMLSelectElement} */ (byId("strategy"));
  const copies = byId("copies");

  const ask = (/** @type {Wanted} */ wanted) => {
    clearErrors(form);
    const fields = settingFields(settingsOf(store.page), wanted);
    void acting.intend(fields, (error) => toldBeside(form, error)).finally(() => show(store.page));
  };
  const showTokens = wireTokens((vnodes) => ask({ vnodes }));
  const showOptions = wireOptions(byId("options"), (options) => ask({ options }));
  strategy.addEventListener("change", () => ask({ strategy: strategy.value }));
  copies.addEventListener("click", ({ target }) => {
    if (target instanceof HTMLButtonElement && target.ariaPressed !== "true") ask({ copies: Number(target.value) });
  });

  const show = (/** @type {Readonly<Page>} */ page) => {
    const cluster = settingsOf(page);
    const { ask: may, why } = acting.powers;
    strategy.value = cluster.strategy;
    strategy.disabled = !may;
    strategy.title = why;
    byId("strategy-notes").replaceChildren(...notesOf(cluster).map((note) => h("li", {}, note)));
    showOptions(cluster, may, why);
    showTokens(cluster, may);
    showCopies(copies, page, may, why);
    byId("keys-count").textContent = count(page.view.state.keys.count);
    byId("keys-label").textContent = page.view.state.keys.label;
  };
  store.on(["view", "plan", "link", "mayOperate"], show);

  wireVerdictDelay(store, acting, form);
  const add = /** @type {HTMLButtonElement} */ (byId("add-open"));
  add.addEventListener("click", openAdd);
  store.on(["view", "link", "mayOperate", "plan"], ({ plan }) => {
    add.disabled = !acting.powers.ask || plan !== null;
    add.title = acting.powers.why;
  });
}

/**
 * The delay of the verdict on a requested freeze; for managed clusters only. It moves no keys, so there is nothing to plan.
 * @param {Store} store
 * @param {Acting} acting
 * @param {HTMLFormElement} form
 */
function wireVerdictDelay(store, acting, form) {
  const input = /** @type {HTMLInputElement | null} */ (document.getElementById("verdict-delay"));
  if (!input) return;
  const show = () => {
    input.value = String((store.page.view.state.cluster.verdict_delay_ms ?? 0) / 1000);
    input.disabled = !acting.powers.operate;
    input.title = acting.powers.why;
  };
  input.addEventListener("change", () => {
    clearErrors(form);
    input.removeAttribute("aria-invalid");
    const fields = { action: "verdict_delay", verdict_delay_ms: String(Math.round(Number(input.value) * 1000)) };
    void acting.reported(acting.act(fields), fields, (error) => toldBeside(form, error)).then(show);
  });
  store.on(["view", "link"], show);
}

/**
 * The values that the controls show: those of the plan, if any, otherwise the current ones.
 * @param {Readonly<Page>} page
 */
const settingsOf = ({ plan, view }) => (plan?.after ?? view.state).cluster;

/**
 * Shows the server's error next to its setting. Returns whether the error names one of these settings.
 * @param {HTMLFormElement} form
 * @param {HttpError} error
 */
function toldBeside(form, { message, data }) {
  const lines = /** @type {HTMLElement[]} */ ([...form.querySelectorAll(".err")]);
  const line = lines.find(({ dataset }) => dataset.for === data.field);
  if (!line) return false;
  line.textContent = message;
  line.hidden = false;
  line.parentElement?.querySelector("input, select")?.setAttribute("aria-invalid", "true");
  return true;
}

/**
 * @param {(vnodes: number) => void} ask
 * @returns {(cluster: Cluster, may: boolean) => void} shows the current value
 */
function wireTokens(ask) {
  const range = /** @type {HTMLInputElement} */ (byId("vnodes"));
  const out = byId("vnodes-out");
  let steps = STEPS;
  let timer = 0;
  range.addEventListener("input", () => {
    out.textContent = count(steps[Number(range.value)]);
  });
  // Arrow keys go one step at a time. Only the value at which they stop is meant.
  range.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(() => ask(steps[Number(range.value)]), REST_MS);
  });
  return (cluster, may) => {
    const { vnodes } = cluster;
    const { tokens } = abilitiesOf(cluster);
    steps = withOwn(STEPS, vnodes);
    range.max = String(steps.length - 1);
    range.value = String(steps.indexOf(vnodes));
    range.disabled = !may || !tokens;
    range.setAttribute("aria-valuetext", count(vnodes));
    out.textContent = count(vnodes);
    byId("vnodes-scale").replaceChildren(...steps.map((step) => h("span", {}, count(step))));
    const why = interpolate(_("With %(strategy)s, nodes have no tokens."), { strategy: labelOf(cluster) });
    note("vnodes-note", tokens ? "" : why);
  };
}

/** @type {(steps: number[], own: number) => number[]} */
const withOwn = (steps, own) => (steps.includes(own) ? steps : [...steps, own].sort((a, b) => a - b));

/**
 * @param {HTMLElement} group
 * @param {Readonly<Page>} page
 * @param {boolean} may
 * @param {string} why why not
 */
function showCopies(group, page, may, why) {
  const cluster = settingsOf(page);
  const { lists } = abilitiesOf(cluster);
  fill(group, withOwn(COPIES, cluster.copies));
  for (const one of group.children) {
    const button = /** @type {HTMLButtonElement} */ (one);
    button.ariaPressed = String(button.value === String(cluster.copies));
    button.disabled = !may || !lists;
    button.title = why;
  }
  const short = shortage(page.plan?.after ?? page.view.state);
  const none = interpolate(_("With %(strategy)s, keys have no copies."), { strategy: labelOf(cluster) });
  const missing = short ? interpolate(_("%(have)s of %(asked)s: not enough active nodes"), short) : "";
  note("copies-note", lists ? missing : none);
  byId("copies-note").className = lists ? "wn" : "sub";
}

/**
 * Number buttons, rebuilt only if the numbers changed, so that the focus stays.
 * @param {HTMLElement} group
 * @param {number[]} numbers
 */
function fill(group, numbers) {
  if ([...group.children].map((one) => one.textContent).join() === numbers.join()) return;
  group.replaceChildren(...numbers.map((n) => h("button", { type: "button", value: n }, n)));
}

/** @type {(id: string, text: string) => void} */
function note(id, text) {
  const line = byId(id);
  line.textContent = text;
  line.hidden = text === "";
}
