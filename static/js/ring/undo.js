/** Undo: where it stands, and where the focus goes after it. */

import { byId } from "./dom.js";
import { follows } from "./subject.js";

/** @import { Change, Page } from "./types.js" */

/**
 * Whether the change on the screen is what an undo would take back: the newest event of all, or the newest but for what
 * follows from it, and of a kind that the server can take back.
 * @param {Readonly<Page>} page
 * @param {Change} change
 * @param {string[]} undoable kinds
 */
export function canUndo({ rows, head, floor }, { kind, v, planned }, undoable) {
  if (planned || v <= floor || !undoable.includes(kind)) return false;
  const since = rows.filter((row) => row.v > v);
  // Events of other subjects are no rows: an undo would meet them first.
  return since.length === head.v - v && since.every((row) => follows(row.kind));
}

/**
 * The focus goes back to the node that an undo was about, to its row, or to the ring where it has none. Who has gone on to something else meanwhile stays there.
 * @param {number} [number] of the node; none where the change was about no node
 */
export function focusNode(number) {
  const active = document.activeElement;
  const elsewhere = active instanceof HTMLElement && active !== document.body && active.id !== "undo";
  if (elsewhere && active.checkVisibility()) return;
  const row = document.querySelector(`#nodes [data-key="name${number}"]`);
  const there = row instanceof HTMLElement && row.checkVisibility();
  (there ? row : byId("ring")).focus({ preventScroll: true });
}
