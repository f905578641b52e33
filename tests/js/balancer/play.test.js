import assert from "node:assert/strict";
import { test } from "node:test";
import { advanced, cameBy, faster, SPEEDS, sought, stepped, toggled } from "../../../static/js/balancer/play.js";

const ARRIVALS = Float32Array.of(1, 2, 2.5, 5);
const START = { at: 0, playing: true, speed: 1 };

test("time goes on by speed, and stops at the last request", () => {
  assert.deepEqual(advanced(START, ARRIVALS, 500), { at: 1, playing: true, speed: 1 });
  assert.deepEqual(advanced({ ...START, speed: 4 }, ARRIVALS, 250), { at: 2, playing: true, speed: 4 });
  assert.deepEqual(advanced(START, ARRIVALS, 60_000), { at: 5, playing: false, speed: 1 });
  const still = { ...START, playing: false };
  assert.equal(advanced(still, ARRIVALS, 500), still);
});

test("the slider leads to the moment of a request, and to the start", () => {
  assert.equal(sought(START, ARRIVALS, 3).at, 2.5);
  assert.equal(cameBy(sought(START, ARRIVALS, 3), ARRIVALS), 3);
  assert.deepEqual(sought(START, ARRIVALS, 0), START);
  assert.deepEqual(sought(START, ARRIVALS, 99), { at: 5, playing: false, speed: 1 });
});

test("a step stops, and leads a request on or back", () => {
  const on = stepped({ ...START, at: 1.5 }, ARRIVALS, 1);
  assert.deepEqual(on, { at: 2, playing: false, speed: 1 });
  assert.equal(stepped(on, ARRIVALS, -1).at, 1);
  assert.equal(stepped({ ...START, at: 0 }, ARRIVALS, -1).at, 0);
});

test("playing begins again at the end", () => {
  assert.deepEqual(toggled(START, ARRIVALS), { ...START, playing: false });
  assert.deepEqual(toggled({ at: 5, playing: false, speed: 2 }, ARRIVALS), { at: 0, playing: true, speed: 2 });
  assert.equal(toggled({ at: 2, playing: false, speed: 2 }, ARRIVALS).at, 2);
});

test("speeds follow each other, and begin again", () => {
  const all = [START];
  for (const _speed of SPEEDS) all.push(faster(all.at(-1)));
  assert.deepEqual(
    all.map(({ speed }) => speed),
    [...SPEEDS, SPEEDS[0]],
  );
});

test("a race without a request stands at its start", () => {
  const none = new Float32Array();
  assert.deepEqual(advanced(START, none, 100), { at: 0, playing: false, speed: 1 });
  assert.equal(stepped(START, none, 1).at, 0);
});
