import assert from "node:assert/strict";
import { test } from "node:test";
import { coalesce } from "../../static/js/lib/coalesce.js";

/** A clock that stands until it is told to go on. */
function fakeTimers() {
  let now = 0;
  const due = [];
  return {
    now: () => now,
    set: (callback, ms) => due.push({ at: now + ms, callback }),
    advance(ms) {
      now += ms;
      for (const timer of due.splice(0).sort((a, b) => a.at - b.at)) {
        timer.at <= now ? timer.callback() : due.push(timer);
      }
    },
  };
}

test("a burst is one run at once and one at the end of the interval", () => {
  const timers = fakeTimers();
  let runs = 0;
  const call = coalesce(() => runs++, 1000, 0, timers);
  call();
  call();
  timers.advance(0);
  assert.equal(runs, 1);
  call();
  call();
  timers.advance(999);
  assert.equal(runs, 1);
  timers.advance(1);
  assert.equal(runs, 2);
  timers.advance(5000);
  assert.equal(runs, 2);
});

test("the last call is followed by a run, whenever it comes", () => {
  const timers = fakeTimers();
  let seen = 0;
  let version = 0;
  const call = coalesce(() => (seen = version), 1000, 100, timers);
  for (version = 1; version <= 50; version++) {
    call();
    timers.advance(30);
  }
  version = 51;
  call();
  timers.advance(1000);
  assert.equal(seen, 51);
});
