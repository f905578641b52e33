import assert from "node:assert/strict";
import { test } from "node:test";
import { shownChange } from "../../../static/js/ring/change.js";
import { apply } from "../../../static/js/ring/subject.js";
import { canUndo } from "../../../static/js/ring/undo.js";
import { killEvent, momentOf, pageOf, stateOf } from "../clusters.js";

const UNDOABLE = ["node_killed"];
const row = (v, kind) => ({ v, kind, at: "", label: "", text: "", moved: 0, keys: 0, share: 0 });

/** A page that shows the kill of version 8, at a head that may be later. */
function after(rows, more = {}) {
  const event = killEvent();
  const before = stateOf(4);
  const state = apply(before, event.kind, event.payload);
  const view = momentOf(more.v ?? 8, state, { event, before, calm: false });
  return pageOf(state, { view, head: view, rows, ...more.page });
}
const can = (page, undoable = UNDOABLE) => canUndo(page, shownChange(page), undoable);

test("the newest event can be taken back, and the newest but for what follows from it", () => {
  assert.ok(can(after([row(8, "node_killed")])));
  assert.ok(can(after([])), "of an event that came before the rows did");
  assert.ok(can(after([row(8, "node_killed"), row(9, "keys_refilled")], { v: 9 })));
});

test("an undo would meet another event first: there is none", () => {
  assert.ok(!can(after([row(8, "node_killed"), row(9, "workload_set")], { v: 9 })));
  assert.ok(!can(after([row(8, "node_killed"), row(9, "workload_set"), row(10, "keys_refilled")], { v: 10 })));
  assert.ok(!can(after([row(8, "node_killed")], { v: 9 })), "version 9 is another subject's");
});

test("what has happened to a server, what is only planned and what is before the log cannot be taken back", () => {
  assert.ok(!can(after([row(8, "node_killed")]), ["node_added"]));
  const page = after([row(8, "node_killed")]);
  assert.ok(!canUndo(page, { ...shownChange(page), planned: true }, UNDOABLE));
  assert.ok(!can(after([row(8, "node_killed")], { page: { floor: 8 } })));
});
