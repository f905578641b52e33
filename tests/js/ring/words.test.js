import assert from "node:assert/strict";
import { test } from "node:test";
import { captionOf, shortage } from "../../../static/js/ring/caption.js";
import { movedRatio, rangesOf, shownChange } from "../../../static/js/ring/change.js";
import { apply, eventWords } from "../../../static/js/ring/subject.js";
import { changeAloud } from "../../../static/js/ring/words.js";
import { killEvent, momentOf, movementOf, nodeOf, pageOf, stateOf } from "../clusters.js";

/** A page that shows an event of a cluster of four nodes. */
function shown(event, before = stateOf(4)) {
  const state = apply(before, event.kind, event.payload);
  const view = momentOf(event.v, state, { event, before, calm: false });
  return pageOf(state, { view, head: view });
}

/** A page that shows the same as a plan. */
function planned({ kind, payload }, before = stateOf(4)) {
  const after = apply(before, kind, payload);
  return pageOf(before, { plan: { fields: { action: "kill" }, v: 7, kind, payload, after, note: "" } });
}

test("a calm page says how many nodes share how many keys", () => {
  assert.equal(captionOf(pageOf(stateOf(8))).title, "8 nodes share 800 keys");
  assert.equal(captionOf(pageOf(stateOf(1))).title, "1 node owns all 100 keys");
  assert.equal(captionOf(pageOf(stateOf(0))).title, "No node yet");
  assert.equal(captionOf(pageOf(stateOf(8, { keys: { count: 0 } }))).title, "8 nodes, no keys yet");
  assert.equal(captionOf(pageOf(stateOf(40))).title, "40 nodes, 640 tokens");
});

test("a dead node is told with where its arcs went", () => {
  const { title, text } = captionOf(shown(killEvent()));
  assert.equal(title, "cache-4 is down");
  assert.equal(text, "Each of its 16 arcs went to the next token clockwise. The rest of the ring did not change.");
});

test("a plan says that nothing has happened", () => {
  const { title, text } = captionOf(planned(killEvent()));
  assert.equal(title, "If cache-4 died");
  assert.equal(text, "Nothing has happened yet. Each of its 16 arcs would go to the next token clockwise.");
});

test("too few nodes for the copies are told in the title", () => {
  const before = stateOf(4, { cluster: { copies: 4 } });
  assert.equal(captionOf(shown(killEvent(), before)).title, "cache-4 is down: keys have 3 of 4 copies");
  assert.deepEqual(shortage(before), null);
});

test("a node that owned nothing moves nothing", () => {
  const before = { ...stateOf(4), nodes: [nodeOf(1), nodeOf(2), nodeOf(3), nodeOf(4, { state: "draining" })] };
  const event = killEvent();
  event.payload.movement = movementOf({ moved: 0, pairs: [] });
  assert.match(captionOf(shown(event, before)).text, /^It owned nothing/);
});

test("what is heard has the number", () => {
  const change = shownChange(shown(killEvent()));
  assert.equal(changeAloud(change, "cache-4"), "cache-4 is down: 100 of 400 keys changed owner.");
});

test("settings are told by their difference", () => {
  const { cluster } = stateOf(1);
  const before = { strategy: "ring", vnodes: 16, copies: 1 };
  const said = (more) => eventWords("cluster_reconfigured", { cluster: { ...cluster, ...more }, before }).text;
  assert.equal(said({ vnodes: 64 }), "64 tokens per node");
  assert.equal(said({ copies: 2 }), "2 copies of each key");
  assert.equal(said({ strategy: "modulo", vnodes: 64 }), "modulo");
});

test("an undone event says so, and a kind that is not known stays readable", () => {
  assert.equal(eventWords("node_revived", { node: nodeOf(4), undoes: 8 }).text, "cache-4 revived (undone)");
  assert.equal(eventWords("node_painted", {}).text, "node_painted");
});

test("without keys the share is that of the hash space", () => {
  const words = Uint32Array.of(2 ** 31, 2 ** 31 + 2 ** 30, 4, 1);
  const ranges = Buffer.from(words.buffer).toString("base64");
  const movement = movementOf({ keys: 0, moved: 0, ranges });
  assert.deepEqual(rangesOf(movement), [{ start: 2 ** 31, end: 2 ** 31 + 2 ** 30, from: 4, to: 1 }]);
  assert.equal(movedRatio(movement), 0.25);
});
