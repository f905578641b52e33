import assert from "node:assert/strict";
import { test } from "node:test";
import { keep, kept } from "../../../static/js/lib/kept.js";
import { isFirstVisit } from "../../../static/js/ring/tour/first.js";
import { readLink } from "../../../static/js/ring/link.js";
import { overlap, placeBeside } from "../../../static/js/ring/tour/place.js";
import { stepsFor } from "../../../static/js/ring/tour/steps.js";
import { killEvent, momentOf, pageOf, stateOf } from "../clusters.js";

const names = (page) => stepsFor(page).map(({ name }) => name);
const step = (page, name) => stepsFor(page).find((one) => one.name === name);
const textOf = (page, name = "click") => step(page, name).text(page, false);
const MANAGED = { cluster: { kind: "managed" } };

test("a simulated cluster has its load in the place of what is stored", () => {
  assert.deepEqual(names(pageOf(stateOf(4))), ["find", "click", "balance", "back"]);
  assert.deepEqual(names(pageOf(stateOf(4, MANAGED))), ["find", "click", "compare", "back"]);
});

test("a step is left out where what it points at does not exist", () => {
  assert.deepEqual(names(pageOf(stateOf(0))), ["back"]);
  assert.deepEqual(names(pageOf(stateOf(0), { floor: 7 })), []);
  assert.deepEqual(names(pageOf(stateOf(4, { ...MANAGED, keys: { count: 0 } }))), ["find", "click", "back"]);
  assert.deepEqual(names(pageOf(stateOf(4, { cluster: { strategy: "jump" } }))), ["find", "balance", "back"]);
  assert.deepEqual(names(pageOf(stateOf(4, { cluster: { kind: "external", strategy: "slots" } }))), ["find", "back"]);
});

test("what a click does is said for who may do it", () => {
  assert.match(textOf(pageOf(stateOf(4))), /kill that node.*take over its keys/);
  assert.match(textOf(pageOf(stateOf(4, MANAGED))), /kill that node.*its keys are lost/);
  assert.match(textOf(pageOf(stateOf(4, { cluster: { demo: false } }))), /plan losing.*until you commit/);
  assert.match(textOf(pageOf(stateOf(4), { mayOperate: false })), /preview losing.*Nothing happens/);
  assert.match(step(pageOf(stateOf(4)), "click").text(pageOf(stateOf(4)), true), /^Tap any arc/);
});

test("a step is done by what somebody does after it began", () => {
  const from = pageOf(stateOf(4), { lookup: { owner: 1 } });
  const { done } = step(from, "find");
  assert.ok(!done(from, from), "the example was looked up by the page");
  assert.ok(!done({ ...from, key: "a" }, from), "no answer yet");
  assert.ok(done({ ...from, key: "a", lookup: { owner: 2 } }, from));
  const again = { ...from, key: "a" };
  assert.ok(!done({ ...again, lookup: { owner: 2 } }, again), "the page asked again after a change");

  const event = killEvent();
  const killed = pageOf(stateOf(4), { view: momentOf(8, stateOf(4), { event, before: stateOf(4), calm: false }) });
  assert.ok(!step(from, "click").done(from, from));
  assert.ok(step(from, "click").done(killed, from));
  assert.ok(!step(from, "click").done(killed, killed), "it was there before");
  assert.ok(step(from, "back").done({ ...from, view: momentOf(6, stateOf(4)) }, from));
});

test("with a plan on the page the node list is not there, and the step says how it comes back", () => {
  const page = pageOf(stateOf(4, MANAGED), { plan: { fields: {} } });
  assert.match(textOf(page, "compare"), /^Discard the plan/);
});

const ROOM = { left: 0, top: 50, right: 1000, bottom: 700 };
const SIZE = { width: 300, height: 160 };
const boxOf = ({ left, top }) => ({ left, top, right: left + SIZE.width, bottom: top + SIZE.height });

test("the tour never covers what it points at, wherever that is", () => {
  for (let left = 0; left <= 900; left += 50) {
    for (let top = 50; top <= 660; top += 61) {
      const target = { left, top, right: left + 100, bottom: top + 40 };
      const place = placeBeside(target, SIZE, ROOM, []);
      const box = boxOf(place);
      assert.equal(overlap(box, target), 0, JSON.stringify({ target, place }));
      assert.ok(box.left >= 0 && box.right <= 1000 && box.top >= 50 && box.bottom <= 700);
    }
  }
});

test("it points to where its target is, wherever the room has pushed it", () => {
  for (let left = 0; left <= 900; left += 50) {
    for (let top = 50; top <= 660; top += 61) {
      const target = { left, top, right: left + 100, bottom: top + 40 };
      const { side, ...place } = placeBeside(target, SIZE, ROOM, []);
      const box = boxOf(place);
      const holds = {
        below: box.top >= target.bottom,
        above: box.bottom <= target.top,
        right: box.left >= target.right,
        left: box.right <= target.left,
        "": false,
      };
      assert.ok(holds[side], JSON.stringify({ target, place, side }));
    }
  }
});

test("it rather covers a little than being far from its target", () => {
  const target = { left: 790, top: 90, right: 920, bottom: 350 };
  const nodes = { left: 690, top: 90, right: 1000, bottom: 380 };
  const place = placeBeside(target, SIZE, ROOM, [nodes]);
  assert.equal(place.side, "below");
  assert.equal(place.top, 364);
});

test("it covers as little as possible of what should stay in view", () => {
  const target = { left: 20, top: 100, right: 220, bottom: 140 };
  const below = { left: 20, top: 140, right: 220, bottom: 400 };
  assert.equal(placeBeside(target, SIZE, ROOM, []).side, "below");
  assert.equal(placeBeside(target, SIZE, ROOM, [below]).side, "right");
  const all = { left: 0, top: 0, right: 700, bottom: 500 };
  assert.equal(overlap(boxOf(placeBeside(target, SIZE, ROOM, [all])), all), 0);
});

test("it stays where it is while what it points at grows a little", () => {
  const target = { left: 20, top: 100, right: 220, bottom: 140 };
  const first = placeBeside(target, SIZE, ROOM, []);
  const now = placeBeside({ ...target, bottom: 130 }, SIZE, ROOM, [], first);
  assert.equal(now.top, first.top);
  assert.notEqual(placeBeside({ ...target, bottom: 200 }, SIZE, ROOM, [], first).top, first.top);
});

test("the first visit is one at a plain address where nothing was kept", () => {
  const store = new Map();
  globalThis.localStorage = {
    getItem: (name) => store.get(name) ?? null,
    setItem: (name, value) => store.set(name, value),
  };
  for (const link of ["?v=2", "?key=a", "?plan=kill&node=1", "?node=3", "?strategy=jump"]) {
    assert.ok(!isFirstVisit(readLink(link)), link);
  }
  assert.ok(isFirstVisit(readLink("?theme=dark")));
  assert.ok(keep("tour", "shown"));
  assert.ok(!isFirstVisit(readLink("")));
  delete globalThis.localStorage;
  assert.equal(kept("tour"), null, "without storage nothing is known");
  assert.ok(!keep("tour", "shown"));
});
