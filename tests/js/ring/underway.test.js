import assert from "node:assert/strict";
import { test } from "node:test";
import { captionOf } from "../../../static/js/ring/caption.js";
import { followWork } from "../../../static/js/ring/following.js";
import { Store } from "../../../static/js/ring/store.js";
import { apply } from "../../../static/js/ring/subject.js";
import { Travel } from "../../../static/js/ring/travel.js";
import { busyWith, drawnChange, movingChange, progressOf } from "../../../static/js/ring/underway.js";
import { killEvent, momentOf, movementOf, nodeOf, pageOf, stateOf } from "../clusters.js";

const HEARD = 1_000;
const workOf = (id, action, more = {}) => ({
  id,
  action,
  node: 4,
  name: "cache-4",
  asked: "",
  v: 7,
  cancelling: false,
  ...more,
});
const managed = (work) => ({ ...stateOf(4, { cluster: { kind: "managed" } }), work });
const drained = {
  v: 7,
  kind: "node_drained",
  payload: { node: nodeOf(4, { state: "draining", keys: 0 }), changed: [], movement: movementOf() },
};
const frameOf = (id, more = {}) => ({
  heard: HEARD,
  id,
  action: "drain",
  node: 4,
  phase: "moving",
  keys_done: 25,
  keys_total: 100,
  slots_done: 1_000,
  slots_total: 4_096,
  atomic: true,
  why: "",
  extra: 0,
  since: 0,
  ...more,
});

/** A page whose server answers what is under way; and what it was asked. */
async function busyPage(t, state, answer = drained, more = {}) {
  const asked = [];
  t.mock.method(globalThis, "fetch", async (url) => {
    asked.push(url);
    return new Response(JSON.stringify(answer));
  });
  const view = momentOf(7, state);
  const store = new Store(pageOf(state, { view, head: view, ...more }));
  followWork(store, /** @type {any} */ ({ underway: "underway" }));
  await settled();
  return { store, asked };
}

const settled = async () => {
  await import("../../../static/js/ring/busy.js");
  await new Promise((resolve) => setImmediate(resolve));
};

test("a page that is opened in the middle of a drain draws what moves, from whom to whom", async (t) => {
  const { store, asked } = await busyPage(t, managed([workOf(7, "drain")]));
  assert.deepEqual(asked, ["underway?work=7"]);
  const change = drawnChange(store.page);
  assert.deepEqual(change?.movement?.pairs, [
    [4, 1, 60],
    [4, 2, 40],
  ]);
  assert.equal(change, drawnChange(store.page), "the same object as long as nothing changes");
  assert.deepEqual(captionOf(store.page), {
    title: "Draining cache-4",
    text: "Its keys are moving to 2 nodes. It keeps its arcs until all have arrived.",
  });
});

test("progress is what the supervisor counts of this request, as long as it is heard", () => {
  const work = workOf(7, "drain");
  const page = pageOf(managed([work]), { frames: { work: frameOf(7) } });
  assert.deepEqual(progressOf(page, work, HEARD), { done: 25, all: 100, slots: 1_000, allSlots: 4_096 });
  assert.equal(progressOf(page, work, HEARD + 10_000), null);
  assert.equal(progressOf(page, workOf(8, "drain"), HEARD), null);
});

test("of several requests the one that is being carried out is told", () => {
  const state = managed([workOf(7, "drain"), workOf(9, "reweight")]);
  assert.equal(busyWith(pageOf(state))?.id, 7);
  assert.equal(busyWith(pageOf(state, { frames: { work: frameOf(9) } }))?.id, 9);
  assert.equal(busyWith(pageOf(state, { frames: { work: frameOf(5) } }))?.id, 7);
});

test("in the past, beside a plan and under a newer change nothing is under way", () => {
  const state = managed([workOf(7, "drain")]);
  const head = momentOf(7, state);
  assert.equal(busyWith(pageOf(state, { head, view: momentOf(5, state) })), null);
  assert.equal(busyWith(pageOf(state, { plan: /** @type {any} */ ({}) })), null);
  const store = new Store(pageOf(state));
  new Travel(store, /** @type {any} */ ({}), assert.fail).receive(killEvent(8));
  assert.equal(busyWith(store.page), null);
  assert.equal(drawnChange(store.page)?.kind, "node_killed");
});

test("the first servers are not a request of somebody", () => {
  assert.equal(busyWith(pageOf(managed([workOf(1, "form")]))), null);
});

test("while a request is being cancelled nothing is drawn as on its way", async (t) => {
  const { store } = await busyPage(t, managed([workOf(7, "drain")]));
  const { head } = store.page;
  const next = { ...head, v: 8, state: managed([workOf(7, "drain", { cancelling: true })]) };
  store.set({ head: next, view: next });
  assert.equal(movingChange(store.page), null);
  assert.equal(captionOf(store.page).title, "Cancelling: drain cache-4");
});

test("when the cluster changes meanwhile it is asked anew, and what ends is forgotten", async (t) => {
  const { store, asked } = await busyPage(t, managed([workOf(7, "drain")]));
  const { head } = store.page;
  const other = { ...head, v: 8, state: { ...head.state } };
  store.set({ head: other, view: other });
  await settled();
  assert.equal(asked.length, 2);
  assert.equal(movingChange(store.page)?.before, other.state);
  const done = { ...head, v: 9, state: apply(other.state, drained.kind, { ...drained.payload, work: 7 }) };
  store.set({ head: done, view: done });
  assert.equal(store.page.underWay, null);
  assert.equal(busyWith(store.page), null);
});

test("a request that moves no keys has a title and no arcs", async (t) => {
  const none = { v: 7, kind: "", payload: {} };
  const { store } = await busyPage(t, managed([workOf(7, "restart")]), none);
  assert.equal(drawnChange(store.page), null);
  assert.deepEqual(captionOf(store.page), { title: "Restarting cache-4", text: "" });
});

test("what a request moved that has ended by now is not asked for again", async (t) => {
  t.mock.method(globalThis, "fetch", async () => new Response("{}", { status: 404 }));
  const view = momentOf(7, managed([workOf(7, "drain")]));
  const store = new Store(pageOf(view.state, { view, head: view }));
  followWork(store, /** @type {any} */ ({ underway: "underway" }));
  await settled();
  assert.equal(store.page.underWay, null);
});
