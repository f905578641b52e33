import assert from "node:assert/strict";
import { test } from "node:test";
import { svg } from "../fake-dom.js";

process.env.TZ = "UTC";
const { PLUS } = await import("../../../static/js/ring/kinds/glyphs.js");
const { strip } = await import("../../../static/js/ring/draw/strip.js");
const { stripModel } = await import("../../../static/js/ring/draw/strip-model.js");

const START = Date.UTC(2026, 4, 3, 12, 31, 20);
const log = (seconds, more = {}) => {
  const events = seconds.map((at, i) => ({
    v: i + 1,
    at: new Date(START + at * 1000).toISOString(),
    label: `+${i}`,
    share: 0.5,
  }));
  const last = START + seconds[seconds.length - 1] * 1000;
  return { events, at: null, head: events.length, now: last + 10_000, width: 960, ...more };
};

test("time is to scale between cuts, and a cut stands where nothing happened", () => {
  const { places, segments } = stripModel(log([0, 40, 60, 600, 660]));
  const [first, second, cut, third] = segments.map(({ x0, x1 }) => x1 - x0);
  assert.ok(Math.abs(first / second - 2) < 0.01 && Math.abs(third / second - 3) < 0.01);
  assert.deepEqual(
    segments.map((segment) => segment.cut),
    [false, false, true, false, false],
  );
  assert.equal(segments[2].ms, 540_000);
  assert.ok(cut >= 54);
  assert.ok(places.every((place, i) => i === 0 || place.x > places[i - 1].x));
});

test("minutes are ticked where they are to scale", () => {
  const { ticks } = stripModel(log([0, 45, 85]));
  assert.deepEqual(
    ticks.map(({ ms }) => new Date(ms).toISOString().slice(11, 19)),
    ["12:32:00"],
  );
});

test("events of one moment do not lie over each other", () => {
  const { places } = stripModel(log([0, 0, 0, 0.1, 0.1]));
  assert.ok(places.every((place, i) => i === 0 || place.x - places[i - 1].x >= 34));
});

test("one event, or none, can be drawn", () => {
  assert.equal(stripModel(log([0])).places.length, 1);
  const none = stripModel({ events: [], at: null, head: 0, now: START, width: 960 });
  assert.deepEqual([none.places, none.before, none.after], [[], 0, 0]);
  assert.ok(Number.isFinite(none.end));
});

test("of ten thousand events a window is shown and the others are counted", () => {
  const all = log(Array.from({ length: 10_000 }, (_, i) => i * 20));
  const newest = stripModel(all);
  assert.equal(newest.after, 0);
  assert.equal(newest.before + newest.places.length, 10_000);
  assert.ok(newest.places.length < 30);
  const past = stripModel({ ...all, at: 5000 });
  assert.ok(past.places.some((place) => place.v === 5000));
  assert.equal(past.before + past.places.length + past.after, 10_000);
  assert.ok(past.places.every((place) => place.x >= 0 && place.x <= 960 - 100));
  assert.equal(stripModel({ ...all, at: 1 }).before, 0);
});

test("the flag stands at now, or at the event that is shown", () => {
  assert.equal(stripModel(log([0, 30])).cursor.live, true);
  const past = stripModel(log([0, 30, 60], { at: 2 }));
  assert.equal(past.cursor.x, past.places[1].x);
  assert.deepEqual(
    past.places.map((place) => place.later),
    [false, false, true],
  );
});

test("a clock that ran backwards does not turn the log round", () => {
  const { places } = stripModel(log([0, 50, 20, 60]));
  assert.ok(places.every((place, i) => i === 0 || place.x > places[i - 1].x));
});

test("each event has the room up to the middle of its neighbours", () => {
  const found = strip(svg(), log([0, 30, 60]));
  assert.deepEqual(
    found.map(({ v }) => v),
    [1, 2, 3],
  );
  assert.equal(found[0].x0, 0);
  assert.equal(found[2].x1, 960);
  assert.equal(found[0].x1, found[1].x0);
  assert.ok(found.every(({ x, x0, x1 }) => x0 <= x && x <= x1));
});

test("the strip says the moment, the words of the shown event and the silence", () => {
  const drawing = svg();
  strip(drawing, log([0, 400, 430], { at: 2 }));
  const words = drawing.words();
  for (const expected of ["12:38:00", "+1", "6 min", "now"])
    assert.ok(words.includes(expected), `${expected} in ${words}`);
  assert.ok(!words.includes("12:31:20"));
});

test("what is planned stands dashed after now", () => {
  const drawing = svg();
  strip(drawing, log([0, 30], { plan: { glyph: PLUS, label: "plan +9" } }));
  assert.ok(drawing.words().includes("plan +9"));
  assert.ok(drawing.all().some((element) => element.attributes["stroke-dasharray"]));
});

test("the flag with the time never covers the strip's title", () => {
  const size = 13;
  for (const width of [300, 420, 560, 712, 960]) {
    for (let at = 1; at <= 9; at++) {
      const drawing = svg();
      strip(drawing, log([0, 40, 60, 600, 660, 700, 2000, 2100, 2130], { width, at, head: 9 }));
      const title = drawing.named("text").find((one) => one.children.join("").startsWith("Share of keys"));
      if (!title) continue;
      const flag = drawing.named("rect").at(-1).attributes;
      const from = Number(title.attributes.x);
      const to = from + title.children.join("").length * size * 0.5;
      const [left, right] = [Number(flag.x), Number(flag.x) + Number(flag.width)];
      assert.ok(to <= left || from >= right, `${width} px, event ${at}: ${from}-${to} and ${left}-${right}`);
      assert.ok(to <= width, `${width} px`);
    }
  }
});
