/** Strategy, tokens per node and copies: what is, and what is planned; a change is an action or a plan. */

import { count } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";
import { shortage } from "./caption.js";
import { byId, h } from "./dom.js";

/** @import { Acting } from "./acting.js" */
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
  const range = /** @type {HTMLInputElement} */ (byId("vnodes"));
  const out = byId("vnodes-out");
  const strategy = byId("strategy");
  const copies = byId("copies");
  let steps = STEPS;
  let timer = 0;

  const ask = (/** @type {Partial<Cluster>} */ wanted) => {
    const { strategy: now, vnodes, copies: many } = settingsOf(store.page);
    const next = { strategy: now, vnodes, copies: many, ...wanted };
    const fields = { strategy: next.strategy, vnodes: String(next.vnodes), copies: String(next.copies) };
    void acting.intend({ action: "configure", ...fields }).finally(() => show(store.page));
  };
  range.addEventListener("input", () => {
    out.textContent = count(steps[Number(range.value)]);
  });
  // Arrow keys change a step at a time: what is meant is where they stop.
  range.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(() => ask({ vnodes: steps[Number(range.value)] }), REST_MS);
  });
  for (const group of [strategy, copies]) {
    group.addEventListener("click", (event) => {
      const { target } = event;
      if (!(target instanceof HTMLButtonElement) || target.ariaPressed === "true") return;
      ask(
        group === copies
          ? { copies: Number(target.value) }
          : { strategy: target.value === "modulo" ? "modulo" : "ring" },
      );
    });
  }

  const show = (/** @type {Readonly<Page>} */ page) => {
    const { strategy: now, vnodes, copies: many } = settingsOf(page);
    const { ask: may, why } = acting.powers;
    steps = withOwn(STEPS, vnodes);
    range.max = String(steps.length - 1);
    range.value = String(steps.indexOf(vnodes));
    range.disabled = !may || now !== "ring";
    range.setAttribute("aria-valuetext", count(vnodes));
    out.textContent = count(vnodes);
    byId("vnodes-scale").replaceChildren(...steps.map((step) => h("span", {}, count(step))));
    fill(copies, withOwn(COPIES, many));
    for (const one of [...strategy.children, ...copies.children]) {
      const button = /** @type {HTMLButtonElement} */ (one);
      button.ariaPressed = String(button.value === now || button.value === String(many));
      button.disabled = !may;
      button.title = why;
    }
    showShortage(page);
    byId("keys-count").textContent = count(page.view.state.keys.count);
    byId("keys-label").textContent = page.view.state.keys.label;
  };
  store.on(["view", "plan", "link"], show);

  const add = /** @type {HTMLButtonElement} */ (byId("add-open"));
  add.addEventListener("click", openAdd);
  store.on(["view", "link", "plan"], ({ plan }) => {
    add.disabled = !acting.powers.ask || plan !== null;
    add.title = acting.powers.why;
  });
}

/**
 * What the controls stand at: the plan where there is one, else what is.
 * @param {Readonly<Page>} page
 */
const settingsOf = ({ plan, view }) => (plan?.after ?? view.state).cluster;

/** @type {(steps: number[], own: number) => number[]} */
const withOwn = (steps, own) => (steps.includes(own) ? steps : [...steps, own].sort((a, b) => a - b));

/**
 * Buttons of numbers, made anew only when the numbers are others, so that the focus stays.
 * @param {HTMLElement} group
 * @param {number[]} numbers
 */
function fill(group, numbers) {
  if ([...group.children].map((one) => one.textContent).join() === numbers.join()) return;
  group.replaceChildren(...numbers.map((n) => h("button", { type: "button", value: n }, n)));
}

/** @param {Readonly<Page>} page */
function showShortage({ plan, view }) {
  const short = shortage(plan?.after ?? view.state);
  const note = byId("copies-note");
  note.hidden = !short;
  if (short) note.textContent = interpolate(_("%(have)s of %(asked)s: not enough active nodes"), short);
}
