/** The tour of the Ring page: a few steps shown next to the page while people use it. It blocks nothing. */

import { _, interpolate } from "../../lib/i18n.js";
import { needSheet } from "../../lib/sheets.js";
import { button, byId, h, narrow } from "../dom.js";
import { noteShown } from "./first.js";
import { wirePointing } from "./pointing.js";
import { stepsFor } from "./steps.js";

/** @import { Store } from "../store.js" */
/** @import { Page } from "../types.js" */
/** @import { Step } from "./steps.js" */

/** @typedef {Readonly<Page>} Shown */

/**
 * @param {Store} store
 * @param {(text: string) => void} say through the screen reader
 * @returns {Promise<(asked: boolean) => void>} shows it from its first step; asked: a person started it, so
 *   it takes the focus
 */
export async function wireTour(store, say) {
  const panel = byId("tour");
  await needSheet(panel.dataset.sheet ?? "");
  const parts = build(panel);
  const pointing = wirePointing(panel);
  /** @type {Step[]} */
  let steps = [];
  let at = 0;
  let done = false;
  let from = store.page;
  let planned = 0;

  const draw = () => {
    const step = steps[at];
    const { page } = store;
    const touch = narrow();
    done ||= step.done?.(page, from) ?? false;
    panel.dataset.step = step.name;
    panel.dataset.done = String(done);
    write(parts.title, step.title(page, touch));
    write(parts.text, (done && step.after?.(page)) || step.text(page, touch));
    write(parts.count, interpolate(_("Step %(n)s of %(all)s"), { n: at + 1, all: steps.length }));
    write(parts.next, at + 1 < steps.length ? _("Next") : _("Done"));
    parts.back.hidden = at === 0;
    parts.skip.hidden = at + 1 === steps.length;
    pointing.show(step);
  };
  const soon = () => {
    if (panel.hidden || planned) return;
    planned = requestAnimationFrame(() => {
      planned = 0;
      if (!panel.hidden) draw();
    });
  };
  /** @param {number} to @param {boolean} led a person asked to go there: opens the step's panel */
  const go = (to, led) => {
    at = to;
    const { tab } = steps[at];
    if (led) store.set({ screen: "ring", ...(tab ? { tab } : {}) });
    from = store.page;
    done = false;
    draw();
    pointing.reach(steps[at]);
    soon();
    const [count, title, text] = [parts.count, parts.title, parts.text].map((one) => one.textContent);
    say(`${count}: ${title}. ${text}`);
  };
  const close = () => {
    const inside = panel.contains(document.activeElement);
    panel.hidden = true;
    pointing.hide();
    if (inside) byId("ring").focus({ preventScroll: true });
  };
  const next = () => (at + 1 < steps.length ? go(at + 1, true) : close());

  parts.next.addEventListener("click", next);
  parts.skip.addEventListener("click", close);
  parts.back.addEventListener("click", () => {
    go(at - 1, true);
    if (parts.back.hidden) parts.next.focus();
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    close();
  });
  store.on(["view", "head", "plan", "tab", "screen", "lookup", "key", "pins", "drawn", "mayOperate", "link"], soon);
  addEventListener("resize", soon);
  document.addEventListener("scroll", soon, { capture: true, passive: true });
  const sizes = new ResizeObserver(soon);
  for (const one of [panel, byId("ring"), byId("nodes"), byId("walk")]) sizes.observe(one);

  return (asked) => {
    const found = stepsFor(store.page);
    if (found.length === 0 || (!noteShown() && !asked)) return;
    steps = found;
    panel.hidden = false;
    go(0, asked);
    if (asked) parts.next.focus();
  };
}

/** @param {HTMLElement} panel */
function build(panel) {
  const count = h("p", { class: "sub" });
  const title = h("h2", {});
  const text = h("p", {});
  const skip = button(_("Skip the tour"), () => {}, { class: "tour-skip" });
  const back = button(_("Back"), () => {});
  const next = button(_("Next"), () => {}, { class: "btn pri" });
  panel.replaceChildren(count, title, text, h("div", { class: "tour-acts" }, skip, back, next));
  return { count, title, text, skip, back, next };
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
