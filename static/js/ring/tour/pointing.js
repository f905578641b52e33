/** The frame around the tour's target, and the tour next to it, or as a sheet at the bottom of narrow screens. */

import { byId } from "../dom.js";
import { placeBeside } from "./place.js";

/** @import { Box } from "./place.js" */
/** @import { Step } from "./steps.js" */

/** As in ring.css: one panel is shown at a time and the time bar is fixed. */
const SHEET = "(max-width: 760px), (max-width: 1000px) and (max-height: 480px)";
const AROUND = 3;
/** What the steps ask people to look at: it stays in view if there is room. */
const CLEAR = ["#capt", "#capp", "#tools", "#core", "#panel-find", "#nodes", "#plan-acts", "#legend"];

/**
 * @param {HTMLElement} panel
 * @returns {{show: (step: Step) => void, reach: (step: Step) => void, hide: () => void}} show: points at a step's
 *   control, and is called again whenever something moved; reach: scrolls to it
 */
export function wirePointing(panel) {
  const mark = document.createElement("div");
  mark.className = "tour-mark";
  mark.hidden = true;
  panel.after(mark);
  /** @type {import("./place.js").Place | null} */
  let place = null;
  /** @type {Step | null} */
  let shown = null;
  const show = (/** @type {Step} */ step) => {
    const sheet = matchMedia(SHEET).matches;
    if (sheet) lift(panel);
    const whole = boxOf(step);
    const edge = panel.getBoundingClientRect().top;
    const under = whole && sheet && whole.top < edge;
    const box = under ? { ...whole, bottom: Math.min(whole.bottom, edge) } : whole;
    mark.hidden = !box;
    mark.classList.toggle("round", step.round === true);
    if (box) put(mark, { left: box.left, top: box.top, width: box.right - box.left, height: box.bottom - box.top });
    if (sheet) return;
    const size = { width: panel.offsetWidth, height: panel.offsetHeight };
    const clear = [...CLEAR.map(boxAt), circle()].filter((one) => one !== null);
    const target = box && step.with ? union([box, boxAt(step.with) ?? box]) : box;
    place = placeBeside(target, size, room(), clear, shown === step ? place : null);
    shown = step;
    panel.dataset.side = place.side;
    panel.style.setProperty("--arrow", `${place.arrow}px`);
    put(panel, place);
  };
  const hide = () => {
    mark.hidden = true;
    shown = null;
    document.body.style.removeProperty("--tour-room");
  };
  return { show, reach: (step) => reach(step, panel), hide };
}

/**
 * @param {HTMLElement} element
 * @param {Record<string, number | string>} at px
 */
function put(element, at) {
  for (const [name, px] of Object.entries(at)) {
    if (typeof px === "number" && name !== "arrow") element.style.setProperty(`--${name}`, `${Math.round(px)}px`);
  }
}

/**
 * The sheet sits on top of what is fixed to the bottom, and leaves room to scroll the page out from under it.
 * @param {HTMLElement} panel
 */
function lift(panel) {
  const plan = boxAt("#plan-acts");
  const bar = boxAt(".time");
  const under = innerHeight - Math.min(plan?.top ?? innerHeight, bar?.top ?? innerHeight);
  panel.style.setProperty("--under", `${Math.max(0, under)}px`);
  panel.dataset.side = "";
  document.body.style.setProperty("--tour-room", `${panel.offsetHeight}px`);
}

/**
 * @param {Step} step
 * @param {HTMLElement} panel
 */
function reach(step, panel) {
  const target = targetOf(step)[0];
  if (!target) return;
  if (!matchMedia(SHEET).matches) return target.scrollIntoView({ block: "nearest", behavior: "instant" });
  const box = boxOf(step);
  const [top, bottom] = [0, panel.getBoundingClientRect().top];
  if (!box || (box.top >= top && box.bottom <= bottom)) return;
  const whole = box.bottom - box.top <= bottom - top;
  const by = whole && box.bottom > bottom ? box.bottom - bottom + AROUND : box.top - top - AROUND;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  scrollBy({ top: by, behavior: calm ? "instant" : "smooth" });
}

/**
 * @param {Step} step
 * @returns {Element[]} its targets that are visible now; may be empty
 */
function targetOf({ at }) {
  for (const selector of at) {
    const found = [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
    if (found.length > 0) return found;
  }
  return [];
}

/**
 * @param {Step} step
 * @returns {Box | null}
 */
function boxOf(step) {
  if (step.round && targetOf(step).length > 0) return circle();
  const found = targetOf(step);
  if (found.length === 0) return null;
  const whole = union(
    found.map((one) => one.getBoundingClientRect()),
    AROUND,
  );
  return seenOf(whole, found[0]);
}

/**
 * The visible part of a box, without what is scrolled out of view.
 * @param {Box} box
 * @param {Element} element
 * @returns {Box | null}
 */
function seenOf(box, element) {
  let seen = box;
  for (let host = element.parentElement; host && host !== document.body; host = host.parentElement) {
    if (getComputedStyle(host).overflowY === "visible") continue;
    const { left, top, right, bottom } = host.getBoundingClientRect();
    seen = {
      left: Math.max(seen.left, left),
      top: Math.max(seen.top, top),
      right: Math.min(seen.right, right),
      bottom: Math.min(seen.bottom, bottom),
    };
  }
  return seen.right > seen.left && seen.bottom > seen.top ? seen : null;
}

/**
 * @param {Box[]} boxes at least one
 * @param {number} [around] px
 * @returns {Box}
 */
const union = (boxes, around = 0) => ({
  left: Math.min(...boxes.map(({ left }) => left)) - around,
  top: Math.min(...boxes.map(({ top }) => top)) - around,
  right: Math.max(...boxes.map(({ right }) => right)) + around,
  bottom: Math.max(...boxes.map(({ bottom }) => bottom)) + around,
});

/** Between the top bar and the time bar. @returns {Box} */
const room = () => ({
  left: 0,
  top: Math.max(0, boxAt(".top")?.bottom ?? 0),
  right: innerWidth,
  bottom: boxAt(".time")?.top ?? innerHeight,
});

/** @type {(selector: string) => Box | null} */
function boxAt(selector) {
  const element = document.querySelector(selector);
  return element?.checkVisibility() ? element.getBoundingClientRect() : null;
}

/** The square around the ring. @returns {Box | null} */
function circle() {
  const host = byId("ring");
  if (!host.checkVisibility()) return null;
  const { left, top, width, height } = host.getBoundingClientRect();
  const half = Math.min(width, height) / 2 - 2;
  const [x, y] = [left + width / 2, top + height / 2];
  return { left: x - half, top: y - half, right: x + half, bottom: y + half };
}
