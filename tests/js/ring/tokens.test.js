import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeTokens, decodeWords, TokenBook } from "../../../static/js/ring/tokens.js";
import { nodeOf, stateOf } from "../clusters.js";

/** A tokens.bin of these lists, as the server writes it. */
function binary(header, words) {
  let text = JSON.stringify(header);
  while (text.length % 4) text += " ";
  const buffer = new ArrayBuffer(8 + text.length + 4 * words.length);
  const view = new DataView(buffer);
  view.setUint32(0, 0x315a5652, true);
  view.setUint32(4, text.length, true);
  new Uint8Array(buffer, 8).set(new TextEncoder().encode(text));
  words.forEach((word, i) => {
    view.setUint32(8 + text.length + 4 * i, word, true);
  });
  return buffer;
}

test("tokens come apart by node", () => {
  const nodes = [
    [1, 2],
    [7, 1],
  ];
  const { v, nodes: lists, bins } = decodeTokens(binary({ v: 12, nodes }, [5, 4294967295, 6]));
  assert.equal(v, 12);
  assert.equal(bins, null);
  assert.deepEqual(
    [...lists].map(([number, list]) => [number, [...list]]),
    [
      [1, [5, 4294967295]],
      [7, [6]],
    ],
  );
});

test("above the limit there are bins", () => {
  const { bins, nodes } = decodeTokens(binary({ v: 1, total: 30_000, bins: 4 }, [1, 2, 3, 4]));
  assert.deepEqual([...bins], [1, 2, 3, 4]);
  assert.equal(nodes.size, 0);
});

test("something else is refused", () => {
  assert.throws(() => decodeTokens(new ArrayBuffer(4)));
  assert.throws(() => decodeTokens(new TextEncoder().encode("<!doctype html>").buffer));
});

test("words of base64 are little-endian", () => {
  assert.deepEqual([...decodeWords("AQAAAP////8=")], [1, 4294967295]);
});

test("a ring is of the active nodes, in the order of tokens", () => {
  const state = stateOf(3);
  const book = new TokenBook();
  book.learn(
    state,
    new Map([
      [1, Uint32Array.of(30, 4294967295)],
      [2, Uint32Array.of(20)],
      [3, Uint32Array.of(10)],
    ]),
  );
  state.nodes[2].state = "down";
  const { tokens, owners } = book.ring(state);
  assert.deepEqual([...tokens], [20, 30, 4294967295]);
  assert.deepEqual([...owners], [2, 1, 1]);
});

test("of equal tokens the one stands whose name sorts first by its UTF-8 bytes", () => {
  const state = stateOf(2);
  // U+FF5E sorts before U+1F600 by bytes, and after it by UTF-16 units.
  state.nodes = [nodeOf(1, { name: "\u{1f600}" }), nodeOf(2, { name: "\uff5e" })];
  const book = new TokenBook();
  book.learn(
    state,
    new Map([
      [1, Uint32Array.of(9)],
      [2, Uint32Array.of(9, 11)],
    ]),
  );
  const { tokens, owners } = book.ring(state);
  assert.deepEqual([...tokens], [9, 11]);
  assert.deepEqual([...owners], [2, 2]);
});

test("a node that comes back, and other settings that were seen before, cost no request", () => {
  const state = stateOf(2);
  const book = new TokenBook();
  assert.deepEqual(book.missing(state), [1, 2]);
  book.learn(state, new Map(state.nodes.map(({ number }) => [number, Uint32Array.of(number)])));
  assert.deepEqual(book.missing(state), []);
  assert.deepEqual(book.missing({ ...state, cluster: { ...state.cluster, vnodes: 64 } }), [1, 2]);
  const by = (strategy, vnodes) => book.missing({ ...state, cluster: { ...state.cluster, strategy, vnodes } });
  assert.deepEqual([by("modulo", 64), by("slots", 64), by("bounded", 64), by("bounded", 16)], [[], [], [1, 2], []]);
  assert.deepEqual(book.missing({ ...state, nodes: [nodeOf(1, { weight: 2 }), nodeOf(3, { weight: 0 })] }), [1]);
});

test("tokens that come late are those of every object of their moment", () => {
  const book = new TokenBook();
  const first = stateOf(1);
  const again = structuredClone(first);
  assert.equal(book.ring(again).tokens.length, 0);
  book.learn(first, new Map([[1, Uint32Array.of(5, 9)]]));
  assert.deepEqual([...book.ring(again).tokens], [5, 9]);
});
