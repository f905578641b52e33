import assert from "node:assert/strict";
import { test } from "node:test";
import { Faces, LOOKS, UNKNOWN } from "../../../static/js/locks/faces.js";
import { marksOf } from "../../../static/js/locks/marks.js";
import { scale } from "../../../static/js/locks/draw.js";
import { holdOf, NOW, rowOf } from "../locks.js";

const laneOf = (rows, holds = [], waits = []) => ({ id: "a", name: "a", rows, holds, waits });

test("holds, what is held and what is left of it stand one after the other", () => {
  const row = rowOf("a", { label: "worker-5", fencing: 34, renewed: [NOW - 2000] });
  const marks = marksOf(laneOf([row], [holdOf("a", -20_000, -9000, { end: "expired", renewed: [NOW - 15_000] })]), NOW);
  assert.deepEqual(
    marks.bars.map(({ from, to, end }) => [from - NOW, to - NOW, end]),
    [
      [-20_000, -9000, "expired"],
      [-5000, 0, "held"],
    ],
  );
  assert.deepEqual(marks.leases, [{ to: NOW + 10_000, track: 0 }]);
  assert.deepEqual(marks.ticks, [NOW - 15_000, NOW - 2000]);
  assert.deepEqual(marks.bars[1].words, ["worker-5 #34", "worker-5", "w-5", "5"]);
});

test("a holder without a name is its holder_id, and what was not seen is said", () => {
  const marks = marksOf(laneOf([rowOf("a", { since_seen: false, ends_at: null })]), NOW);
  assert.equal(marks.bars[0].face, null);
  assert.equal(marks.bars[0].words[0], "5f0e…9b21");
  assert.equal(marks.bars[0].fromSeen, false);
  assert.equal(marks.leases[0].to, Number.POSITIVE_INFINITY);
});

test("several holders share the height, four at most", () => {
  const rows = [1, 2, 3, 4, 5, 6].map((i) => rowOf("a", { id: `a/${i}` }));
  const marks = marksOf(laneOf(rows), NOW);
  assert.equal(marks.tracks, 4);
  assert.deepEqual(
    marks.bars.map(({ track }) => track),
    [0, 1, 2, 3],
  );
});

test("waits stand below each other, and a place that is free again is taken", () => {
  const waiting = [
    { id: "x", label: null, since: NOW - 4000 },
    { id: "y", label: null, since: NOW - 3000 },
  ];
  const waits = [{ lane: "a", id: "z", from: NOW - 9000, to: NOW - 5000 }];
  const marks = marksOf(laneOf([rowOf("a", { waiting })], [], waits), NOW);
  assert.deepEqual(
    marks.waits.map(({ row }) => row),
    [0, 0, 1],
  );
});

test("an overdue renewal is a stall, a refused write a stop", () => {
  const alerts = [
    { kind: "missed_renewal", since: NOW - 3000, value: null },
    { kind: "stale_write", since: NOW - 1000, value: null },
  ];
  const marks = marksOf(laneOf([rowOf("a", { alerts })]), NOW);
  assert.deepEqual(marks.stalls, [{ from: NOW - 3000, to: NOW }]);
  assert.deepEqual(marks.stops, [NOW - 1000]);
});

test("a moment stands on a whole pixel of the device", () => {
  const x = scale({ width: 650, height: 84, ratio: 2, past: 45_000, ahead: 20_000 }, NOW);
  assert.equal(x(NOW), 450);
  assert.equal(x(NOW - 45_000), 0);
  assert.equal(x(NOW + 1234) * 2, Math.round(x(NOW + 1234) * 2));
  assert.equal(x(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
});

test("a holder keeps its look, and one without a name has the look of the unknown", () => {
  const faces = new Faces();
  const looks = Array.from({ length: LOOKS + 1 }, (_none, i) => faces.of(`worker-${i}`));
  assert.deepEqual(looks, [0, 1, 2, 3, 4, 5, 0]);
  assert.equal(faces.of("worker-3"), 3);
  assert.equal(faces.of(null), UNKNOWN);
  for (let i = 0; i < 3000; i += 1) faces.of(`other-${i}`);
  assert.ok(faces.given.size <= 1000);
});
