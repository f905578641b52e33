import assert from "node:assert/strict";
import { test } from "node:test";
import { captionOf } from "../../../static/js/ring/caption.js";
import { movedRatio, rangesOf, shownChange } from "../../../static/js/ring/change.js";
import { outsideWords, seenWords } from "../../../static/js/ring/outside.js";
import { clusterFacts, nodeFacts } from "../../../static/js/ring/served/outside.js";
import { slotMovement } from "../../../static/js/ring/slots.js";
import { nodeOf, stateOf } from "../clusters.js";

const replica = (port, state = "active") => ({ address: `10.0.0.9:${port}`, state });
const nodeWith = (number, slots, more = {}) => ({
  ...nodeOf(number),
  address: `10.0.0.${number}:6379`,
  keys: 0,
  tokens: slots.length,
  slots,
  replicas: [],
  ...more,
});
const foreign = (...nodes) => ({
  ...stateOf(0, { cluster: { kind: "external", strategy: "slots", demo: false }, keys: { count: 0 } }),
  nodes,
});
const A = nodeWith(1, [[0, 8191]], { replicas: [replica(1)] });
const B = nodeWith(2, [[8192, 16_383]]);
const seen = (before, after) => {
  const event = { v: 2, kind: "external_seen", at: "2026-05-03T12:00:00.000Z", payload: { nodes: after.nodes } };
  const view = { v: 2, at: event.at, state: after, event, before, calm: false };
  return { view, head: view, plan: null, frames: {} };
};
const said = (before, after) => seenWords(shownChange(seen(before, after)));

test("slots that went from one node to another are ranges that changed owner, and pairs of slots", () => {
  const after = [
    { ...A, slots: [[100, 8191]] },
    {
      ...B,
      slots: [
        [0, 99],
        [8192, 16_383],
      ],
    },
  ];
  const { movement, ranges } = slotMovement([A, B], after);
  assert.deepEqual(movement.pairs, [[1, 2, 100]]);
  assert.deepEqual(ranges, [{ start: 16_383 * 2 ** 18, end: 99 * 2 ** 18, from: 1, to: 2 }]);
  assert.equal(slotMovement([A, B], [A, B]), null);
  const change = shownChange(seen(foreign(A, B), foreign(...after)));
  assert.deepEqual(rangesOf(change.movement), ranges);
  assert.equal(movedRatio(change.movement), 100 / 16_384);
  assert.equal(seenWords(change).title, "100 slots went from cache-1 to cache-2");
  assert.equal(captionOf(seen(foreign(A, B), foreign(...after))).title, seenWords(change).title);
});

test("a replica that took over is told as that, the dead beside it", () => {
  const heir = nodeWith(3, [[0, 8191]], { address: "10.0.0.9:1" });
  const words = said(foreign(A, B), foreign({ ...A, state: "down", slots: [], replicas: [] }, B, heir));
  assert.equal(words.title, "cache-3 took over from cache-1, whose replica it was");
  assert.equal(words.text, "cache-1 is down. 8,192 slots went from cache-1 to cache-3.");
});

test("a replica that took over a look after the death is told as that", () => {
  const heir = nodeWith(3, [[0, 8191]], { address: "10.0.0.9:1" });
  const dead = { ...A, state: "down" };
  assert.deepEqual(said(foreign(dead, B), foreign({ ...dead, slots: [], replicas: [] }, B, heir)), {
    title: "cache-3 took over from cache-1, whose replica it was",
    text: "8,192 slots went from nobody to cache-3.",
  });
});

test("slots of nobody are said at once and in the calm picture", () => {
  const left = foreign({ ...A, slots: [[0, 8000]] }, B);
  assert.equal(said(foreign(A, B), left).title, "191 slots went from cache-1 to nobody");
  for (const { text } of [said(foreign(A, B), left), outsideWords(left)]) {
    assert.match(text, /191 slots have no owner: their keys can be neither read nor written\.$/);
  }
  assert.equal(outsideWords(left).title, "2 nodes own 16,193 of 16,384 slots");
  assert.equal(outsideWords(foreign(A, B)).title, "2 nodes own all 16,384 slots");
});

test("what does not move slots is told too", () => {
  const of = (change) => said(foreign(A, B), foreign(...change)).title;
  assert.equal(of([{ ...A, state: "suspected" }, B]), "cache-1 does not answer");
  assert.equal(of([{ ...A, replicas: [replica(1, "down")] }, B]), "Replicas of cache-1: 1, 1 down");
  assert.equal(of([A, B, nodeWith(3, [])]), "cache-3 joined");
  const gone = foreign(A, B, nodeWith(3, []));
  assert.equal(said(gone, foreign(A, B)).title, "cache-3 is no member any more");
  const demoted = { ...B, replicas: [{ address: "10.0.0.3:6379", state: "active" }] };
  assert.equal(said(gone, foreign(A, demoted)).title, "cache-3 is a replica of cache-2 now");
});

test("keys are what the servers count, or unknown, and never predicted", () => {
  const now = 1_000_000;
  const page = seen(foreign(A, B), foreign(A, B));
  const one = (keys, bytes) => ({
    up: keys !== null,
    keys,
    bytes,
    limit: 0,
    ops: null,
    replica: { keys: 7, up: true },
  });
  const facts = (frame) => Object.fromEntries(clusterFacts({ ...page, frames: frame ? { stored: frame } : {} }, now));
  const frame = { heard: now, at: now, nodes: { 1: one(1000, 2 ** 20), 2: one(500, 2 ** 20) } };
  assert.deepEqual(facts(frame), {
    Primaries: "2",
    Replicas: "1",
    Slots: "16,384 of 16,384",
    "Stored keys": "1,500",
    Memory: "2.0 MiB",
  });
  const half = facts({ ...frame, nodes: { ...frame.nodes, 2: one(null, null) } });
  assert.deepEqual([half["Stored keys"], half.Memory], ["1,000 or more", "unknown"]);
  assert.deepEqual([facts(null)["Stored keys"], facts(null).Memory], ["unknown", "unknown"]);
  const card = nodeFacts({ ...page, frames: { stored: frame } }, A, now);
  assert.deepEqual(card.slice(1, 2), [["Stored keys", "1,000"]]);
  assert.deepEqual(card.at(-1), ["Replica", "10.0.0.9:1, active, 7 keys"]);
  assert.ok(!card.some(([name]) => name === "Predicted keys"));
});
