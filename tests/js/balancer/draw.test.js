import assert from "node:assert/strict";
import { test } from "node:test";
import { drawLane } from "../../../static/js/balancer/draw.js";
import { labelEvery, layoutOf } from "../../../static/js/balancer/layout.js";
import { drawLines } from "../../../static/js/balancer/lines.js";
import { courseOf } from "../../../static/js/balancer/state.js";
import { fakeContext } from "../fake-dom.js";
import { FEW } from "./traces.js";

const INK = {
  bg: "bg",
  ink: "ink",
  ink2: "ink2",
  ink3: "ink3",
  line: "l",
  line2: "l2",
  sunk: "s",
  sans: "a",
  mono: "m",
};
const WIDE = { width: 800, height: 160, zoom: 1 };

/** What is drawn of queues: fills by colour, texts. */
function drawn(room, queues, frozen = null) {
  const ctx = fakeContext();
  const layout = layoutOf({ ...room, nodes: queues.serving.length });
  drawLane(ctx, room, layout, { ...INK, zoom: 1 }, queues, frozen);
  const fills = (style) => ctx.done.filter((one) => one.what === "fill" && one.style === style).length;
  return {
    detail: layout.detail,
    fills,
    words: ctx.done.filter((one) => one.what === "text").map((one) => one.words),
    ctx,
  };
}

test("a square stands for a request, dark in service and lighter while it waits", () => {
  const { detail, fills, words } = drawn({ ...WIDE, longest: 9 }, { serving: [1, 0, 1], waiting: [4, 0, 2] });
  assert.equal(detail, "squares");
  assert.equal(fills("ink"), 2);
  assert.equal(fills("ink3"), 6);
  assert.deepEqual(words, ["5", "0", "3", "1", "2", "3"]);
});

test("the longest queue of all fits, whatever its length", () => {
  for (const longest of [1, 9, 60, 300]) {
    const { detail, pitch, rows, base, top, columns, step } = layoutOf({ ...WIDE, nodes: 10, longest });
    assert.equal(detail, "squares");
    assert.ok(rows * pitch <= base - top + 1e-9, `${longest}: ${rows} rows of ${pitch}`);
    assert.ok(columns * pitch <= step, `${longest}: ${columns} columns`);
    assert.ok(rows * columns >= longest);
  }
});

test("many nodes have bars, and very many are counted by their requests", () => {
  const queues = (n) => ({ serving: new Array(n).fill(1), waiting: new Array(n).fill(2) });
  const bars = drawn({ ...WIDE, longest: 20 }, queues(100));
  assert.equal(bars.detail, "bars");
  assert.equal(bars.fills("ink"), 100);
  assert.deepEqual(bars.words, ["3", ...Array.from({ length: 19 }, (_, i) => String(5 * (i + 1)))]);
  const counts = drawn({ ...WIDE, width: 358, longest: 20 }, queues(200));
  assert.equal(counts.detail, "counts");
  assert.ok(counts.words.includes("200"), counts.words.join());
});

test("a frozen node stands on lines", () => {
  const strokes = (frozen) =>
    drawn({ ...WIDE, longest: 9 }, { serving: [1, 1], waiting: [0, 0] }, frozen).ctx.done.filter(
      (one) => one.what === "stroke",
    );
  assert.equal(strokes(null).length, 0);
  assert.equal(strokes(1).length, 1);
});

test("labels of nodes do not touch", () => {
  assert.deepEqual(
    [40, 15, 8, 4, 1].map((step) => labelEvery(step, 30)),
    [1, 2, 5, 10, 50],
  );
});

test("each line has its name and what it has now, even where many are alike", () => {
  const ctx = fakeContext();
  const course = courseOf(FEW, FEW.runs[0]);
  const lines = ["One", "Two", "Three", "Four"].map((label) => ({ label, course }));
  drawLines(ctx, { width: 600, height: 110 }, { ...INK, zoom: 1 }, lines, 5, 3);
  assert.equal(ctx.done.filter((one) => one.what === "stroke").length, 4);
  assert.deepEqual(
    ctx.done.filter((one) => one.what === "text").map((one) => one.words),
    ["One 1", "Two 1", "Three 1", "Four 1"],
  );
});
