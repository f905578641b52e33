import assert from "node:assert/strict";
import { test } from "node:test";
import { flow, flowModel } from "../../../static/js/ring/draw/flow.js";
import { histogram, histogramRows, spread, theorySpread } from "../../../static/js/ring/draw/histogram.js";
import { svg } from "../fake-dom.js";
import { nodesOf } from "../pictures.js";

const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
const kill = Array.from({ length: 12 }, (_, i) => [4, i + 10, 120 - 10 * i]);

test("the seven that received most have a row each and the others share one", () => {
  const { left, right, keys } = flowModel(kill, 180, 18);
  assert.deepEqual(
    left.map(({ number }) => number),
    [4],
  );
  assert.deepEqual(
    right.map(({ number, nodes }) => [number, nodes]),
    [...[10, 11, 12, 13, 14, 15, 16].map((number) => [number, 1]), [-1, 5]],
  );
  assert.equal(sum(right.map((end) => end.keys)), keys);
});

test("eight receivers need no others", () => {
  assert.ok(flowModel(kill.slice(0, 8), 180, 18).right.every(({ number }) => number > 0));
});

test("rows have room for their words and fit into the height", () => {
  const { right } = flowModel([[1, 2, 100_000], ...kill.slice(0, 6).map(([from, to]) => [from, to, 1])], 180, 18);
  right.forEach((end, i) => {
    assert.ok(end.y >= 0 && end.y + end.height <= 190);
    if (i > 0) assert.ok(end.middle - right[i - 1].middle >= 17.9);
  });
});

test("ribbons carry every key and cover their ends", () => {
  const pairs = [
    [1, 3, 50],
    [1, 4, 10],
    [2, 3, 5],
    [2, 4, 35],
  ];
  const { left, right, ribbons, keys } = flowModel(pairs, 180, 18);
  assert.equal(sum(ribbons.map((ribbon) => ribbon.keys)), keys);
  left.forEach((end, i) => {
    const heights = ribbons.filter((ribbon) => ribbon.left === i).map((ribbon) => ribbon.height0);
    assert.ok(Math.abs(sum(heights) - end.height) < 1e-9);
  });
  right.forEach((end, i) => {
    const heights = ribbons.filter((ribbon) => ribbon.right === i).map((ribbon) => ribbon.height1);
    assert.ok(Math.abs(sum(heights) - end.height) < 1e-9);
  });
});

test("a name is put in as text, whatever is in it", () => {
  const nodes = nodesOf(16);
  nodes.set(4, { ...nodes.get(4), label: "<b>x</b>" });
  const drawing = svg();
  flow(drawing, { pairs: kill.slice(0, 3) }, nodes);
  assert.ok(drawing.words().includes("<b>x</b>"));
  assert.equal(drawing.named("b").length, 0);
});

test("keys that came from nobody say so", () => {
  const drawing = svg();
  flow(drawing, { pairs: [[0, 1, 500]] }, nodesOf(1));
  assert.ok(drawing.words().includes("no node"));
});

test("spread is the standard deviation as a part of the mean, beside what theory says", () => {
  assert.equal(spread([5, 5, 5]), 0);
  assert.equal(spread([0, 10]), 1);
  assert.equal(spread([]), 0);
  assert.ok(Math.abs(theorySpread(1000, 100) - 0.1) < 0.0005);
  assert.equal(theorySpread(0, 16), 0);
});

test("a histogram is sorted, and of more nodes than pixels it shows those that have room", () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => ({ number: i + 1, keys: (i * 7919) % 10_007 }));
  const { shown, step, rank } = histogramRows(rows, 300);
  assert.ok(shown.length * step <= 300.01 && shown.length > 200);
  assert.ok(shown.every((row, i) => i === 0 || row.keys <= shown[i - 1].keys));
  assert.equal(rank.size, 10_000);
  assert.ok(Math.max(...rank.values()) < shown.length);
});

test("a histogram of nothing has no line of the fair share", () => {
  const drawing = svg();
  histogram(drawing, { rows: [], fair: 0, pins: [] }, new Map());
  assert.deepEqual(drawing.words(), []);
});
