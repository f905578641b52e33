import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "UTC";
const { change, clock, count, duration, fixed, moment, percent, unbroken } = await import(
  "../../static/js/lib/format.js"
);

test("numbers are grouped, signed and rounded for reading", () => {
  assert.equal(count(1234567), "1,234,567");
  assert.equal(change(33), "+33");
  assert.equal(change(-1005), "\u22121,005");
  assert.equal(change(0), "0");
  assert.equal(percent(0.1005), "10.1%");
  assert.equal(percent(0.1005, 0), "10%");
  assert.equal(fixed(1.0951, 2), "1.10");
});

test("a moment of today is its time of day, an older one bears its date", () => {
  const now = Date.UTC(2026, 4, 3, 18, 0, 0);
  assert.equal(clock(Date.UTC(2026, 4, 3, 9, 1, 7)), "09:01:07");
  assert.equal(moment("2026-05-03T12:41:07.500Z", now), "12:41:07");
  assert.equal(moment("2026-05-02T12:41:07Z", now), "2026-05-02 12:41:07");
});

test("a length of time is said in its largest unit", () => {
  assert.equal(duration(-5), "0 s");
  assert.equal(duration(59_999), "59 s");
  assert.equal(duration(60_000), "1 min");
  assert.equal(duration(2 * 3_600_000), "2 h");
  assert.equal(duration(86_400_000), "1 day");
  assert.equal(duration(5 * 86_400_000), "5 days");
});

test("a date that may take a line of its own breaks at no hyphen", () => {
  assert.equal(unbroken("2026-05-02 12:41:07"), "2026-\u206005-\u206002 12:41:07");
});
