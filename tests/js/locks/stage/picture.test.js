import assert from "node:assert/strict";
import { test } from "node:test";
import { marksOf, WIDTH } from "../../../../static/js/locks/stage/picture.js";

const EXCERPT = {
  ms: 100,
  lanes: [
    { worker: 1, inside: [[0, 50, true]], paused: [[10, 40]], writes: [[45, "stale"]] },
    {
      worker: 2,
      inside: [
        [20, 30, true],
        [60, 70, false],
      ],
      paused: [],
      writes: [
        [29, "taken"],
        [69, "refused"],
      ],
    },
  ],
  two: [[20, 30]],
};
const { height, marks } = marksOf(EXCERPT);
const of = (kind) => marks.filter(({ attributes }) => attributes.class === kind);

test("each span is a bar in the lane of its worker", () => {
  assert.deepEqual([of("p-met").length, of("p-in").length, of("p-paused").length, of("p-two").length], [2, 1, 1, 1]);
  const [first, second] = of("p-met").map(({ attributes }) => attributes);
  assert.ok(second.y > first.y);
  assert.equal(first.x + first.width, first.x + (WIDTH - first.x) / 2);
});

test("a stale write is marked, and so is one that was refused; one that was right is not", () => {
  assert.deepEqual([of("p-stale").length, of("p-refused").length], [1, 1]);
  assert.equal(marks.filter(({ tag }) => tag === "path").length, 2);
});

test("nothing is drawn beside the picture", () => {
  for (const { tag, attributes } of marks) {
    if (tag !== "rect") continue;
    assert.ok(attributes.x >= 0 && attributes.x + attributes.width <= WIDTH + 2, JSON.stringify(attributes));
    assert.ok(attributes.y >= 0 && attributes.y + attributes.height <= height);
  }
});

test("an empty run is a picture of empty lanes", () => {
  const empty = marksOf({ ms: 100, lanes: [{ worker: 1, inside: [], paused: [], writes: [] }], two: [] });
  assert.deepEqual(
    empty.marks.map(({ tag }) => tag),
    ["text", "line"],
  );
});
