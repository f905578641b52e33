import assert from "node:assert/strict";
import { test } from "node:test";
import { ownerIndex } from "../../../static/js/lib/geometry.js";
import { lookupIn } from "../../../static/js/ring/lookup.js";
import { powersOf } from "../../../static/js/ring/powers.js";
import { slotRing } from "../../../static/js/ring/slots.js";
import { TokenBook } from "../../../static/js/ring/tokens.js";
import { nodeOf, stateOf } from "../clusters.js";

const start = (slot) => slot * 2 ** 18;
const a = {
  ...nodeOf(1),
  slots: [
    [0, 99],
    [200, 299],
  ],
};
const b = {
  ...nodeOf(2),
  slots: [
    [100, 199],
    [300, 16_000],
  ],
};
const foreign = (...nodes) => ({
  ...stateOf(0, { cluster: { kind: "external", strategy: "slots", copies: 3, demo: false } }),
  nodes,
});

test("each range ends at its last slot's start, and nobody's slots are nobody's", () => {
  const { tokens, owners } = slotRing([a, b]);
  assert.deepEqual([...tokens], [99, 199, 299, 16_000, 16_383].map(start));
  assert.deepEqual([...owners], [1, 2, 1, 2, 0]);
});

test("every slot has the owner that it is said to have", () => {
  const { tokens, owners } = slotRing([a, b]);
  for (let slot = 0; slot < 16_384; slot++) {
    const has = (node) => node.slots.some(([first, last]) => first <= slot && slot <= last);
    assert.equal(owners[ownerIndex(tokens, start(slot))], has(a) ? 1 : has(b) ? 2 : 0, `slot ${slot}`);
  }
});

test("who is down serves nothing, who is suspected still does", () => {
  const { owners } = slotRing([
    { ...a, state: "down" },
    { ...b, state: "suspected" },
  ]);
  assert.deepEqual([...owners], [0, 2, 0, 2, 0]);
  assert.equal(slotRing([{ ...a, state: "down" }]).tokens.length, 0);
  assert.equal(slotRing([]).tokens.length, 0);
});

test("the book takes the ring from the state and asks for nothing", () => {
  const book = new TokenBook();
  const state = foreign(a, b);
  assert.deepEqual(book.missing(state), []);
  assert.deepEqual([...book.ring(state).owners], [1, 2, 1, 2, 0]);
});

test("a key has the owner of its slot alone, or nobody", () => {
  const state = foreign(a, b);
  const ring = slotRing(state.nodes);
  const of = (slot) =>
    lookupIn({ key: "k", hash: start(slot), position: 0, v: 1, owner: 0, token: null, copies: [] }, 2, state, ring);
  assert.deepEqual([of(150).owner, of(150).token, of(150).copies], [2, { value: start(199), index: -1 }, []]);
  assert.deepEqual([of(16_001).owner, of(16_001).token, of(16_001).copies], [0, null, []]);
});

test("nobody may do anything to it", () => {
  const moment = { state: foreign(a, b) };
  const powers = powersOf({ view: moment, head: moment, link: { state: "live" } }, true);
  assert.deepEqual([powers.ask, powers.operate, powers.direct], [false, false, false]);
  assert.match(powers.why, /^Read-only/);
});
