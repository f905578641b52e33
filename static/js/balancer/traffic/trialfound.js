/** Draws an A/B run's result: a bar per policy with its interval, the verdict, and tables. */

import { h } from "../../lib/dom.js";
import { _ } from "../../lib/i18n.js";

/** @import { Found } from "./types.js" */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {HTMLElement} host
 * @param {Found} told
 */
export function drawFound(host, told) {
  host.replaceChildren(
    h(
      "div",
      { class: "bars" },
      ...told.sides.flatMap((side) => [h("span", {}, side.label), bar(side), h("b", {}, side.p99)]),
    ),
    h("p", { class: "verdict" }, told.verdict),
    ...told.notes.map((note) => h("p", { class: "sub" }, note)),
    h("p", { class: "sub" }, told.about),
    h(
      "details",
      {},
      h("summary", {}, _("All figures")),
      sheet(_("Real: means over the rounds with their 95% intervals, and counts of all rounds"), told.figures),
      sheet(_("Real: each round, the same requests under both policies"), told.rounds),
      h(
        "p",
        { class: "links" },
        h("a", { class: "btn", href: told.csv }, _("Download CSV")),
        " ",
        h("a", { class: "btn", href: told.again }, _("Link to this run")),
      ),
    ),
  );
}

/** @param {Found["sides"][number]} side the mean with its interval */
function bar({ width, begin, span }) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({
    viewBox: "0 0 100 12",
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  })) {
    svg.setAttribute(name, value);
  }
  svg.append(rect("mean", 0, 0, width, 12), rect("within", begin, 4, span, 4));
  return svg;
}

/**
 * @param {string} name
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 */
function rect(name, x, y, width, height) {
  const made = document.createElementNS(SVG, "rect");
  for (const [attribute, value] of Object.entries({ class: name, x, y, width, height })) {
    made.setAttribute(attribute, String(value));
  }
  return made;
}

/**
 * @param {string} caption
 * @param {{head: string[], rows: string[][]}} table the first cell of a row is its heading
 */
const sheet = (caption, { head, rows }) =>
  h(
    "div",
    { class: "sheet", tabindex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      {},
      h("caption", {}, caption),
      h("thead", {}, h("tr", {}, ...head.map((text, i) => h("th", { scope: "col", class: i ? "num" : null }, text)))),
      h(
        "tbody",
        {},
        ...rows.map(([name, ...cells]) =>
          h("tr", {}, h("th", { scope: "row" }, name), ...cells.map((cell) => h("td", { class: "num" }, cell))),
        ),
      ),
    ),
  );
