/** The second panel on the right: the last change, the plan, the copies, the load of many nodes, the form for keys, or events. */

import { count, dated, moment, percent, zone } from "../lib/format.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { shortage } from "./caption.js";
import { activeNodes, fairKeys, shownChange, subjectOf } from "./change.js";
import { copiesPanel } from "./copies.js";
import { byId, chip, h, keepFocus } from "./dom.js";
import { histogram, spread, theorySpread } from "./draw/histogram.js";
import { facesOf } from "./faces.js";
import { flowOf, ledger, moduloWords } from "./ledger.js";
import { isExternal, isManaged } from "./members.js";
import { planPanel, wirePlanButtons } from "./plan.js";
import { abilitiesOf } from "./strategies.js";
import { ring } from "./subject.js";
import { drawnChange, movingChange } from "./underway.js";

/** @import { Acting } from "./acting.js" */
/** @import { Change, Movement, Page } from "./types.js" */
/** @import { Store } from "./store.js" */

/**
 * @typedef {{acting: Acting, open: (number: number) => void, openMoved: (change: Change) => void, openAdd: () => void,
 *   timeline: string}} Parts
 */

const EVENTS = 4;
const MOST_PAIRS = 8;

/**
 * @param {Store} store
 * @param {Parts} parts
 */
export function wireMore(store, parts) {
  const panel = byId("panel-more");
  const keysForm = document.getElementById("keys-form");
  const keysDialog = document.getElementById("keys-dialog");
  const draw = () => {
    const { page } = store;
    const { tab, content } = contentOf(page, parts, keysForm);
    // There is only one form for keys: in this panel if the cluster has no keys, otherwise in its dialog.
    const inPanel = keysForm !== null && content.includes(keysForm);
    if (keysForm && !inPanel && keysForm.parentElement !== keysDialog) keysDialog?.append(keysForm);
    if (!(inPanel && keysForm?.parentElement === panel)) keepFocus(panel, () => panel.replaceChildren(...content));
    panel.hidden = false;
    byId("tab-more").textContent = tab;
    byId("main").toggleAttribute("data-plan", page.plan !== null);
    byId("main").toggleAttribute("data-change", drawnChange(page) !== null);
  };
  store.on(["view", "plan", "underWay", "rows", "pins", "colour", "link", "mayOperate"], draw);
  addEventListener("resize", draw);
  wirePlanButtons(store, parts.acting);
}

/**
 * @param {Readonly<Page>} page
 * @param {Parts} parts
 * @param {HTMLElement | null} keysForm
 * @returns {{tab: string, content: (HTMLElement | string)[]}}
 */
function contentOf(page, parts, keysForm) {
  const moving = movingChange(page);
  if (moving?.movement?.moved) return { tab: _("Moving"), content: movingPanel(page, moving, moving.movement) };
  const change = shownChange(page);
  const { state } = page.view;
  if (change?.planned) return { tab: _("Plan"), content: planPanel(page, change, parts) };
  if (change && shortage(change.after)) return { tab: _("Copies"), content: copiesPanel(change, facesOf(page), parts) };
  if (change?.movement && isExternal(state)) {
    return { tab: _("Moved"), content: [slotsPanel(page, change.movement), ...eventsPanel(page, parts.timeline)] };
  }
  if (change?.movement) return { tab: _("Moved"), content: changePanel(page, change, change.movement, parts) };
  if (state.keys.count === 0 && keysForm && parts.acting.powers.operate) return { tab: _("Keys"), content: [keysForm] };
  if (facesOf(page).crowded && state.keys.count > 0) return { tab: _("Keys"), content: loadPanel(page) };
  return { tab: _("Events"), content: eventsPanel(page, parts.timeline) };
}

/**
 * @param {Readonly<Page>} page
 * @param {Change} change
 * @param {Movement} movement
 * @param {Parts} parts
 */
function changePanel(page, change, movement, { openMoved }) {
  const faces = facesOf(page);
  const number = ring.kind(change.kind).resets ? 0 : (subjectOf(change)?.number ?? 0);
  const title = number ? interpolate(_("%(node)s\u2019s keys"), { node: faces.of(number).label }) : _("Moved keys");
  const all = movement.moved > 0 ? allMoved(movement, Boolean(change.payload.loss), () => openMoved(change)) : "";
  /** @type {HTMLElement[]} */
  const panel = [h("div", { class: "hrow" }, h("h2", {}, title), all), ledger(change, movement)];
  const modulo = moduloWords(change, movement);
  if (modulo) panel.push(h("p", { class: "txt narrow" }, modulo));
  if (movement.moved > 0) panel.push(flowOf(page, change, movement));
  return panel;
}

/**
 * The keys that are moving. The middle of the ring shows the progress.
 * @param {Readonly<Page>} page
 * @param {Change} change
 * @param {Movement} movement
 */
const movingPanel = (page, change, movement) => [
  h("h2", {}, _("Moving keys")),
  ledger(change, movement),
  flowOf(page, change, movement),
];

/**
 * How many slots moved between each pair of nodes, the most first.
 * @param {Readonly<Page>} page
 * @param {Movement} movement of a slot map: its pairs count slots
 */
function slotsPanel(page, { pairs }) {
  const faces = facesOf(page);
  const cell = (/** @type {number} */ number) =>
    h("td", {}, ...(number ? [chip(faces.of(number)), " ", faces.of(number).label] : [_("nobody")]));
  const head = [_("From"), _("To"), _("Slots")].map((text, i) =>
    h("th", { scope: "col", class: i === 2 ? "num" : null }, text),
  );
  const rows = pairs
    .slice(0, MOST_PAIRS)
    .map(([from, to, n]) => h("tr", {}, cell(from), cell(to), h("td", { class: "num" }, count(n))));
  return h(
    "section",
    {},
    h("h2", { id: "moved-slots" }, _("Moved slots")),
    h(
      "table",
      { class: "nodes", "aria-labelledby": "moved-slots" },
      h("thead", {}, h("tr", {}, ...head)),
      h("tbody", {}, ...rows),
    ),
    h("p", { class: "txt" }, _("The cluster is checked once a second: this moved since the last check.")),
  );
}

/** @type {(movement: Movement, lost: boolean, open: () => void) => HTMLElement} */
const allMoved = ({ moved }, lost, open) => {
  const words = lost
    ? ngettext("The key that changed owner", "All %(n)s keys that changed owner", moved)
    : ngettext("The moved key", "All %(n)s moved keys", moved);
  const text = interpolate(words, { n: count(moved) });
  return h("p", { class: "more" }, h("button", { type: "button", "data-key": "moved", onclick: open }, text));
};

/** @param {Readonly<Page>} page */
function loadPanel(page) {
  const { state } = page.view;
  const active = activeNodes(state);
  const even = active.every(({ weight }) => weight === active[0].weight);
  const theory = even && abilitiesOf(state.cluster).ranges ? theorySpread(active.length, state.cluster.vnodes) : 0;
  const values = { real: percent(spread(active.map(({ keys }) => keys))), theory: percent(theory) };
  const words = theory > 0 ? _("spread ±%(real)s, theory ±%(theory)s") : _("spread ±%(real)s");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const rows = active.map(({ number, keys }) => ({ number, keys }));
  const load = { rows, fair: fairKeys(state), theory, pins: page.pins };
  histogram(svg, { ...load, height: innerWidth > 1140 ? Math.max(140, innerHeight - 560) : 300 }, facesOf(page).faces);
  return [
    h(
      "div",
      { class: "hrow" },
      h("h2", {}, _("Keys, highest first")),
      h("span", { class: "sub" }, interpolate(words, values)),
    ),
    h("div", { class: "flow", role: "img", "aria-label": _("Keys of every node, as in the table of all nodes") }, svg),
  ];
}

/** @param {import("./types.js").EventRow} row */
function figureOf({ moved, lost = 0 }) {
  if (lost > 0) return interpolate(_("%(n)s lost"), { n: count(lost) });
  return moved > 0 ? interpolate(_("%(n)s moved"), { n: count(moved) }) : "";
}

/**
 * @param {Readonly<Page>} page
 * @param {string} timeline
 */
function eventsPanel({ rows, view, head }, timeline) {
  const shown = rows
    .filter(({ v }) => v <= view.v)
    .slice(isManaged(view.state) ? 1 - EVENTS : -EVENTS)
    .reverse();
  const all = interpolate(ngettext("All %(n)s", "All %(n)s", head.v), { n: count(head.v) });
  const item = (/** @type {import("./types.js").EventRow} */ row) =>
    h(
      "li",
      {},
      h("time", { datetime: row.at, title: `${dated(row.at)} ${zone()}` }, moment(row.at)),
      h("span", {}, row.text),
      h("span", {}, figureOf(row)),
    );
  return [
    h(
      "div",
      { class: "hrow" },
      h("h2", {}, _("Last events"), " ", h("span", { class: "sub" }, zone())),
      h("a", { class: "sub", href: timeline }, all),
    ),
    h("ol", { class: "evs" }, ...shown.map(item)),
  ];
}
