/** The table of all nodes: sorted and filtered; only the rows in view exist. */

import { count } from "../lib/format.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { h } from "./dom.js";
import { isExternal, isManaged, nodeWord, rowLook } from "./members.js";
import {
  actCell,
  figureCells,
  goneWord,
  hasReplicas,
  holds,
  loadCell,
  nameCell,
  replicaCell,
  tickSince,
} from "./noderow.js";
import { contextOf, lastHeading } from "./nodes.js";
import { windowed } from "../lib/rows.js";
import { slotCount } from "./slots.js";
import { abilitiesOf } from "./strategies.js";

/** @import { Acting } from "./acting.js" */
/** @import { Context, Sides } from "./noderow.js" */
/** @import { Node } from "./types.js" */
/** @import { Store } from "./store.js" */

/** @typedef {{name: string, words: (change: boolean, managed: boolean) => string, key: (context: Context, sides: Sides) => number | string, num?: boolean}} Column */

const node = (/** @type {Sides} */ { after, before }) => /** @type {Node} */ (after ?? before);
/** @type {(context: Context, sides: Sides) => number} */
const gained = ({ state, change }, { before, after }) => holds(state, after) - holds(change?.before ?? state, before);

/** @type {(context: Context, sides: Sides) => number} */
function storedKeys({ page }, { number }) {
  return page.frames.stored?.nodes[number]?.keys ?? -1;
}

/** @type {Column[]} */
const COLUMNS = [
  { name: "name", words: () => _("Node"), key: (_context, sides) => node(sides).name },
  { name: "load", words: () => _("Load"), key: ({ state }, { after }) => holds(state, after) },
  {
    name: "keys",
    words: (_change, managed) => (managed ? _("Predicted") : _("Keys")),
    key: ({ state }, { after }) => holds(state, after),
    num: true,
  },
  { name: "stored", words: () => _("Stored"), key: storedKeys, num: true },
  { name: "change", words: (change) => (change ? _("Change") : _("Share")), key: gained, num: true },
  { name: "tokens", words: () => _("Tokens"), key: (_context, sides) => node(sides).tokens, num: true },
  { name: "weight", words: () => _("Weight"), key: (_context, sides) => node(sides).weight, num: true },
  { name: "zone", words: () => _("Zone"), key: (_context, sides) => node(sides).zone },
  { name: "state", words: () => _("State"), key: (_context, sides) => node(sides).state },
  {
    name: "replica",
    words: () => _("Replica"),
    key: ({ page }, { number }) => page.frames.stored?.nodes[number]?.replica?.behind ?? -1,
  },
];

/** For an external cluster: only what its servers report, no predictions. @type {Column[]} */
const OUTSIDE = [
  { name: "name", words: () => _("Node"), key: (_context, sides) => node(sides).name },
  { name: "load", words: () => _("Slots"), key: ({ state }, { after }) => holds(state, after) },
  { name: "share", words: () => _("Share"), key: ({ state }, { after }) => holds(state, after), num: true },
  { name: "stored", words: () => _("Stored"), key: storedKeys, num: true },
  { name: "slots", words: () => _("Number of slots"), key: (_context, sides) => slotCount(node(sides)), num: true },
  { name: "ranges", words: () => _("Ranges"), key: (_context, sides) => node(sides).tokens, num: true },
  { name: "address", words: () => _("Address"), key: (_context, sides) => node(sides).address },
  { name: "state", words: () => _("State"), key: (_context, sides) => node(sides).state },
];

/** The order and the filter stay while the page is open. */
const chosen = { column: "", down: false, filter: "" };

/**
 * @param {Store} store
 * @param {HTMLElement} scroll
 * @param {HTMLElement} tools the place for the filter
 * @param {Acting} acting
 * @param {(number: number) => void} open
 * @returns {() => void} fills the table again
 */
export function nodeTable(store, scroll, tools, acting, open) {
  const body = h("tbody");
  const head = h("tr");
  const label = _("All nodes");
  scroll.replaceChildren(h("table", { class: "nodes all", "aria-label": label }, h("thead", {}, head), body));
  const field = h("input", {
    type: "search",
    value: chosen.filter,
    placeholder: _("Filter"),
    "aria-label": _("Filter nodes"),
    autocomplete: "off",
  });
  const note = h("span", { class: "sub", role: "status" });
  tools.append(h("div", { class: "field" }, field), note);
  /** @type {Context} */
  let context = contextOf(store.page, acting, open);
  const fill = windowed(scroll, body, (/** @type {Sides} */ sides) => row(context, sides));
  const refill = () => {
    const made = { ...contextOf(store.page, acting, open), wide: true };
    context = made;
    const managed = isManaged(made.state);
    const foreign = isExternal(made.state);
    const left = {
      stored: !noted(made),
      tokens: !abilitiesOf(made.state.cluster).tokens,
      replica: !hasReplicas(made.state, made.change),
    };
    const columns = foreign ? OUTSIDE : COLUMNS.filter(({ name }) => !left[/** @type {keyof typeof left} */ (name)]);
    head.replaceChildren(
      ...columns.map((column) => heading(column, made.change !== null, managed, refill)),
      lastHeading(foreign),
    );
    const rows = arranged(made, made.rows);
    const text = ngettext("%(n)s node", "%(n)s nodes", rows.length);
    note.textContent = interpolate(text, { n: count(rows.length) });
    fill(rows);
  };
  field.addEventListener("input", () => {
    chosen.filter = field.value;
    refill();
  });
  const timer = setInterval(
    () => (scroll.contains(body) ? tickSince(body, store.page.offset) : clearInterval(timer)),
    1000,
  );
  return refill;
}

/** Whether there is a column for the stored keys. */
const noted = (/** @type {Context} */ { state, change }) =>
  isManaged(state) && state.keys.count > 0 && !change?.planned;

/**
 * @param {Column} column
 * @param {boolean} change whether a change is shown
 * @param {boolean} managed
 * @param {() => void} refill
 */
function heading({ name, words, num }, change, managed, refill) {
  const sorted = chosen.column === name;
  const sort = () => {
    chosen.down = sorted ? !chosen.down : num === true || name === "load";
    chosen.column = name;
    refill();
  };
  const attributes = {
    class: num ? "num" : null,
    scope: "col",
    "aria-sort": sorted ? (chosen.down ? "descending" : "ascending") : null,
  };
  return h(
    "th",
    attributes,
    h("button", { type: "button", "data-key": `sort-${name}`, onclick: sort }, words(change, managed)),
  );
}

/**
 * @param {Context} context
 * @param {Sides[]} rows
 */
function arranged(context, rows) {
  const words = chosen.filter.trim().toLowerCase();
  const text = (/** @type {Node} */ { name, zone, address, state }) =>
    `${name} ${zone} ${address} ${state}`.toLowerCase();
  const found = words ? rows.filter((sides) => text(node(sides)).includes(words)) : rows.slice();
  const column = (isExternal(context.state) ? OUTSIDE : COLUMNS).find(({ name }) => name === chosen.column);
  if (!column) return found;
  const sign = chosen.down ? -1 : 1;
  const keyed = found.map((sides) => ({ sides, key: column.key(context, sides) }));
  keyed.sort((a, b) => sign * order(a.key, b.key) || a.sides.number - b.sides.number);
  return keyed.map(({ sides }) => sides);
}

const words = new Intl.Collator(undefined, { numeric: true });

/** @type {(a: number | string, b: number | string) => number} */
const order = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : words.compare(String(a), String(b)));

/**
 * @param {Context} context
 * @param {Sides} sides
 */
function row(context, sides) {
  const face = context.faces.of(sides.number);
  return h(
    "tr",
    { class: rowLook(sides.after), "data-node": sides.number },
    nameCell(context, { ...face, label: face.name }),
    loadCell(context, sides, face),
    ...figureCells(context, sides),
    ...placeCells(context.state, node(sides)),
    h("td", {}, sides.after ? nodeWord(node(sides)) : goneWord(context.state)),
    ...(hasReplicas(context.state, context.change) ? [replicaCell(context.page, sides.number)] : []),
    actCell(context, sides, face),
  );
}

/**
 * Cells about a node's place, and how much of the ring it has.
 * @param {import("./types.js").State} state
 * @param {Node} one
 */
function placeCells(state, one) {
  const tokens = abilitiesOf(state.cluster).tokens ? [count(one.tokens)] : [];
  const figures = isExternal(state) ? [count(slotCount(one)), ...tokens] : [...tokens, one.weight];
  const place = isExternal(state) ? one.address : one.zone;
  return [...figures.map((figure) => h("td", { class: "num" }, figure)), h("td", {}, place)];
}
