import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { UnknownKind } from "../../../static/js/lib/subject.js";
import { apply, eventWords, ring } from "../../../static/js/ring/subject.js";
import { killEvent, nodeOf, stateOf } from "../clusters.js";

const CONTRACT = new URL("../../contract/", import.meta.url);
const golden = readdirSync(CONTRACT).filter((name) => name.endsWith(".json"));

test("there are golden files", () => {
  assert.ok(golden.length > 0);
});

for (const name of golden) {
  test(`the state after ${name} is what the server has`, () => {
    const { before, event, after } = JSON.parse(readFileSync(new URL(name, CONTRACT), "utf8"));
    const untouched = structuredClone(before);
    assert.deepEqual(apply(before, event.kind, event.payload), after);
    assert.deepEqual(before, untouched, "apply must not change what it is given");
  });
}

for (const name of golden) {
  test(`${name} is told in the words of the server`, () => {
    const { event, words } = JSON.parse(readFileSync(new URL(name, CONTRACT), "utf8"));
    const { label, text } = eventWords(event.kind, event.payload);
    assert.deepEqual({ label, text }, words);
  });
}

for (const name of golden) {
  test(`${name} shows what the server says that it shows`, () => {
    const { event, shows } = JSON.parse(readFileSync(new URL(name, CONTRACT), "utf8"));
    assert.equal(ring.kind(event.kind).shows, shows);
  });
}

const OLD = new URL("old/", CONTRACT);
for (const name of readdirSync(OLD)) {
  test(`an event of before strategies had parameters still folds: ${name}`, () => {
    const { before, event, after } = JSON.parse(readFileSync(new URL(name, OLD), "utf8"));
    assert.deepEqual(apply(before, event.kind, event.payload), {
      ...after,
      cluster: { options: {}, ...after.cluster },
    });
  });
}

test("a killed node takes its place and the others have their new figures", () => {
  const { kind, payload } = killEvent();
  const after = apply(stateOf(4), kind, payload);
  assert.deepEqual(
    after.nodes.map(({ number, state, keys }) => [number, state, keys]),
    [
      [1, "active", 160],
      [2, "active", 140],
      [3, "active", 100],
      [4, "down", 0],
    ],
  );
});

test("an added node stands in the order of numbers", () => {
  const state = { ...stateOf(2), nodes: [nodeOf(1), nodeOf(5)] };
  const after = apply(state, "node_added", { node: nodeOf(3), changed: [] });
  assert.deepEqual(
    after.nodes.map(({ number }) => number),
    [1, 3, 5],
  );
});

test("applying an event twice changes nothing", () => {
  const { kind, payload } = killEvent();
  const once = apply(stateOf(4), kind, payload);
  assert.deepEqual(apply(once, kind, payload), once);
});

const work = [1, 2, 3].map((id) => ({ id, action: "kill", node: id, name: "", asked: "", v: 1, cancelling: false }));

test("what is asked stands once, behind what was asked before, and ends alone", () => {
  const asked = [1, 2, 3, 3].reduce(
    (state, id) => apply(state, "work_asked", { asked: work[id - 1], node: null }),
    stateOf(3),
  );
  assert.deepEqual(asked.work, work);
  const frozen = apply(asked, "node_frozen", { node: nodeOf(2), changed: [], work: 2 });
  assert.deepEqual(
    frozen.work.map(({ id }) => id),
    [1, 3],
  );
});

test("a second cancel revives no work that was cancelled before", () => {
  const cancelled = [1, 3].reduce(
    (state, id) => apply(state, "work_cancelling", { asked: { ...work[id - 1], cancelling: true } }),
    { ...stateOf(3), work },
  );
  assert.deepEqual(
    cancelled.work.map(({ cancelling }) => cancelling),
    [true, false, true],
  );
});

test("an unknown kind is refused, also one that every object has", () => {
  assert.throws(() => apply(stateOf(1), "node_painted", {}), UnknownKind);
  assert.throws(() => apply(stateOf(1), "constructor", {}), UnknownKind);
});
