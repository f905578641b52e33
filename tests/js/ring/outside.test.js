import assert from "node:assert/strict";
import { test } from "node:test";
import { captionOf, tellOutside } from "../../../static/js/ring/caption.js";
import { movedRatio, rangesOf, shownChange } from "../../../static/js/ring/change.js";
import { outsideWords, seenWords } from "../../../static/js/ring/outside.js";
import { clusterFacts, nodeFacts } from "../../../static/js/ring/served/outside.js";
import { slotMovement } from "../../../static/js/ring/slots.js";
import { nodeOf, stateOf } from "../clusters.js";

tellOutside({ outsideWords, seenWords });
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

test("owners are counted, not members", () => {
  assert.equal(outsideWords(foreign(A, B, nodeWith(3, []))).title, "2 nodes own all 16,384 slots");
});

test("what is odd about a member is said with what it means", () => {
  const now = 1_000_000;
  const odd = { ...A, hostname: "a.example", replicas: [{ ...replica(1), slots: 7, hostname: "r.example" }] };
  const one = { up: true, keys: 1, bytes: 1, limit: 0, ops: null, replica: null };
  const open = [
    { slot: 5, leaving: true, peer: "cache-2" },
    { slot: 6, leaving: false, peer: "cache-2" },
  ];
  const told = { 1: { ...one, open }, 2: { ...one, keys: null, shared: true } };
  const page = seen(foreign(odd, B), foreign(odd, B));
  const at = (nodes) => ({ ...page, frames: { stored: { heard: now, at: now, nodes, lacks: ["INFO"] } } });
  assert.deepEqual(clusterFacts(at(told), now).slice(5), [
    ["Open slots", "2, in the middle of a move"],
    ["Not counted", "1 node: others announce its address"],
    ["The user may not run", "INFO"],
  ]);
  const card = (node, nodes) => nodeFacts(at(nodes), node, now).map(([name, value]) => `${name}: ${value}`);
  const said = card(odd, told);
  assert.ok(said.includes("Open slot: 5, moving to cache-2: its keys may be on either node"), said.join());
  assert.ok(said.includes("Open slot: 6, moving from cache-2: its keys may be on either node"), said.join());
  assert.ok(said.includes("Address: 10.0.0.1:6379, announced as a.example"), said.join());
  assert.ok(said.includes("Replica: 10.0.0.9:1, r.example, active, still lists 7 slots"), said.join());
  assert.ok(card(B, told).includes("Address: 10.0.0.2:6379, announced by several members: not counted"));
  const alone = { 2: { ...one, unaware: true } };
  assert.ok(card(B, alone).includes("Address: 10.0.0.2:6379 (the member itself does not know it)"));
  const lost = { ...B, address: "", state: "down" };
  assert.ok(card(lost, {}).includes("Address: unknown: the other members no longer have it"));
});

test("slots of a node that is down are told apart from slots of nobody", () => {
  const lost = { ...A, slots: [[0, 8000]], state: "down", address: "" };
  assert.match(
    outsideWords(foreign(lost, B)).text,
    /8,001 slots belong to nodes that are down: .* 191 slots have no owner: their keys can be neither read nor written\.$/,
  );
});

test("what does not move slots is told too", () => {
  const of = (change) => said(foreign(A, B), foreign(...change)).title;
  assert.equal(of([{ ...A, state: "suspected" }, B]), "cache-1 does not answer");
  assert.equal(of([{ ...A, replicas: [replica(1, "down")] }, B]), "Replicas of cache-1: 1, 1 down");
  assert.equal(of([A, B, nodeWith(3, [])]), "cache-3 joined");
  const gone = foreign(A, B, nodeWith(3, []));
  assert.equal(said(gone, foreign(A, B)).title, "cache-3 is no longer a member");
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
