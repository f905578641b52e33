/** The node table of the right rail: all nodes, or the pinned ones if there are many. */

import { count, percent } from "../lib/format.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { termLink } from "../lib/term.js";
import { bothSides, foremost, shownChange } from "./change.js";
import { byId, h, keepFocus } from "./dom.js";
import { facesOf } from "./faces.js";
import { MOST_PINS, presetPins } from "./looks.js";
import { isExternal, isMember, isServed, rowLook } from "./members.js";
import {
  actCell,
  fairOf,
  figureCells,
  hasReplicas,
  holds,
  loadCell,
  nameCell,
  replicaCell,
  tickSince,
} from "./noderow.js";

/** @import { Acting } from "./acting.js" */
/** @import { Context, Sides } from "./noderow.js" */
/** @import { Page } from "./types.js" */
/** @import { Store } from "./store.js" */

/**
 * @param {Store} store
 * @param {Acting} acting
 * @param {(number: number) => void} open
 */
export function wireNodes(store, acting, open) {
  const root = byId("nodes");
  const render = () =>
    keepFocus(root, () => root.replaceChildren(...content(contextOf(store.page, acting, open), store)));
  store.on(["view", "plan", "pins", "colour", "link", "mayOperate", "selected"], (page) => {
    showFair(byId("nodes-note"), fairWords(page));
    byId("pin-box").hidden = !facesOf(page).crowded;
    render();
  });
  setInterval(() => tickSince(root, store.page.offset), 1000);
  wirePins(store);
}

/**
 * @param {Readonly<Page>} page
 * @param {Acting} acting
 * @param {(number: number) => void} open
 * @returns {Context & {rows: Sides[]}}
 */
export function contextOf(page, acting, open) {
  const change = shownChange(page);
  const state = change?.after ?? page.view.state;
  const rows = change
    ? bothSides(change)
    : state.nodes.map((node) => ({ number: node.number, before: node, after: node }));
  const values = rows.flatMap(({ before, after }) => [holds(state, after), holds(change?.before ?? state, before)]);
  const most = Math.max(fairOf(state), ...values) * 1.06 || 1;
  return { page, faces: facesOf(page), change, state, most, acting, open, rows };
}

/**
 * @param {HTMLElement} note
 * @param {string} words
 */
function showFair(note, words) {
  if (note.textContent !== words) note.replaceChildren(words && termLink("fair-share", words));
}

/** @param {Readonly<Page>} page */
function fairWords(page) {
  const change = shownChange(page);
  const state = change?.after ?? page.view.state;
  const fair = fairOf(state);
  if (fair === 0) return "";
  if (state.keys.count === 0) return interpolate(_("fair share %(share)s"), { share: percent(fair) });
  const text = change ? _("fair share now %(keys)s keys") : _("fair share %(keys)s keys");
  return interpolate(text, { keys: count(fair) });
}

/**
 * @param {Context & {rows: Sides[]}} context
 * @param {Store} store
 */
function content(context, store) {
  const { faces, rows, state, change } = context;
  const shown = faces.crowded ? pinned(context) : rows;
  const drop = (/** @type {number} */ number) => store.set({ pins: context.page.pins.filter((pin) => pin !== number) });
  const unpin = faces.crowded && !change ? drop : null;
  const keys = state.keys.count > 0;
  const served = isServed(state) && !change?.planned;
  const foreign = isExternal(state);
  const headings = [
    faces.crowded ? _("Pinned") : _("Node"),
    keys ? _("Keys") : foreign ? _("Slots") : _("Share of hash space"),
    served && keys ? _("Predicted") : keys ? _("Number of keys") : _("Share"),
    served ? _("Stored") : !keys || unpin ? "" : change ? _("Change") : _("Share"),
    ...(served && unpin ? [""] : []),
  ];
  const terms = [null, null, served && keys ? "predicted" : null, served ? "stored" : null];
  const heading = (/** @type {string} */ text, /** @type {number} */ i) => {
    const hidden = i === 2 && !(served && keys);
    const term = terms[i];
    const words = hidden ? h("span", { class: "vh" }, text) : term ? termLink(term, text) : text;
    return text ? h("th", { class: i > 1 ? "num" : null, scope: "col" }, words) : h("td");
  };
  const table = h(
    "table",
    {
      class: `nodes${faces.prefix || faces.suffix ? " long" : ""}${served ? " served" : ""}`,
      "aria-labelledby": "nodes-title",
    },
    h("thead", {}, h("tr", {}, ...headings.map(heading), lastHeading(foreign))),
    h("tbody", {}, ...shown.flatMap((sides) => [row({ ...context, unpin }, sides), ...replicaRow(context, sides)])),
  );
  const note = served ? h("p", { class: "txt", "data-stored-note": true }) : "";
  return [table, note, faces.crowded ? allButton(store, rows.length) : leftOut(context)];
}

/**
 * @param {Context} context
 * @param {Sides} sides
 */
export function row(context, sides) {
  const face = context.faces.of(sides.number);
  const { selected } = context.page;
  const cells = figureCells(context, sides);
  return h(
    "tr",
    {
      class: rowLook(sides.after),
      "data-node": sides.number,
      "data-chosen": selected === sides.number,
    },
    nameCell(context, face),
    loadCell(context, sides, face),
    ...(context.unpin ? [...served(cells), unpinCell(context.unpin, face)] : cells),
    context.bare ? null : actCell(context, sides, face),
  );
}

/**
 * The row of a node's replica, below the node.
 * @param {Context} context
 * @param {Sides} sides
 */
const replicaRow = ({ page, state, change }, { number, after }) =>
  after && isMember(after) && hasReplicas(state, change)
    ? [h("tr", { class: "replica" }, replicaCell(page, number, 5))]
    : [];

/** @param {boolean} foreign whether somebody else runs the cluster, so its nodes have no actions */
export const lastHeading = (foreign) =>
  foreign
    ? h("th", { class: "num", scope: "col" }, _("Replicas"))
    : h("th", {}, h("span", { class: "vh" }, _("Action")));

/** @param {HTMLElement[]} cells the predicted figure, and the stored one */
const served = (cells) => cells.filter((cell, i) => i === 0 || "stored" in cell.dataset);

/** @type {(unpin: (number: number) => void, face: import("./faces.js").Face) => HTMLElement} */
const unpinCell = (unpin, { number, name }) =>
  h(
    "td",
    { class: "num" },
    h(
      "button",
      {
        type: "button",
        class: "x k",
        "aria-label": interpolate(_("Unpin %(node)s"), { node: name }),
        onclick: () => unpin(number),
      },
      _("Unpin"),
    ),
  );

/**
 * The pins; after a change, its node and those that gave or received the most.
 * @param {Context & {rows: Sides[]}} context
 */
function pinned({ page, rows }) {
  const found = page.pins.map((number) => rows.find((sides) => sides.number === number));
  return /** @type {Sides[]} */ (found.filter(Boolean));
}

/** @type {(store: Store, nodes: number) => HTMLElement} */
function allButton(store, nodes) {
  const text = interpolate(ngettext("All %(n)s nodes", "All %(n)s nodes", nodes), { n: count(nodes) });
  const show = () => store.set({ screen: "table" });
  return h("p", { class: "more" }, h("button", { type: "button", "data-key": "all", onclick: show }, text));
}

/** @param {Context} context */
function leftOut({ faces: { prefix, suffix } }) {
  if (!prefix && !suffix) return "";
  const what = [prefix, suffix].filter(Boolean).join(" … ");
  return h(
    "p",
    { class: "txt" },
    interpolate(_("Short names leave out the part that all names share: %(what)s"), { what }),
  );
}

/**
 * Decides which nodes are pinned: at first those with the most, median and fewest keys; after a change, its nodes; and any
 * chosen in the field.
 * @param {Store} store
 */
function wirePins(store) {
  const field = /** @type {HTMLInputElement} */ (byId("pin-find"));
  /** @type {number[] | null} the pins of the calm picture, restored after a change */
  let own = null;
  store.on(["view", "plan"], (page) => {
    const change = shownChange(page);
    const calm = facesOf(page).crowded ? (own ?? presetPins(page.view.state)) : [];
    const about = change && facesOf(page).crowded ? foremost(change, MOST_PINS) : [];
    const wanted = about.length > 0 ? about : calm; // new keys, for example, are not about any node
    if (wanted.join() !== page.pins.join()) store.set({ pins: wanted });
  });
  store.on(["pins"], (page) => {
    if (!shownChange(page) && facesOf(page).crowded) own = page.pins;
  });
  store.on(["view"], ({ view }) => {
    byId("pin-names").replaceChildren(
      ...view.state.nodes.slice(0, 500).map(({ name }) => h("option", { value: name })),
    );
  });
  field.addEventListener("change", () => {
    const { view, pins } = store.page;
    const words = field.value.trim().toLowerCase();
    const node =
      words && (view.state.nodes.find(({ name }) => name.toLowerCase() === words) ?? near(view.state.nodes, words));
    if (!node) return;
    field.value = "";
    if (!pins.includes(node.number)) store.set({ pins: [...pins, node.number].slice(-MOST_PINS) });
  });
}

/**
 * @param {import("./types.js").Node[]} nodes
 * @param {string} words
 */
const near = (nodes, words) => nodes.find(({ name }) => name.toLowerCase().includes(words));
