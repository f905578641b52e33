/** The policies to choose from, with what each reached on this stream and which one drives. A radio group. */

import { button, byId, h, keepFocus } from "../../lib/dom.js";
import { clearErrors } from "../../lib/forms.js";
import { _, interpolate } from "../../lib/i18n.js";
import { toldAtField } from "./fields.js";
import { logWidth } from "./geometry.js";
import { msWords } from "./headline.js";
import { drivable, isShown, numberOf, optionsOf, ruleOf, spelled, titleOf } from "./policies.js";

/** @import { Context } from "./main.js" */
/** @import { OnFrame, Page, Reached, Traffic } from "./types.js" */

/** @typedef {{name: string, ms: number | null, same: boolean, chosen: boolean, driving: boolean}} Cell */

/**
 * What each policy reached. If it drove with several options, the newest result.
 * @param {Traffic} traffic
 * @param {OnFrame | null} frame
 * @param {boolean} more whether all of them are listed
 * @returns {Cell[]}
 */
export function cellsOf(traffic, frame, more) {
  /** @type {Map<string, Reached>} */
  const reached = new Map((frame?.policies ?? []).map((one) => [one.policy, one]));
  const names = drivable().filter((name) => more || isShown(name) || name === traffic.policy || reached.has(name));
  return names.map((name) => {
    const driving = frame?.policy === name;
    const found = reached.get(name);
    const ms = driving ? (found?.p99_ms ?? frame?.total.p99_ms ?? null) : (found?.p99_ms ?? null);
    return { name, ms, same: driving || (found?.same ?? true), chosen: name === traffic.policy, driving };
  });
}

/** @param {Context} context */
export function wireChooser(context) {
  const { store, deeds, mayOperate } = context;
  const group = byId("policies");
  const choose = (/** @type {string} */ name) => {
    if (name !== store.page.head.balancer.traffic.policy) void deeds.set({ policy: name });
  };
  let made = "";
  const write = (/** @type {Readonly<Page>} */ page) => {
    const { traffic } = page.view.balancer;
    if (!traffic.on) return;
    const past = page.view !== page.head;
    const cells = cellsOf(traffic, past ? null : page.frame, page.more);
    const key = JSON.stringify([cells.map(({ name, chosen }) => [name, chosen]), page.more, past]);
    if (key !== made) {
      made = key;
      keepFocus(group, () => group.replaceChildren(...cells.map((cell) => radio(cell, past || !mayOperate, choose))));
      const rest = drivable().filter((name) => !cells.some((cell) => cell.name === name));
      writeMore(rest, page.more);
    }
    const most = Math.max(...cells.map(({ ms }) => ms ?? 0));
    for (const cell of cells) fill(group, cell, most, past);
  };
  store.on(["view", "head", "frame", "more"], write);
  byId("more").addEventListener("click", () => store.set({ more: !store.page.more }));
  group.addEventListener("keydown", (event) => rove(group, event));
  wireOptions(context);
}

/**
 * @param {Cell} cell
 * @param {boolean} fixed choosing is disabled
 * @param {(name: string) => void} choose
 */
function radio({ name, chosen }, fixed, choose) {
  const attributes = {
    type: "button",
    role: "radio",
    "aria-checked": String(chosen),
    "aria-disabled": fixed ? "true" : null,
    tabindex: chosen ? 0 : -1,
    title: ruleOf(name),
    "data-key": name,
    onclick: () => fixed || choose(name),
  };
  return h(
    "button",
    attributes,
    h("b", {}, titleOf(name)),
    h("span", { class: "v" }, h("span", { class: "ms" }), h("span", { class: "tag real" }, _("Real"))),
    h("i", { class: "b" }),
  );
}

/**
 * @param {HTMLElement} group
 * @param {Cell} cell
 * @param {number} most
 * @param {boolean} past
 */
function fill(group, { name, ms, same }, most, past) {
  const cell = group.querySelector(`[data-key="${CSS.escape(name)}"]`);
  const value = cell?.querySelector(".ms");
  if (!cell || !value) return;
  const words = past ? "" : ms === null ? _("not tried yet") : interpolate(_("%(n)s ms"), { n: msWords(ms) });
  if (value.textContent !== words) value.textContent = words;
  cell.classList.toggle("tried", ms !== null);
  cell.classList.toggle("other", ms !== null && !same);
  const note = ms !== null && !same ? ` ${_("Measured when the nodes were in a different condition.")}` : "";
  cell.setAttribute("title", ruleOf(name) + note);
  /** @type {HTMLElement} */ (cell.querySelector(".b")).style.width = `${ms === null ? 0 : 100 * logWidth(ms, most)}%`;
}

/**
 * @param {string[]} rest policies that are not listed
 * @param {boolean} open
 */
function writeMore(rest, open) {
  const more = byId("more");
  more.ariaExpanded = String(open);
  more.hidden = !open && rest.length === 0;
  /** @type {Element} */ (more.firstElementChild).textContent = open ? _("Fewer") : _("More");
  /** @type {Element} */ (more.lastElementChild).textContent = rest.map(titleOf).join(", ");
}

/**
 * Arrow keys move the focus. Choosing takes the space bar or Enter, because it changes real requests.
 * @param {HTMLElement} group
 * @param {KeyboardEvent} event
 */
function rove(group, event) {
  const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  const radios = [...group.querySelectorAll("button")];
  const at = radios.indexOf(/** @type {any} */ (document.activeElement));
  if (!by || at < 0) return;
  event.preventDefault();
  event.stopPropagation();
  radios[(at + by + radios.length) % radios.length].focus();
}

/**
 * The options of the current policy.
 * @param {Context} context
 */
function wireOptions({ store, deeds, mayOperate }) {
  const form = /** @type {HTMLFormElement} */ (byId("options"));
  let made = "";
  store.onState(({ balancer: { traffic } }, past) => {
    const options = optionsOf(traffic.policy);
    form.hidden = options.length === 0;
    const key = JSON.stringify([traffic.policy, traffic.options, past]);
    if (key === made) return;
    made = key;
    const fields = options.map((option) => {
      const attributes = { class: "text", name: option.name, inputmode: "decimal", maxlength: 20, autocomplete: "off" };
      const value = String(numberOf(traffic, option));
      return h(
        "label",
        { title: option.bounds },
        option.label,
        h("input", { ...attributes, value, readonly: past || !mayOperate }),
      );
    });
    const apply = mayOperate && !past ? [button(_("Apply"), () => {}, { type: "submit" })] : [];
    form.replaceChildren(...fields, ...apply, h("p", { class: "err", role: "alert", hidden: true }));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearErrors(form);
    const { policy } = store.page.head.balancer.traffic;
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
    void deeds.set({ policy, options: spelled(values) }, (error) => toldAtField(form, error));
  });
}
