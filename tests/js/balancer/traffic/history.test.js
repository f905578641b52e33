import assert from "node:assert/strict";
import { test } from "node:test";
import "./told.js";
import {
  fairShares,
  laneTop,
  logWidth,
  scaleX,
  scaleY,
  spread,
  squareAt,
  squaresIn,
} from "../../../../static/js/balancer/traffic/geometry.js";
import { History, mostOf, SPAN_MS, stretches } from "../../../../static/js/balancer/traffic/history.js";
import { columnsOf } from "../../../../static/js/balancer/traffic/percentiles.js";
import { frameOf } from "./frames.js";

test("each tick of a frame becomes a step, the newest at the frame's own moment", () => {
  const history = new History();
  history.add(frameOf({ at: 10_000, steps: { every_ms: 100, in_flight: { 1: [3, 5], 2: [0, 1] } } }));
  assert.deepEqual(history.steps.get("1"), [
    { at: 9_900, n: 3 },
    { at: 10_000, n: 5 },
  ]);
  assert.equal(history.most, 5);
  assert.equal(history.points.at(-1).p99, 15);
});

test("a frame that was overtaken, and ticks that are known, are not counted twice", () => {
  const history = new History();
  history.add(frameOf({ at: 10_000, steps: { every_ms: 100, in_flight: { 1: [3, 5] } } }));
  history.add(frameOf({ at: 10_050, steps: { every_ms: 100, in_flight: { 1: [5, 6] } } }));
  history.add(frameOf({ at: 9_000, steps: { every_ms: 100, in_flight: { 1: [9] } } }));
  assert.deepEqual(
    history.steps.get("1").map(({ at }) => at),
    [9_900, 10_000, 10_050],
  );
  assert.equal(history.points.length, 2);
});

test("what is older than 40 seconds is forgotten", () => {
  const history = new History();
  history.mark({ at: 1_000, kind: "fault", node: "1", text: "", v: 1 });
  history.stands("1", 1_000, "ejected");
  history.add(frameOf({ at: 2_000, steps: { every_ms: 100, in_flight: { 1: [1], 9: [1] } } }));
  history.stands("1", 3_000, "");
  history.add(frameOf({ at: 5_000 + SPAN_MS, steps: { every_ms: 100, in_flight: { 1: [2] } } }));
  assert.deepEqual(history.steps.get("1"), [{ at: 5_000 + SPAN_MS, n: 2 }]);
  assert.equal(history.steps.has("9"), false);
  assert.deepEqual([history.marks, history.outs, history.points.length, history.spans.length], [[], [], 1, 1]);
});

test("policies follow each other without a gap, and a pause of the frames is one", () => {
  const history = new History();
  for (const [at, policy] of [
    [1_000, "p2c"],
    [1_200, "p2c"],
    [1_400, "jsq"],
    [9_000, "jsq"],
  ])
    history.add(frameOf({ at, policy }));
  assert.deepEqual(
    history.spans.map(({ from, to, policy }) => [from, to, policy]),
    [
      [1_000, 1_200, "p2c"],
      [1_200, 1_400, "jsq"],
      [9_000, 9_000, "jsq"],
    ],
  );
  assert.equal(stretches(history.points).length, 2);
});

test("other options are another policy, and a default that is left out is the same", () => {
  const history = new History();
  history.add(frameOf({ at: 1_000, policy: "d_choices", options: { d: 2 } }));
  history.add(frameOf({ at: 1_200, policy: "d_choices", options: {} }));
  history.add(frameOf({ at: 1_400, policy: "d_choices", options: { d: 3 } }));
  assert.deepEqual(
    history.spans.map(({ options }) => options),
    [{ d: 2 }, { d: 3 }],
  );
});

test("a node is out from one event to the next", () => {
  const history = new History();
  history.stands("2", 100, "ejected");
  history.stands("2", 200, "ejected");
  history.stands("2", 300, "starting slowly");
  history.stands("2", 400, "");
  history.stands("3", 500, "");
  assert.deepEqual(
    history.outs.map(({ from, to, text }) => [from, to, text]),
    [
      [100, 300, "ejected"],
      [300, 400, "starting slowly"],
    ],
  );
});

test("now is at the right edge, 40 seconds ago at the left one", () => {
  const x = scaleX(800, 50_000);
  assert.deepEqual([x(50_000), x(10_000), x(30_000)], [800, 0, 400]);
  const y = scaleY(8, 58, 10);
  assert.deepEqual([y(0), y(10), y(5)], [58, 8, 33]);
  assert.equal(laneTop(1), 8);
  assert.ok(laneTop(100) > 100);
  assert.equal(mostOf([]), 0);
});

test("squares fill columns from below, and those without room are counted", () => {
  const room = { width: 30, height: 50, pitch: 9 };
  assert.deepEqual(squaresIn(4, room), { rows: 5, shown: 4, left: 0 });
  assert.deepEqual(squaresIn(20, room), { rows: 5, shown: 15, left: 5 });
  assert.deepEqual(
    [squareAt(0, 5, 9, 50), squareAt(5, 5, 9, 50)],
    [
      { x: 0, y: 41 },
      { x: 9, y: 41 },
    ],
  );
});

test("labels do not touch, keep their order, and stay above the bottom", () => {
  assert.deepEqual(spread([10, 12, 90], 17, 100), [10, 27, 90]);
  assert.deepEqual(spread([95, 98], 17, 100), [83, 100]);
  const found = spread([50, 20, 21, 99], 17, 100);
  const order = [1, 2, 0, 3].map((i) => found[i]);
  assert.ok(order.every((y, i) => i === 0 || y - order[i - 1] >= 17));
});

test("a fair share follows the weights", () => {
  const shares = fairShares([
    { number: 1, weight: 1 },
    { number: 4, weight: 3 },
  ]);
  assert.deepEqual(
    [...shares],
    [
      ["1", 0.25],
      ["4", 0.75],
    ],
  );
  assert.equal(fairShares([{ number: 1, weight: 0 }]).get("1"), 0);
});

test("bars of milliseconds are as wide as their logarithms", () => {
  assert.equal(logWidth(255, 255), 1);
  assert.equal(logWidth(0, 255), 0);
  assert.ok(logWidth(15, 255) > 0.4 && logWidth(15, 255) < 0.6);
});

test("a pause of the frames is a gap in the curves", () => {
  const at = (ms) => ({ at: ms, p50: 1, p95: 2, p99: 0.01, lag: null });
  const [seconds, p50, , p99, lag] = columnsOf([at(1_000), at(1_200), at(9_000)], 9_000);
  assert.deepEqual(seconds, [-8, -7.8, -0.001, 0]);
  assert.deepEqual(p50, [1, 1, null, 1]);
  assert.deepEqual(p99, [0.1, 0.1, null, 0.1], "on a log scale nothing is below its least");
  assert.deepEqual(lag, [null, null, null, null]);
});
