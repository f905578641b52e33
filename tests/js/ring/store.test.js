import assert from "node:assert/strict";
import { test } from "node:test";
import { Store } from "../../../static/js/ring/store.js";
import { Travel } from "../../../static/js/ring/travel.js";
import { killEvent, momentOf, pageOf, stateOf } from "../clusters.js";

test("only those concerned are told, once, and in order", () => {
  const store = new Store(pageOf(stateOf(1)));
  const heard = [];
  store.on(["key"], ({ key }) => heard.push(`a${key}`));
  store.on(["key", "tab"], ({ key }) => heard.push(`b${key}`));
  store.on(["lens"], () => heard.push("lens"));
  heard.length = 0;
  store.set({ key: "x", tab: "find" });
  store.set({ key: "x" });
  assert.deepEqual(heard, ["ax", "bx"]);
});

test("what a listener sets is told after what it heard", () => {
  const store = new Store(pageOf(stateOf(1)));
  const heard = [];
  store.on(["key"], ({ key }) => key === "x" && store.set({ tab: "find" }));
  store.on(["key", "tab"], ({ key, tab }) => heard.push([key, tab]));
  heard.length = 0;
  store.set({ key: "x" });
  assert.deepEqual(heard, [
    ["x", "find"],
    ["x", "find"],
  ]);
});

const travelOf = (page) => {
  const store = new Store(page);
  return { store, travel: new Travel(store, /** @type {any} */ ({ state: "state" }), assert.fail) };
};

test("at the head an event is shown with what it changed", () => {
  const { store, travel } = travelOf(pageOf(stateOf(4)));
  const before = store.page.view.state;
  travel.receive(killEvent(8));
  assert.equal(store.page.view, store.page.head);
  assert.equal(store.page.view.v, 8);
  assert.equal(store.page.view.before, before);
  assert.equal(store.page.view.calm, false);
  assert.equal(store.page.rows.at(-1).share, 0.25);
});

test("in the past an event moves the head and nothing else", () => {
  entries();
  const state = stateOf(4);
  const past = momentOf(3, state);
  const { store, travel } = travelOf(pageOf(state, { view: past }));
  travel.receive(killEvent(8));
  assert.equal(store.page.view, past);
  assert.equal(store.page.head.v, 8);
  travel.live();
  assert.equal(store.page.view, store.page.head);
});

test("an event that was had, or one too far ahead, is dropped", () => {
  const { store, travel } = travelOf(pageOf(stateOf(4)));
  const { head } = store.page;
  travel.receive(killEvent(7));
  travel.receive(killEvent(9));
  assert.equal(store.page.head, head);
});

test("another epoch starts over, also for who was in the past", (t) => {
  const answer = JSON.stringify({ v: 2, epoch: "other", change: null });
  t.mock.method(globalThis, "fetch", async () => new Response(answer));
  const state = stateOf(4);
  const { store, travel } = travelOf(
    pageOf(state, { view: momentOf(3, state), rows: [/** @type {any} */ ({ v: 1 })] }),
  );
  travel.restart({ v: 2, epoch: "other", parts: { ring: stateOf(2) } }, "2026-05-03T13:00:00.000Z");
  assert.equal(store.page.view, store.page.head);
  assert.equal(store.page.view.v, 2);
  assert.deepEqual(store.page.rows, []);
});

test("an event of another subject only advances the version", () => {
  const before = stateOf(4);
  const { store, travel } = travelOf(pageOf(before));
  travel.receive(killEvent(8));
  const { view, rows } = store.page;
  travel.receive({ v: 9, kind: "policy_changed", at: "2026-05-03T12:00:09.000Z", payload: {} });
  assert.equal(store.page.head.v, 9);
  assert.equal(store.page.view, store.page.head);
  assert.deepEqual({ ...store.page.view, v: 8, at: view.at }, view, "the change before it stays on the screen");
  assert.equal(store.page.rows, rows);
  travel.receive(killEvent(10));
  assert.equal(store.page.head.v, 10, "and the page goes on");
});

/** A browser's history of addresses: what `pushState` and `replaceState` do to it. */
function entries() {
  const list = ["?"];
  globalThis.location = /** @type {any} */ ({ href: "?" });
  globalThis.history = /** @type {any} */ ({ pushState: (_state, _title, address) => list.push(address) });
  return list;
}

/** A travel whose moments are all known, at version 7. */
function traveller() {
  const store = new Store(pageOf(stateOf(4)));
  const travel = new Travel(store, /** @type {any} */ ({ state: "state" }), assert.fail);
  for (let v = 1; v <= 7; v += 1) travel.known.set(v, Promise.resolve(momentOf(v, stateOf(4))));
  return { store, travel };
}

test("a step is an entry of the history, and what is played, scrubbed or restored is none", async () => {
  const list = entries();
  const { store, travel } = traveller();
  await travel.step(-1);
  await travel.step(-1);
  assert.deepEqual([store.page.view.v, list.length], [5, 3]);
  await travel.step(1, false);
  await travel.go(3);
  assert.deepEqual([store.page.view.v, list.length], [3, 3]);
  await travel.restore(5);
  assert.deepEqual([store.page.view.v, list.length], [5, 3]);
  await travel.restore(null);
  assert.equal(store.page.view, store.page.head);
  assert.equal(list.length, 3);
});

test("a step that leads nowhere is no entry, and going live is one", async () => {
  const list = entries();
  const { store, travel } = traveller();
  await travel.go(1);
  await travel.step(-1);
  assert.deepEqual([store.page.view.v, list.length], [1, 1]);
  travel.live();
  travel.live();
  assert.deepEqual([store.page.view, list.length], [store.page.head, 2]);
});

test("a drag whose first moment comes late is one entry all the same", async () => {
  const list = entries();
  const { store, travel } = traveller();
  await Promise.all([travel.go(5, true), travel.go(4), travel.go(2)]);
  assert.deepEqual([store.page.view.v, list.length], [2, 2]);
});

test("a drag that begins at what is shown is one entry once it leaves it", async () => {
  const list = entries();
  const { store, travel } = traveller();
  for (const [v, entry] of [
    [7, true],
    [6, false],
    [4, false],
  ])
    await travel.go(v, entry);
  assert.deepEqual([store.page.view.v, list.length], [4, 2]);
});
