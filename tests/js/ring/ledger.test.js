import assert from "node:assert/strict";
import { test } from "node:test";
import { shownChange } from "../../../static/js/ring/change.js";
import { ledgerCells } from "../../../static/js/ring/ledger.js";
import { apply } from "../../../static/js/ring/subject.js";
import { killEvent, momentOf, movementOf, nodeOf, pageOf, stateOf } from "../clusters.js";

/** The figures and words of an event by a strategy. */
function cells(strategy, more, { copies = 1, kind = "node_killed" } = {}) {
  const before = stateOf(4, { cluster: { strategy, copies } });
  const payload = { ...killEvent().payload, movement: movementOf(more) };
  if (kind === "node_added") payload.node = nodeOf(5);
  const state = apply(before, kind, payload);
  const event = { v: 8, kind, at: "", payload };
  const change = shownChange(pageOf(state, { view: momentOf(8, state, { event, before, calm: false }) }));
  return ledgerCells(change, change.movement);
}

test("a death loses the only copy of what the dead had, and copies have to be made where there are some", () => {
  const made = ["100", "of 400 copies to make", false];
  assert.deepEqual(cells("ring"), [["100", "changed owner", false], ["100", "lost, the only copy", true], made]);
  assert.deepEqual(cells("ring", {}, { copies: 3 })[1], ["0", "lost, 2 copies left", false]);
});

test("what moved between nodes that stay is not lost", () => {
  const [moved, lost, made] = cells("modulo", { moved: 300, needless: 200 });
  assert.deepEqual([moved[0], lost[0], made[0]], ["300", "100", "100"]);
});

test("where a key has no copies the needless moves have their place", () => {
  assert.deepEqual(cells("maglev", { moved: 120, needless: 20 }, { copies: 3 }), [
    ["120", "changed owner", false],
    ["100", "lost, the only copy", true],
    ["20", "needless moves", false],
  ]);
  assert.deepEqual(
    cells("jump", { moved: 50, needless: 0 }, { kind: "node_added" }).map(([, words]) => words),
    ["changed owner", "needless moves"],
  );
});
