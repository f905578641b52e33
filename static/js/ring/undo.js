/** Undo: when it is offered, and where the focus goes afterwards. */

import { byId } from "./dom.js";
import { follows } from "./subject.js";

/** @import { Change, Page } from "./types.js" */

/**
 * Whether an undo would take back the change on the screen: it is the newest event, apart from events that follow from it,
 * and the server can take back its kind.
 * @param {Readonly<Page>} page
 * @param {Change} change
 * @param {string[]} undoable kinds
 */
export function canUndo({ rows, head, floor }, { kind, v, planned }, undoable) {
  if (planned || v <= floor || !undoable.includes(kind)) return false;
  const since = rows.filter((row) => row.v > v);
  // Events of other subjects have no rows, but an undo would meet them first.
  return since.length === head.v - v && since.every((row) => follows(row.kind));
}

/**
 * Returns the focus to the row of the node that an undo was about, or to the ring if there is no row. If the user has moved
 * the focus elsewhere meanwhile, it stays there.
 * @param {number} [number] of the node, if the change was about a node
 */
export function focusNode(number) {
  const active = document.activeElement;
  const elsewhere = active instanceof HTMLElement && active !== document.body && active.id !== "undo";
  if (elsewhere && active.checkVisibility()) return;
  const row = document.querySelector(`#nodes [data-key="name${number}"]`);
  const there = row instanceof HTMLElement && row.checkVisibility();
  (there ? row : byId("ring")).focus({ preventScroll: true });
}
