import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock } from "../../static/js/lib/clock.js";

/** A clock whose server is `ahead` ms before ours, with round trips that take as long as is told. */
function clockWith(ahead) {
  const world = { at: 1000, there: 0, back: 0 };
  const ask = async () => {
    world.at += world.there;
    const answer = Math.floor(world.at + ahead);
    world.at += world.back;
    return answer;
  };
  const clock = new ServerClock(ask, 1000, () => world.at);
  const trip = async (there, back) => {
    [world.there, world.back] = [there, back];
    await clock.measure();
  };
  return { world, clock, trip };
}

test("the offset is that of the best round trip, and how wrong it may be is known", async () => {
  const { world, clock, trip } = clockWith(500);
  assert.equal(clock.off(), null);
  await trip(100, 20);
  const first = clock.off();
  assert.ok(Math.abs(clock.now() - (world.at + 500)) <= first);
  await trip(4, 4);
  assert.ok(clock.off() < 5 && clock.off() < first);
  assert.ok(Math.abs(clock.now() - (world.at + 500)) <= clock.off());
  await trip(300, 1);
  assert.ok(clock.off() < 5, "a slow trip changes nothing");
});

test("an old trip loses its worth, so that a new one takes its place", async () => {
  const { world, clock, trip } = clockWith(0);
  await trip(1, 1);
  world.at += 3_600_000;
  assert.ok(clock.off() > 100);
  await trip(20, 20);
  assert.ok(clock.off() < 25);
});

test("without an answer it goes on by what it was told", async () => {
  const world = { at: 50 };
  const clock = new ServerClock(
    () => Promise.reject(new Error("gone")),
    9000,
    () => world.at,
  );
  await assert.rejects(clock.measure());
  world.at += 10;
  assert.equal(clock.now(), 9010);
});
