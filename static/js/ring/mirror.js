/** The content of the ring as tables: all nodes, all arcs, and after a change all ranges that changed owner. */

import { count, percent } from "../lib/format.js";
import { span, TOKEN_SPACE } from "../lib/geometry.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { rangesOf, shownChange } from "./change.js";
import { byId, chip, h } from "./dom.js";
import { facesOf } from "./faces.js";
import { hex } from "./find.js";
import { nodeTable } from "./nodetable.js";
import { abilitiesOf } from "./strategies.js";
import { windowed } from "../lib/rows.js";

/** @import { Acting } from "./acting.js" */
/** @import { Face } from "./faces.js" */
/** @import { Loader } from "./loader.js" */
/** @import { Store } from "./store.js" */

/** @typedef {{start: number, end: number, from: number | null, to: number}} Arc from is null if nothing changed */

/**
 * @param {Store} store
 * @param {Acting} acting
 * @param {Loader} loader
 * @param {(number: number) => void} open
 */
export function wireMirror(store, acting, loader, open) {
  const root = byId("mirror");
  const scroll = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": _("Table of the ring") });
  const tools = h("div", { class: "bar-row" });
  const tabs = h("div", { class: "seg", role: "group", "aria-label": _("Table of") });
  root.append(tabs, tools, scroll);
  let what = "nodes";
  /** @type {() => void} */
  let refill = () => {};

  const build = () => {
    tools.replaceChildren();
    const { page } = store;
    const names = { nodes: _("Nodes"), arcs: _("Arcs"), changed: _("Changed ranges") };
    const has = {
      nodes: true,
      arcs: abilitiesOf(page.view.state.cluster).ranges,
      changed: rangesOf(shownChange(page)?.movement ?? null) !== null,
    };
    const shown = Object.entries(names).filter(([name]) => has[/** @type {keyof typeof has} */ (name)]);
    if (!shown.some(([name]) => name === what)) what = "nodes";
    tabs.replaceChildren(...shown.map(([name, words]) => tab(name, words)));
    refill =
      what === "nodes" ? nodeTable(store, scroll, tools, acting, open) : arcTable(store, scroll, tools, loader, what);
    refill();
  };
  const tab = (/** @type {string} */ name, /** @type {string} */ words) => {
    const choose = () => {
      what = name;
      build();
      /** @type {HTMLElement | null} */ (tabs.querySelector("[aria-pressed=true]"))?.focus();
    };
    return h("button", { type: "button", "aria-pressed": String(name === what), onclick: choose }, words);
  };
  store.on(["screen"], ({ screen }) => {
    root.hidden = screen !== "table";
    for (const id of ["well", "lens-place"]) byId(id).hidden = screen === "table";
    if (screen === "table") build();
  });
  store.on(["view", "plan"], () => !root.hidden && build());
  store.on(["drawn", "pins", "colour", "link", "mayOperate"], () => !root.hidden && refill());
}

/**
 * @param {Store} store
 * @param {HTMLElement} scroll
 * @param {HTMLElement} tools
 * @param {Loader} loader
 * @param {string} what arcs or changed
 */
function arcTable(store, scroll, tools, loader, what) {
  const changed = what === "changed";
  const body = h("tbody");
  const headings = [_("After"), _("To and with"), _("Share"), ...(changed ? [_("From"), _("To")] : [_("Owner")])];
  const heads = headings.map((text, i) => h("th", { scope: "col", class: i === 2 ? "num" : null }, text));
  scroll.replaceChildren(
    h("table", { class: "nodes", "aria-label": _("Arcs of the ring") }, h("thead", {}, h("tr", {}, ...heads)), body),
  );
  const note = h("span", { class: "sub" });
  tools.append(note);
  const fill = windowed(scroll, body, (/** @type {Arc} */ { start, end, from, to }) => {
    const faces = facesOf(store.page);
    const cells = (from === null ? [to] : [from, to]).map((number) => ownerCell(number ? faces.of(number) : null));
    const share = percent(span(start, end) / TOKEN_SPACE, 3);
    return h("tr", {}, hash(start), hash(end), h("td", { class: "num" }, share), ...cells);
  });
  return () => {
    const arcs = changed ? changedArcs(store) : allArcs(store, loader);
    const text = arcs.length === 0 ? _("No arcs are known here.") : ngettext("%(n)s arc", "%(n)s arcs", arcs.length);
    note.textContent = interpolate(text, { n: count(arcs.length) });
    fill(arcs);
  };
}

/** @param {number} token */
const hash = (token) => h("td", { class: "mono", "data-token": token }, hex(token));

/** @param {Face | null} face */
const ownerCell = (face) =>
  face ? h("td", { "data-node": face.number }, chip(face), " ", face.name) : h("td", {}, _("nobody"));

/**
 * @param {Store} store
 * @returns {Arc[]}
 */
const changedArcs = ({ page }) => rangesOf(shownChange(page)?.movement ?? null) ?? [];

/**
 * @param {Store} store
 * @param {Loader} loader
 * @returns {Arc[]}
 */
function allArcs({ page }, loader) {
  const { tokens, owners } = loader.book.ring(page.view.state);
  const before = (/** @type {number} */ i) => tokens[i > 0 ? i - 1 : tokens.length - 1];
  return Array.from(tokens, (end, i) => ({ start: before(i), end, from: null, to: owners[i] }));
}
