import assert from "node:assert/strict";
import { test } from "node:test";
import {
  courseOf,
  fullest,
  inFlight,
  inSystem,
  isFrozen,
  longestQueue,
  nodesByCount,
  queuesAt,
  upTo,
} from "../../../static/js/balancer/state.js";
import { FEW } from "./traces.js";

const [RUN] = FEW.runs;

test("of rising numbers it is known how many are at most a value", () => {
  const rising = Float32Array.of(1, 2, 2, 5);
  assert.deepEqual(
    [0, 1, 2, 4.9, 5, 9].map((value) => upTo(rising, value)),
    [0, 1, 3, 3, 4, 4],
  );
  assert.equal(upTo(new Float32Array(), 1), 0);
});

test("queues fill and drain", () => {
  const at = (moment) => queuesAt(FEW, RUN, moment);
  assert.deepEqual(at(0), { serving: [0, 0], waiting: [0, 0] });
  assert.deepEqual(at(2), { serving: [1, 1], waiting: [0, 0] });
  assert.deepEqual(at(2.5), { serving: [1, 1], waiting: [1, 0] });
  assert.deepEqual(at(3), { serving: [1, 0], waiting: [1, 0] });
  assert.deepEqual(at(4), { serving: [1, 0], waiting: [0, 0] });
  assert.deepEqual(at(6), { serving: [0, 0], waiting: [0, 0] });
});

test("a refused request is in no queue and not in the system", () => {
  assert.deepEqual(inFlight(queuesAt(FEW, RUN, 5)), [1, 0]);
  assert.equal(inSystem(courseOf(FEW, RUN), 5), 1);
});

test("what is in the system is what all queues have", () => {
  const course = courseOf(FEW, RUN);
  for (const at of [0, 1, 2, 2.5, 3, 3.5, 4, 5, 6, 7]) {
    const sum = inFlight(queuesAt(FEW, RUN, at)).reduce((one, other) => one + other, 0);
    assert.equal(inSystem(course, at), sum, `at ${at}`);
  }
  assert.equal(fullest(course), 3);
});

test("the longest queue is found", () => {
  assert.equal(longestQueue(FEW, RUN), 2);
  const alone = { ...RUN, place: Int16Array.of(-1, 1, -1, -1) };
  assert.equal(longestQueue(FEW, alone), 1);
});

test("a node is frozen in the first part of each period", () => {
  const freeze = { place: 0, start: 30, every: 100, part: 0.3 };
  const at = [29, 30, 59, 60, 129, 130, 159, 161].map((moment) => isFrozen(freeze, moment));
  assert.deepEqual(at, [false, true, true, false, false, true, true, false]);
});

test("nodes are counted by their requests, the longest together", () => {
  assert.deepEqual(nodesByCount([0, 2, 0, 9, 3], 3), [2, 0, 1, 2]);
});
