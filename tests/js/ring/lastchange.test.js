import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { shownChange } from "../../../static/js/ring/change.js";
import { keepDone, withLastChange } from "../../../static/js/ring/lastchange.js";
import { Store } from "../../../static/js/ring/store.js";
import { apply } from "../../../static/js/ring/subject.js";
import { Travel } from "../../../static/js/ring/travel.js";
import { killEvent, momentOf, pageOf, stateOf } from "../clusters.js";

const before = stateOf(4);
const event = killEvent(8);
const after = apply(before, event.kind, event.payload);
const head = momentOf(8, after);
const open = () => withLastChange(head, { event, before }, "e");

/** @type {Map<string, string>} */
let kept;
beforeEach(() => {
  kept = new Map();
  globalThis.localStorage = /** @type {any} */ ({
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => kept.set(name, value),
  });
});
afterEach(() => {
  delete (/** @type {any} */ (globalThis).localStorage);
});

const travelOf = (page) => {
  const store = new Store(page);
  return { store, travel: new Travel(store, /** @type {any} */ ({ state: "state" }), assert.fail) };
};

test("a page that is opened after a change shows what an open page shows", () => {
  const { store, travel } = travelOf(pageOf(before));
  travel.receive(event);
  const opened = pageOf(after, { head: open(), view: open() });
  assert.deepEqual(shownChange(opened), shownChange(store.page));
  assert.ok(shownChange(opened));
});

test("without a change the ring is calm", () => {
  assert.equal(withLastChange(head, null, "e"), head);
});

test("what somebody is done with stays so when the page is opened again, in this life of the database", () => {
  const moment = open();
  const { store, travel } = travelOf(pageOf(after, { head: moment, view: moment }));
  travel.calm();
  assert.equal(store.page.view.calm, true);
  assert.equal(open().calm, true);
  const next = withLastChange(head, { event: killEvent(9), before }, "e");
  assert.equal(next.calm, false, "a later change is shown");
  assert.equal(withLastChange(head, { event, before }, "other").calm, false, "so is one of another database");
});

test("a refused storage keeps nothing and stops nothing", () => {
  globalThis.localStorage = /** @type {any} */ ({ getItem: refuse, setItem: refuse });
  keepDone(open(), "e");
  assert.equal(open().calm, false);
});

function refuse() {
  throw new Error("refused");
}

test("after a long silence the last change is asked for, and an event that comes first wins", async () => {
  const answer = { v: 8, epoch: "e", change: { event, before } };
  let give = (_answer) => {};
  const asked = [];
  globalThis.fetch = /** @type {any} */ (
    (url) => {
      asked.push(url);
      return new Promise((resolve) => {
        give = (json) =>
          resolve(new Response(JSON.stringify(json), { headers: { "content-type": "application/json" } }));
      });
    }
  );
  const { store, travel } = travelOf(pageOf(before));
  const recalled = travel.recall(store.page.head);
  give({ ...answer, v: store.page.head.v });
  await recalled;
  assert.deepEqual(asked, ["state"]);
  assert.equal(store.page.view, store.page.head);
  assert.equal(store.page.view.calm, false);
  const late = travel.recall(store.page.head);
  travel.receive(event);
  const { head: newest } = store.page;
  give({ ...answer, v: 7 });
  await late;
  assert.equal(store.page.head, newest);
});
