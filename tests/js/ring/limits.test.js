import assert from "node:assert/strict";
import { test } from "node:test";
import { shownChange } from "../../../static/js/ring/change.js";
import { renumberNote, renumberWords, weightWords } from "../../../static/js/ring/limits.js";
import { apply } from "../../../static/js/ring/subject.js";
import { killEvent, momentOf, nodeOf, pageOf, stateOf } from "../clusters.js";

const by = (strategy) => stateOf(4, { cluster: { strategy } });
const NOTE =
  "Jump hash numbers the nodes. When any node but the last leaves, the nodes after it get new numbers, and their keys move too.";

test("a node that is not the last renumbers the ones behind it, by jump hash alone", () => {
  assert.deepEqual(
    [1, 3, 4].map((number) => renumberWords(by("jump"), number)),
    [NOTE, NOTE, ""],
  );
  for (const name of ["ring", "modulo", "maglev"]) assert.equal(renumberWords(by(name), 1), "");
});

test("what is down or weighs nothing has no number, so that the node before it is the last", () => {
  const state = by("jump");
  state.nodes[3].state = "down";
  state.nodes[2].weight = 0;
  assert.deepEqual([renumberWords(state, 1), renumberWords(state, 2)], [NOTE, ""]);
});

/** The plan of an event. */
function plan(kind, node, before) {
  const payload = { ...killEvent().payload, node };
  const after = apply(before, kind, payload);
  return shownChange(pageOf(before, { plan: { fields: {}, v: 7, kind, payload, after, note: "" } }));
}

test("a plan says it of the node that leaves or comes back, and of no other", () => {
  const down = (number) => nodeOf(number, { state: "down" });
  assert.equal(renumberNote(plan("node_killed", down(2), by("jump"))), NOTE);
  assert.equal(renumberNote(plan("node_killed", down(4), by("jump"))), "");
  assert.equal(renumberNote(plan("node_killed", down(2), by("maglev"))), "");
  assert.equal(renumberNote(plan("node_reweighted", nodeOf(2, { weight: 3 }), by("jump"))), "");
  const before = apply(by("jump"), "node_killed", { node: down(2) });
  assert.equal(renumberNote(plan("node_revived", nodeOf(2), before)), NOTE);
});

test("a plan of other settings is about no node", () => {
  const before = by("jump");
  const payload = { cluster: before.cluster, before: before.cluster, changed: [] };
  const view = momentOf(7, before);
  const made = { fields: {}, v: 7, kind: "cluster_reconfigured", payload, after: before, note: "" };
  assert.equal(renumberNote(shownChange(pageOf(before, { view, plan: made }))), "");
});

test("weights are followed, or it is said that they are not", () => {
  assert.equal(weightWords(by("ring").cluster), "");
  const text = "With jump hash, weights are ignored, except 0: such a node gets no keys.";
  assert.equal(weightWords(by("jump").cluster), text);
});
