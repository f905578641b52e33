/** The keys that servers report, next to the predicted ones. A difference is marked and explained. */

import { clock, count, fixed, percent } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { shownChange } from "../change.js";
import { isManaged, isMember, predicted, stateWord } from "../members.js";
import { fresh } from "./fresh.js";
import { replicaLine } from "./replicas.js";

/** @import { Node, Page, State } from "../types.js" */

/**
 * @typedef {{text: string, known: boolean, differs: boolean}} Count
 *   known: counted by the server itself in the last few seconds
 */

/**
 * @param {Readonly<Page>} page
 * @param {Node | undefined} node
 * @param {number} now
 * @returns {Count}
 */
export function countOf(page, node, now) {
  const unknown = (/** @type {string} */ text) => ({ text, known: false, differs: false });
  const frame = fresh(page, "stored", now);
  if (!node || !(isMember(node) || node.state === "joining")) return unknown("–");
  const one = frame?.nodes?.[node.number];
  if (!one || one.keys === null) return unknown(_("unknown"));
  const differs = isManaged(page.view.state) && node.state !== "joining" && one.keys !== predicted(node);
  return { text: count(one.keys), known: true, differs };
}

/**
 * The line under the table: how keys were counted, and why a count differs from the prediction.
 * @param {Readonly<Page>} page
 * @param {number} now
 */
export function countNote(page, now) {
  const { view, head, frames } = page;
  if (view !== head) return pastNote(view.state);
  if (!frames.stored?.nodes) return _("Stored: no server has been counted yet.");
  if (!fresh(page, "stored", now)) {
    return interpolate(_("Stored: not measured since %(time)s."), { time: clock(frames.stored.heard) });
  }
  const counted = _("\u201cStored\u201d counts keys on primary servers.");
  const members = view.state.nodes.filter(isMember);
  const differ = members.filter((node) => countOf(page, node, now).differs).length;
  const silent = members.filter((node) => !countOf(page, node, now).known).length;
  const words = [counted];
  if (differ > 0) {
    const text = ngettext("≠ on %(n)s node: %(why)s.", "≠ on %(n)s nodes: %(why)s.", differ);
    words.push(interpolate(text, { n: differ, why: causeOf(page, now) }));
  }
  if (silent > 0) {
    const text = isManaged(view.state)
      ? ngettext("%(n)s does not answer.", "%(n)s do not answer.", silent)
      : ngettext(
          "%(n)s does not answer, or may not be contacted from here.",
          "%(n)s do not answer, or may not be contacted from here.",
          silent,
        );
    words.push(interpolate(text, { n: silent }));
  }
  return words.join(" ");
}

/** @param {State} state */
function pastNote({ nodes }) {
  const words = _("Stored counts are unknown here: servers report only the present.");
  const waiting = nodes.reduce((sum, { lost = 0 }) => sum + lost, 0);
  if (waiting === 0) return words;
  const text = ngettext("%(n)s key was not stored yet.", "%(n)s keys were not stored yet.", waiting);
  return `${words} ${interpolate(text, { n: count(waiting) })}`;
}

/**
 * @param {Readonly<Page>} page
 * @param {number} now
 */
function causeOf(page, now) {
  const { work, unfilled } = page.view.state;
  const frame = fresh(page, "work", now);
  switch (frame?.phase) {
    case "moving":
      return _("keys are moving");
    case "refilling":
      return _("lost keys are being stored again");
    case "flushing":
      return _("old keys are being deleted");
    default:
      if (unfilled.length > 0) return _("lost keys have not been stored again yet");
      if (work.length > 0) return _("a change is under way");
      return frame?.extra ? _("clients stored keys that are not in the key set") : _("the cause is not known");
  }
}

/**
 * How many keys all primaries store; a lower bound if a server's count is unknown.
 * @param {Readonly<Page>} page
 * @param {number} now
 * @returns {string | null} null if no count is known
 */
export function totalOf(page, now) {
  const members = page.view.state.nodes.filter(isMember);
  const frame = fresh(page, "stored", now);
  const keys = members.map(({ number }) => frame?.nodes?.[number]?.keys ?? null);
  if (keys.length === 0 || keys.every((one) => one === null)) return null;
  const sum = count(keys.reduce((/** @type {number} */ all, one) => all + (one ?? 0), 0));
  return keys.includes(null) ? interpolate(_("%(n)s or more"), { n: sum }) : sum;
}

/**
 * Fills in the cells that the node tables leave empty for this.
 * @param {Readonly<Page>} page
 */
export function fillCounts(page) {
  const now = Date.now();
  const state = shownChange(page)?.after ?? page.view.state;
  for (const cell of document.querySelectorAll("[data-stored]")) {
    fillCount(page, /** @type {HTMLElement} */ (cell), now);
  }
  for (const line of document.querySelectorAll("[data-replica]")) {
    fillReplica(page, /** @type {HTMLElement} */ (line), now);
  }
  for (const figure of document.querySelectorAll("[data-stored-total]")) write(figure, totalOf(page, now) ?? "–");
  for (const note of document.querySelectorAll("[data-stored-note]")) {
    const down = isManaged(state) && page.view === page.head && state.nodes.some((node) => node.state === "down");
    const back = down ? ` ${_("A revived node comes back empty, with a new node ID.")}` : "";
    write(note, countNote(page, now) + back);
  }
}

/**
 * @param {Readonly<Page>} page
 * @param {HTMLElement} cell of the node in its data-stored
 * @param {number} now
 */
export function fillCount(page, cell, now = Date.now()) {
  const state = shownChange(page)?.after ?? page.view.state;
  const node = state.nodes.find(({ number }) => number === Number(cell.dataset.stored));
  const found = countOf(page, node, now);
  write(cell, found.differs ? `≠ ${found.text}` : found.text);
  cell.classList.toggle("d", !found.known);
}

/**
 * @param {Readonly<Page>} page
 * @param {HTMLElement} line about the replica of the node in its data-replica
 * @param {number} now
 */
export function fillReplica(page, line, now = Date.now()) {
  const node = page.view.state.nodes.find(({ number }) => number === Number(line.dataset.replica));
  write(line, replicaLine(page, node, now));
}

/** @type {(element: Element, text: string) => void} */
export const write = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

/**
 * Additional facts for a node's card.
 * @param {Readonly<Page>} page
 * @param {Node} node
 * @param {number} now
 * @returns {[string, string][]}
 */
export function measuredFacts(page, node, now) {
  const found = countOf(page, node, now);
  const one = found.known ? page.frames.stored?.nodes[node.number] : null;
  const since = page.frames.stored && !found.known ? ` (${countNote(page, now)})` : "";
  /** @type {[string, string][]} */
  const facts = [[_("Stored keys"), (found.differs ? `≠ ${found.text}` : found.text) + since]];
  if (node.lost) facts.push([_("Lost"), interpolate(_("%(n)s not stored again yet"), { n: count(node.lost) })]);
  if (one && one.bytes !== null) facts.push([_("Memory"), memoryWords(one.bytes, one.limit ?? 0)]);
  if (one?.replica) {
    const { keys, up } = one.replica;
    const words = up && keys !== null ? interpolate(_("%(n)s keys"), { n: count(keys) }) : stateWord("down");
    facts.push([_("Replica"), words]);
  }
  return facts;
}

/**
 * @param {number} bytes
 * @param {number} limit 0 for none
 */
export const memoryWords = (bytes, limit) =>
  limit > 0
    ? interpolate(_("%(used)s of %(limit)s (%(share)s)"), {
        used: size(bytes),
        limit: size(limit),
        share: percent(bytes / limit),
      })
    : size(bytes);

const MIB = 2 ** 20;

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < MIB / 10) return interpolate(_("%(n)s KiB"), { n: fixed(bytes / 1024, bytes < 10240 ? 1 : 0) });
  return interpolate(_("%(n)s MiB"), { n: fixed(bytes / MIB, bytes < 100 * MIB ? 1 : 0) });
}
