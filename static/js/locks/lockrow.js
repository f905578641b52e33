/** A lock as a table row: for the board's table, for results, and for what needs attention. */

import { h } from "../lib/dom.js";
import { count, duration } from "../lib/format.js";
import { _ } from "../lib/i18n.js";
import { brief } from "./text.js";
import { alertWords, clientWords, holderName, lasting, leftWords, worstAlert } from "./words.js";

/** @import { Child } from "../lib/dom.js" */
/** @import { Row } from "./types.js" */

/** @param {[text: string, kind?: string][]} headings kind: a class of the cells */
export const head = (headings) =>
  h("thead", {}, h("tr", {}, ...headings.map(([text, kind]) => h("th", { scope: "col", class: kind ?? null }, text))));

/** The headings of `lockRow`. @returns {[string, string?][]} */
export const headings = () => [
  [_("Lock")],
  [_("Holder")],
  [_("Client"), "c2"],
  [_("Fencing token"), "num c2"],
  [_("Held for"), "num"],
  [_("Waiting"), "num"],
  [_("Left"), "num"],
  [_("Attention"), "why"],
];

/**
 * @param {Row} row
 * @param {number} now
 * @param {(id: string) => void} open
 */
export function lockRow(row, now, open) {
  const { since, since_seen: seen, waiters } = row;
  const held = since === null ? UNKNOWN() : `${seen ? "" : "> "}${lasting(Math.max(0, now - since))}`;
  const alert = worstAlert([row]);
  return h(
    "tr",
    { "data-id": row.id, class: alert ? "al" : null },
    h("td", { class: "nm" }, nameButton(row, open)),
    h("td", { "data-h": _("Holder") }, row.holder === null && !row.label ? UNKNOWN() : h("bdi", {}, holderName(row))),
    h("td", { class: "c2" }, clientCell(row)),
    h("td", { class: "num c2" }, row.fencing === null ? none() : String(row.fencing)),
    h("td", { class: "num", "data-h": _("Held for") }, held),
    h(
      "td",
      { class: "num", "data-h": _("Waiting") },
      waiters === null ? UNKNOWN() : figure(waiters, row.waiters_inferred),
    ),
    h("td", { class: "num lf" }, leftCell(row, now)),
    h("td", { class: "why" }, alert ? alertWords(alert) : none()),
  );
}

/** @param {Pick<Row, "id" | "name">} row @param {(id: string) => void} open */
export const nameButton = (row, open) =>
  h(
    "button",
    { type: "button", class: "open", "data-key": row.id, title: brief(row.name), onclick: () => open(row.id) },
    h("bdi", {}, brief(row.name, 80)),
  );

/** @param {Row} row @returns {Child} */
export const clientCell = (row) =>
  h("span", { class: row.confidence === "certain" ? null : "guess" }, clientWords(row));

/** The time left, which the page's clock keeps up to date. @param {Row} row @param {number} now */
export function leftCell({ ends_at }, now) {
  if (ends_at === null) return h("b", {}, _("no TTL"));
  return h("b", { "data-ends": ends_at }, leftWords(ends_at - now));
}

/**
 * Updates the times left inside an element, as far as they are in view.
 * @param {HTMLElement} root
 * @param {number} now
 */
export function writeLeft(root, now) {
  const { innerHeight } = globalThis;
  for (const cell of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-ends]"))) {
    const { top, bottom } = cell.getBoundingClientRect();
    if (bottom < 0 || top > innerHeight) continue;
    const text = leftWords(Number(cell.dataset.ends) - now);
    if (cell.textContent !== text) cell.textContent = text;
  }
}

/** @param {number} n @param {boolean} inferred */
const figure = (n, inferred) =>
  n === 0 ? h("span", { class: "d" }, "0") : h("span", { class: inferred ? "guess" : null }, count(n));

const UNKNOWN = () => h("span", { class: "d" }, _("unknown"));
const none = () => h("span", { class: "d" }, _("none"));

/** @param {number} since @param {number} now */
export const ago = (since, now) => duration(Math.max(0, now - since));
