/** A node as a table row: chip and name, load against the fair share, figures, actions. */

import { change as signed, count, duration, moment, percent, unbroken } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";
import { fairShare } from "./change.js";
import { chip, h } from "./dom.js";
import { isExternal, isManaged, isMember, isServed, nodeWord, predicted, replicaWords } from "./members.js";
import { verdictAt, verdictWords } from "./verdict.js";

/** @import { Acting } from "./acting.js" */
/** @import { Face, Faces } from "./faces.js" */
/** @import { Change, Node, Page, State } from "./types.js" */

/**
 * @typedef {{number: number, before: Node | null, after: Node | null}} Sides
 * @typedef {{page: Readonly<Page>, faces: Faces, change: Change | null, state: State, most: number, acting: Acting,
 *   open: (number: number) => void, unpin?: ((number: number) => void) | null,
 *   bare?: boolean, wide?: boolean}} Context
 *   state: the state of the figures; most: keys (or share, without keys) that fill a bar;
 *   bare: without actions; wide: with room for every figure
 */

/**
 * Fills the cells with what a node's servers report, when they are created and at every frame. Set by served/counts.js, which
 * is loaded only for clusters with servers.
 */
export const served = {
  fill: (/** @type {Readonly<Page>} */ _page, /** @type {HTMLElement} */ _cell) => {},
  fillReplica: (/** @type {Readonly<Page>} */ _page, /** @type {HTMLElement} */ _cell) => {},
};

/** Whether the tables show the replica of each node. */
export const hasReplicas = (/** @type {State} */ { cluster }, /** @type {Change | null} */ change) =>
  Boolean(cluster.replicas) && !change?.planned;

/**
 * The cell for it.
 * @param {Readonly<Page>} page
 * @param {number} number
 * @param {number} span columns
 */
export function replicaCell(page, number, span = 1) {
  const cell = h("td", { class: "sub", colspan: span, "data-replica": number });
  served.fillReplica(page, cell);
  return cell;
}

/** @type {(context: Context, face: Face) => HTMLElement} */
export const nameCell = ({ open }, face) =>
  h(
    "td",
    {},
    chip(face),
    " ",
    h(
      "button",
      {
        type: "button",
        class: "name",
        title: face.name,
        "aria-haspopup": "dialog",
        "data-key": `name${face.number}`,
        onclick: () => open(face.number),
      },
      face.label,
    ),
    face.label === face.name ? null : h("span", { class: "full", title: face.name }, face.name),
  );

/**
 * The bar of a node's keys, with its gain or loss and a line at its fair share; or its state, if it is not active.
 * @param {Context} context
 * @param {Sides} sides
 * @param {Face} face
 */
export function loadCell(context, { before, after }, face) {
  const node = after ?? before;
  if (after?.state !== "active" || after.pulse) return h("td", {}, downWords(context, after));
  const { state, change, most } = context;
  const size = (/** @type {Node | null} */ one) => holds(state, one) / most;
  const was = change ? size(before) : size(after);
  const is = size(after);
  const hue = face.look.pattern === "grey" ? "" : ` hue-${face.look.hue + 1}`;
  const part = (/** @type {string} */ look, /** @type {number} */ x, /** @type {number} */ w) =>
    w > 0 ? h("i", { class: look, "--x": pct(x), "--w": pct(w) }) : null;
  const kept = Math.min(was, is);
  const fair = fairOf(state, node) / most;
  return h(
    "td",
    {},
    h(
      "div",
      { class: `load${hue}` },
      part("", 0, kept),
      is > was ? part("gain", kept, is - kept) : part("give", kept, was - kept),
      h("u", { "--x": pct(Math.min(1, fair)) }),
    ),
  );
}

/** @param {number} ratio */
const pct = (ratio) => `${(ratio * 100).toFixed(2)}%`;

/**
 * Keys, or the share of the hash space if there are none.
 * @param {State} state
 * @param {Node | null} node
 */
export const holds = (state, node) =>
  !node || !isMember(node) ? 0 : state.keys.count > 0 ? predicted(node) : node.ownership;

/**
 * @param {State} state
 * @param {Node | null} [node]
 */
export const fairOf = (state, node) => (state.keys.count > 0 ? state.keys.count : 1) * fairShare(state, node);

/** The word for a node that is gone. In an external cluster only primaries are nodes, so it may still run as a replica. */
export const goneWord = (/** @type {State} */ state) => (isExternal(state) ? _("no primary now") : _("removed"));

/**
 * @param {Context} context
 * @param {Node | null} node
 */
function downWords({ page, change, state }, node) {
  if (!node) return h("span", { class: "sub" }, goneWord(state));
  const word = nodeWord(node);
  if (change?.planned || node.pulse) return h("span", { class: "sub" }, word);
  const past = page.view !== page.head;
  const due = past ? null : verdictAt(state.cluster, node);
  if (due !== null) {
    const left = verdictWords(due, Date.now() + page.offset);
    return h("span", { class: "sub due", "data-due": due, "data-word": word }, `${word}, ${left}`);
  }
  const attributes = past ? {} : { "data-since": node.since, "data-word": word };
  const look = past ? "sub due" : "sub"; // a date may need its own line
  const time = past ? `, ${unbroken(moment(node.since))}` : ` ${sinceWords(node.since, page.offset)}`;
  return h("span", { class: look, ...attributes }, word + time);
}

/** @type {(since: string, offset: number) => string} */
const sinceWords = (since, offset) => duration(Date.now() + offset - Date.parse(since));

/**
 * Updates "down 8 s" and "frozen, verdict in 6 s"; call it once a second.
 * @param {HTMLElement} root
 * @param {number} offset
 */
export function tickSince(root, offset) {
  for (const element of root.querySelectorAll("[data-due]")) {
    const { due, word } = /** @type {HTMLElement} */ (element).dataset;
    element.textContent = `${word}, ${verdictWords(Number(due), Date.now() + offset)}`;
  }
  for (const element of root.querySelectorAll("[data-since]")) {
    const { since, word } = /** @type {HTMLElement} */ (element).dataset;
    element.textContent = `${word} ${sinceWords(since ?? "", offset)}`;
  }
}

/**
 * Keys, and next to them the share or the change. Without keys, only the share of the hash space.
 * @param {Context} context
 * @param {Sides} sides
 */
export function figureCells({ page, state, change, wide }, { before, after, number }) {
  const value = holds(state, after);
  const stored = change?.planned ? null : h("td", { class: "num", "data-stored": number });
  // Scrolling and resizing also create rows, between two frames.
  if (stored) served.fill(page, stored);
  if (state.keys.count === 0) {
    const counted = isServed(state) ? stored : null;
    return [h("td", { class: "num" }, percent(value)), counted ?? h("td", { class: "num d" })];
  }
  const moved = value - holds(change?.before ?? state, before);
  const beside = change ? signed(moved) : percent(value / state.keys.count);
  const figure = h("td", { class: "num" }, count(value));
  const last = h("td", { class: "num d" }, beside);
  return stored && isManaged(state) ? [figure, stored, ...(wide ? [last] : [])] : [figure, last];
}

/**
 * Kill or revive: immediate for operators in a demo, otherwise a plan. Without any action, shows the replicas instead.
 * @param {Context} context
 * @param {Sides} sides
 * @param {Face} face
 */
export function actCell({ acting, page, state }, { after }, face) {
  if (!after) return h("td");
  if (isExternal(state)) {
    const addresses = (after.replicas ?? []).map(({ address }) => address).join(", ");
    return h("td", { class: "num", title: addresses || null }, replicaWords(after));
  }
  const { click, why } = acting.powers;
  if (after.state === "joining") return h("td");
  const down = !isMember(after);
  const frozen = (after.state === "frozen" || after.pulse !== undefined) && acting.mayOperate;
  const action = down ? "revive" : frozen ? "thaw" : "kill";
  const kill = frozen ? [_("Thaw"), _("Thaw %(node)s")] : [_("Kill"), _("Kill %(node)s")];
  const deed = down ? [_("Revive"), _("Revive %(node)s")] : kill;
  const question = [_("What if"), down ? _("What if %(node)s were revived") : _("What if %(node)s died")];
  const [said, name] = acting.mayOperate ? deed : question;
  const attributes = {
    type: "button",
    class: `x${acting.mayOperate ? "" : " k"}${down || frozen ? " on" : ""}`,
    disabled: !click || page.plan !== null,
    title: why || null,
    "aria-label": interpolate(name, { node: face.name }),
    "data-key": `act${face.number}`,
    onclick: () => void acting.intend({ action, node: String(face.number) }),
  };
  return h("td", { class: "num" }, h("button", attributes, said));
}
