import assert from "node:assert/strict";
import { test } from "node:test";
import { askedIn, isLocal, lookupIn } from "../../../static/js/ring/lookup.js";
import { stateOf, strategies } from "../clusters.js";

const ring = { tokens: Uint32Array.of(10, 20, 30, 40), owners: Uint32Array.of(1, 1, 2, 3) };
const looked = { key: "k", hash: 15, position: 0, v: 3, owner: 1, token: { value: 20, index: 4 }, copies: [] };

test("the copies are the next distinct nodes clockwise", () => {
  const { v, owner, token, copies } = lookupIn(looked, 9, stateOf(3, { cluster: { copies: 3 } }), ring);
  assert.deepEqual([v, owner, token], [9, 1, { value: 20, index: 4 }]);
  assert.deepEqual(copies, [
    { number: 2, token: 30 },
    { number: 3, token: 40 },
  ]);
});

test("beyond the last token the walk wraps, and there are no more copies than nodes", () => {
  const { owner, token, copies } = lookupIn({ ...looked, hash: 41 }, 9, stateOf(3, { cluster: { copies: 8 } }), ring);
  assert.deepEqual([owner, token], [1, { value: 10, index: -1 }]);
  assert.equal(copies.length, 2);
});

test("a hash on a token belongs to it", () => {
  assert.equal(lookupIn({ ...looked, hash: 30 }, 9, stateOf(3), ring).owner, 2);
});

test("the page knows an owner by itself only where ranges have one", () => {
  const local = Object.keys(strategies).filter((strategy) => isLocal({ ...stateOf(1).cluster, strategy }));
  assert.deepEqual(local, ["ring", "slots"]);
});

test("while the server is asked the key keeps its hash, and nothing of the answer before is left", () => {
  const { key, hash, position } = looked;
  const before = { ...looked, copies: [{ number: 2, token: 30 }], stored: { owner: 1, found: true, replicas: [] } };
  const none = { owner: 0, token: null, copies: [] };
  assert.deepEqual(askedIn(before, 9), { key, hash, position, v: 9, ...none, asked: true });
  assert.equal(lookupIn(askedIn(before, 9), 10, stateOf(3), ring).asked, undefined);
});

test("in a slot map no walk leads on to somebody else", () => {
  const state = stateOf(3, { cluster: { kind: "external", strategy: "slots", copies: 3 } });
  assert.deepEqual(lookupIn(looked, 9, state, ring).copies, []);
});

test("without a node a key has no owner", () => {
  const none = { tokens: new Uint32Array(), owners: new Uint32Array() };
  assert.equal(lookupIn(looked, 9, stateOf(0), none).owner, 0);
});
