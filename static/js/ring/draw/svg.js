/** Creates SVG without markup: text is set as text, so a node's name is inert and the strict CSP holds. */

/** @import { Look } from "./types.js" */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {string | number | undefined} Value an attribute; undefined leaves it out
 */

/**
 * @param {string} name of the element
 * @param {Record<string, Value>} attributes
 * @param {(SVGElement | string)[]} children strings become text
 */
export function node(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(key, typeof value === "number" ? String(round(value)) : value);
  }
  made.append(...children);
  return made;
}

/** @param {number} n */
const round = (n) => Math.round(n * 100) / 100;

/**
 * Puts a new drawing into an SVG element and sets its size in px.
 * @param {SVGSVGElement} svg
 * @param {number} width
 * @param {number} height
 * @param {SVGElement[]} children
 */
export function render(svg, width, height, children) {
  svg.setAttribute("viewBox", `0 0 ${round(width)} ${round(height)}`);
  svg.replaceChildren(...children);
}

/**
 * A line of text. Colours are names of custom properties, so a change of the theme needs no redraw.
 * @param {string} words
 * @param {number} x
 * @param {number} y
 * @param {{size?: number, ink?: string, weight?: number, anchor?: "start" | "middle" | "end", mono?: boolean}} [style]
 */
export const text = (words, x, y, { size = 13, ink = "ink", weight, anchor, mono } = {}) =>
  node(
    "text",
    {
      x,
      y,
      fill: `var(--${ink})`,
      "font-size": size,
      "font-weight": weight,
      "font-family": mono ? "var(--mono)" : "var(--sans)",
      "text-anchor": anchor,
    },
    words,
  );

/**
 * A node's colour as an SVG paint; grey nodes share one.
 * @param {Look | undefined} look
 */
export const paint = (look) => (!look || look.pattern === "grey" ? "var(--line2)" : `var(--n${look.hue + 1})`);

/**
 * The pattern over a node's colour if its hue is shared, as a paint; null if the colour is plain.
 * @param {Look | undefined} look
 * @param {string} prefix as given to `overlays`
 */
export const overlay = (look, prefix) =>
  look?.pattern === "hatched" || look?.pattern === "dotted" ? `url(#${prefix}-${look.pattern})` : null;

/**
 * The patterns that `overlay` refers to; add them once per drawing.
 * @param {string} prefix unique in the page
 */
export function overlays(prefix) {
  const tile = (/** @type {string} */ kind, /** @type {SVGElement} */ mark) =>
    node("pattern", { id: `${prefix}-${kind}`, width: 6, height: 6, patternUnits: "userSpaceOnUse" }, mark);
  const lines = node("path", { d: "M-1 7L7 -1M-1 1L1 -1M5 7L7 5", stroke: "var(--panel)", "stroke-width": 2 });
  const dots = node("circle", { cx: 3, cy: 3, r: 1.3, fill: "var(--panel)" });
  return node("defs", {}, tile("hatched", lines), tile("dotted", dots));
}

/**
 * A name cut to a width, with an ellipsis; the full name is in the table. Widths are estimated, because the font's letters
 * have nearly the same width.
 * @param {string} name
 * @param {number} width px
 * @param {number} [size] px
 */
export function cut(name, width, size = 13) {
  const most = Math.max(2, Math.floor(width / (size * 0.56)));
  const letters = Array.from(name);
  return letters.length <= most ? name : `${letters.slice(0, most - 1).join("")}\u2026`;
}
