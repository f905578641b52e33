/** A change in three figures, and the flow of its keys from node to node. */

import { count, percent } from "../lib/format.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { moduloMoved } from "./change.js";
import { h } from "./dom.js";
import { facesOf } from "./faces.js";
import { isManaged } from "./members.js";
import { abilitiesOf, copiesOf } from "./strategies.js";
import { ring } from "./subject.js";

/** @import { Change, Movement, Page } from "./types.js" */

const WIDTH = 368;

/** @typedef {[figure: string, words: string, bad: boolean]} Cell */

/** @type {(change: Change, movement: Movement) => HTMLElement} */
export const ledger = (change, movement) => cellsOf(ledgerCells(change, movement));

/** @type {(compared: import("./types.js").OtherKeys) => HTMLElement} how a new key set differs from the current one */
export const comparedLedger = ({ come, go, stay }) =>
  cellsOf([
    [count(come), _("would come"), false],
    [count(go), _("would go"), go > 0],
    [count(stay), _("would stay"), false],
  ]);

/**
 * The figures with their words, and whether each is bad news.
 * @param {Change} change
 * @param {Movement} movement
 * @returns {Cell[]}
 */
export function ledgerCells(change, movement) {
  const { kind, after, planned } = change;
  if (isManaged(after)) return servedCells(change, movement);
  const { moved, needless, copies } = movement;
  const { lists } = abilitiesOf(after.cluster);
  const { kills } = ring.kind(kind);
  /** @type {Cell[]} */
  const cells = [[count(moved), planned ? _("would change owner") : _("changed owner"), false]];
  if (kills) cells.push(lostCell(movement, copiesOf(after.cluster)));
  // Only three have room. Without copies, there are none to make.
  if (!kills || !lists) cells.push([count(needless), _("needless moves"), false]);
  if (lists)
    cells.push([count(copies.moved), interpolate(_("of %(n)s copies to make"), { n: count(copies.total) }), false]);
  return cells;
}

/**
 * The keys that died with a node. Keys that moved between other nodes are not lost.
 * @param {Movement} movement
 * @param {number} copies of each key
 * @returns {Cell}
 */
function lostCell({ moved, needless }, copies) {
  if (copies === 1) return [count(moved - needless), _("lost, the only copy"), moved > needless];
  const left = ngettext("lost, %(n)s copy left", "lost, %(n)s copies left", copies - 1);
  return ["0", interpolate(left, { n: copies - 1 }), false];
}

/**
 * For real servers: keys that arrived or were lost, which differs from keys that changed owner.
 * @param {Change} change
 * @param {Movement} movement
 * @returns {Cell[]}
 */
function servedCells({ payload, after, planned, work }, { moved, needless }) {
  const { loss } = payload;
  if (!loss) {
    return [
      [count(moved), work ? _("to move") : planned ? _("would move") : _("moved"), false],
      [count(needless), _("needless moves"), false],
      ["0", _("lost"), false],
    ];
  }
  const left = after.nodes.reduce((sum, { lost = 0 }) => sum + lost, 0);
  return [
    [count(moved), planned ? _("would change owner") : _("changed owner"), false],
    [count(loss.keys), planned ? _("would be lost") : _("lost"), loss.keys > 0],
    planned ? ["0", _("would move"), false] : [count(Math.max(0, loss.keys - left)), _("stored again"), false],
  ];
}

/** @param {Cell[]} cells */
function cellsOf(cells) {
  const cell = (/** @type {Cell} */ [figure, words, bad]) =>
    h("div", {}, h("b", { class: bad ? "bad" : null }, figure), h("span", {}, words));
  return h("div", { class: "led" }, ...cells.map(cell));
}

/**
 * @param {Readonly<Page>} page
 * @param {Change} change
 * @param {Movement} movement
 */
export function flowOf(page, { after, payload }, movement) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.id = "flow";
  const number = payload.node?.number ?? 0;
  const state = after.nodes.find((node) => node.number === number)?.state;
  const notes = state === "down" ? new Map([[number, _("down")]]) : undefined;
  const height = innerWidth > 1140 ? Math.max(124, Math.min(206, innerHeight - 776)) : 206;
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${height}`); // its room, until it is drawn
  const { faces } = facesOf(page);
  const drawing = { pairs: movement.pairs, width: WIDTH, height, ...(notes ? { notes } : {}) };
  void import("./draw/flow.js").then(({ flow }) => flow(svg, drawing, faces));
  // After a server died no keys arrived: the flow shows who owns them now and reloads them.
  const label = payload.loss
    ? _("How many keys each next owner reloads, as in the table of keys that changed owner")
    : _("How many keys went from which node to which, as in the table of moved keys");
  return h("div", { class: "flow", role: "img", "aria-label": label }, svg);
}

/**
 * What modulo would have done, if that is a fair comparison.
 * @param {Change} change
 * @param {Movement} movement
 */
export function moduloWords(change, movement) {
  const { planned, payload } = change;
  const { keys, moved } = movement;
  const modulo = moduloMoved(change, movement);
  if (modulo === null) return "";
  const lost = planned
    ? _("%(share)s of all keys; by modulo %(modulo)s would be lost.")
    : _("%(share)s of all keys; by modulo %(modulo)s would have been lost.");
  const text = payload.loss
    ? lost
    : planned
      ? _("%(share)s of all keys; modulo would move %(modulo)s.")
      : _("%(share)s of all keys; modulo would have moved %(modulo)s.");
  return interpolate(text, { share: percent(moved / keys), modulo: percent(modulo / keys) });
}
