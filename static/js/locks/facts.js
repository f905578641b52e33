/** What is known about a lock's holder, in two boxes: what was seen, and what is inferred from it. */

import { h, parts } from "../lib/dom.js";
import { clock as timeOfDay, count } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";
import { termLink } from "../lib/term.js";
import { brief, plain, shortId } from "./text.js";
import { clientWords, holderName, lasting, length, renewsEvery } from "./words.js";

/** @import { Child } from "../lib/dom.js" */
/** @import { Detail, Row, Waiting } from "./types.js" */

/** @typedef {[name: string | Node, value: Child | Child[]]} Fact left out if its value is null */

const MOST_OTHERS = 20;

/**
 * @param {Row} row
 * @param {Row[]} others who hold the same lock
 * @param {(id: string) => void} open
 */
export function seenBox(row, others, open) {
  const { label, holder, fencing, since, since_seen: seen, kind, mode } = row;
  /** @type {Fact[]} */
  const facts = [
    [_("Holder"), label ? h("b", {}, h("bdi", {}, holderName(row))) : unknown()],
    [
      _("holder_id"),
      holder === null ? unknown() : h("bdi", { class: "mono", title: plain(holder) }, brief(holder, 46)),
    ],
    [
      termLink("fencing-token", _("Fencing token")),
      fencing === null ? null : h("b", { class: "mono" }, String(fencing)),
    ],
    [_("Held since"), since === null || !seen ? _("before watching began") : timeOfDay(since)],
    [_("Entered"), row.count > 1 ? interpolate(_("%(n)s times"), { n: count(row.count) }) : null],
    [_("Kind"), kind === "mutex" ? null : brief(`${kind} ${mode}`.trim())],
    [_("Waiting"), row.waiters_inferred ? null : waiters(row)],
    ...Object.entries(row.about).map(
      ([name, value]) => /** @type {Fact} */ ([brief(name, 40), h("bdi", {}, brief(String(value)))]),
    ),
    [_("Also held by"), others.length ? othersList(others, open) : null],
  ];
  return h("div", { class: "ev" }, h("h3", {}, _("Seen")), list(facts));
}

/**
 * @param {Row} row
 * @param {Detail | null} detail
 * @returns {HTMLElement} an empty element if nothing is inferred
 */
export function inferredBox(row, detail) {
  const usual = detail?.usual ?? null;
  const sure = row.confidence === "certain";
  const pace = renewsEvery(row);
  const half = _("half of the %(n)s holds seen took %(time)s or less");
  /** @type {Fact[]} */
  const facts = [
    [_("Client"), sure ? null : clientWords(row)],
    [_("Because"), sure ? null : detail?.evidence.join(" ") || null],
    [_("State"), pace === null ? null : interpolate(_("working: it renews every %(time)s"), { time: lasting(pace) })],
    [_("Waiting"), row.waiters_inferred && row.waiters !== null ? count(row.waiters) : null],
    [_("Usual"), usual && interpolate(half, { n: count(usual.count), time: length(usual.median_ms) })],
  ];
  if (facts.every(([, value]) => value === null)) return h("span");
  const note = h("span", {}, _("not seen, may be wrong"));
  return h("div", { class: "ev inf" }, h("h3", {}, _("Inferred"), note), list(facts));
}

const unknown = () => h("span", { class: "d" }, _("unknown"));

/** @param {Row} row @returns {Child | Child[]} */
function waiters({ waiters: n, waiting }) {
  if (n === null) return unknown();
  if (waiting.length === 0) return count(n);
  const named = waiting.flatMap((one, i) => [...(i ? [", "] : []), ...waiter(one)]);
  const more = n - waiting.length;
  return more > 0 ? [...named, " ", interpolate(_("and %(n)s more"), { n: count(more) })] : named;
}

/** The page's clock keeps the time up to date. @param {Waiting} one @returns {Child[]} */
function waiter({ id, label, since }) {
  const name = h("bdi", {}, label ? brief(label, 40) : shortId(id));
  return since === null
    ? [name]
    : parts(_("%(name)s for %(time)s"), { name, time: h("span", { "data-since": since }) });
}

/** @param {Row[]} rows @param {(id: string) => void} open */
function othersList(rows, open) {
  const one = (/** @type {Row} */ row) => {
    const attributes = { type: "button", class: "open", "data-key": row.id, onclick: () => open(row.id) };
    return h("button", attributes, h("bdi", {}, holderName(row)));
  };
  const more = rows.length - MOST_OTHERS;
  const rest = more > 0 ? interpolate(_("and %(n)s more"), { n: count(more) }) : null;
  return h("span", {}, ...rows.slice(0, MOST_OTHERS).flatMap((row) => [one(row), " "]), rest);
}

/** @param {Fact[]} facts */
const list = (facts) =>
  h(
    "dl",
    {},
    ...facts.flatMap(([name, value]) =>
      value === null ? [] : [h("dt", {}, name), h("dd", {}, ...(Array.isArray(value) ? value : [value]))],
    ),
  );
