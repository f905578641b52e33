/** The small picture of a rung: who was inside when, pauses, and the outcome of each write. Marks are computed separately. */

/** @import { Excerpt } from "./types.js" */

export const WIDTH = 640;
const NAME = 22;
const LANE = 13;
const BAR = 9;
const STRIP = 6;

/**
 * @typedef {{tag: "rect" | "path" | "line" | "text", attributes: Record<string, string | number>, text?: string}} Mark
 */

/**
 * The marks in drawing order. Pure.
 * @param {Excerpt} excerpt
 * @returns {{height: number, marks: Mark[]}}
 */
export function marksOf({ ms, lanes, two }) {
  const x = (/** @type {number} */ at) => round(NAME + (at / ms) * (WIDTH - NAME));
  const height = lanes.length * LANE + STRIP + 6;
  /** @type {Mark[]} */
  const marks = [];
  const bar = (
    /** @type {string} */ kind,
    /** @type {number} */ y,
    /** @type {number} */ from,
    /** @type {number} */ to,
  ) =>
    marks.push({
      tag: "rect",
      attributes: { class: kind, x: x(from), y, width: round(Math.max(x(to) - x(from), 1.5)), height: BAR },
    });
  lanes.forEach((lane, i) => {
    const y = i * LANE + 2;
    const middle = y + BAR / 2;
    marks.push({ tag: "text", attributes: { class: "p-name", x: 0, y: y + BAR }, text: `w${lane.worker}` });
    marks.push({ tag: "line", attributes: { class: "p-base", x1: NAME, x2: WIDTH, y1: middle, y2: middle } });
    for (const [from, to, met] of lane.inside) bar(met ? "p-met" : "p-in", y, from, to);
    for (const [from, to] of lane.paused) {
      bar("p-back", y, from, to);
      bar("p-paused", y, from, to);
    }
    for (const [at, outcome] of lane.writes) {
      const mark = outcome === "taken" ? null : outcome === "stale" ? diamond(x(at), middle) : cross(x(at), middle);
      if (mark) marks.push(mark);
    }
  });
  const y = lanes.length * LANE + 4;
  for (const [from, to] of two) {
    const width = round(Math.max(x(to) - x(from), 1.5));
    marks.push({ tag: "rect", attributes: { class: "p-two", x: x(from), y, width, height: STRIP } });
  }
  return { height, marks };
}

const round = (/** @type {number} */ n) => Math.round(n * 10) / 10;

/** @param {number} x @param {number} y @returns {Mark} */
const diamond = (x, y) => ({ tag: "path", attributes: { class: "p-stale", d: `M${x} ${y - 6}l6 6l-6 6l-6 -6z` } });

/** @param {number} x @param {number} y @returns {Mark} */
const cross = (x, y) => ({
  tag: "path",
  attributes: { class: "p-refused", d: `M${x - 5} ${y - 5}l10 10m0 -10l-10 10` },
});

/** @param {Excerpt} excerpt @returns {SVGSVGElement} */
export function drawn(excerpt) {
  const { height, marks } = marksOf(excerpt);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${height}`);
  svg.setAttribute("aria-hidden", "true");
  for (const { tag, attributes, text } of marks) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
    if (text) element.textContent = text;
    svg.append(element);
  }
  return svg;
}

const SVG = "http://www.w3.org/2000/svg";
