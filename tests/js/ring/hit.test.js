import assert from "node:assert/strict";
import { test } from "node:test";
import { arcsOfNode } from "../../../static/js/ring/draw/band.js";
import { hit } from "../../../static/js/ring/draw/hit.js";
import { eachLensToken } from "../../../static/js/ring/draw/lens.js";
import { layout } from "../../../static/js/ring/draw/layout.js";
import { afterKill, evenPicture, nodesOf, text } from "../pictures.js";

const QUARTER = 2 ** 30;
const at = (made, turn, radius) => {
  const angle = (turn - 0.25) * 2 * Math.PI;
  return [made.cx + Math.cos(angle) * radius, made.cy + Math.sin(angle) * radius];
};
const middle = (made) => (made.r0 + made.r1) / 2;

test("a point on the ring is the node that owns it, all the way round", () => {
  const picture = evenPicture(128, 8);
  const made = layout(764, 668, picture, text);
  for (let i = 0; i < 128; i++) {
    const found = hit(made, picture, ...at(made, (i + 0.5) / 128, middle(made)));
    assert.deepEqual(found, { number: (i % 8) + 1, token: picture.tokens[i], part: "arc" });
  }
});

test("past the last token comes the first token's node", () => {
  const picture = evenPicture(4, 4, { tokens: Uint32Array.of(10, QUARTER, 2 * QUARTER, 3 * QUARTER) });
  const made = layout(764, 668, picture, text);
  assert.equal(hit(made, picture, ...at(made, 0.9, middle(made))).number, 1);
});

test("beside the ring there is nothing", () => {
  const picture = evenPicture(8, 8);
  const made = layout(764, 668, picture, text);
  assert.equal(hit(made, picture, made.cx, made.cy), null);
  assert.equal(hit(made, picture, ...at(made, 0.1, made.r1 + 12)), null);
  assert.equal(hit(made, evenPicture(0, 8), ...at(made, 0.1, middle(made))), null);
});

test("after a kill the arc is the new owner's, the band inside is the old one's", () => {
  const picture = afterKill();
  const made = layout(764, 668, picture, text);
  const on = (radius, shown = picture) => hit(made, shown, ...at(made, 0.375, radius));
  assert.deepEqual(on(middle(made)), { number: 3, token: 3 * QUARTER - 1, part: "arc" });
  assert.deepEqual(on(made.r1 + made.lift - 1), { number: 3, token: 3 * QUARTER - 1, part: "arc" });
  assert.deepEqual(on(made.before.inner + 2), { number: 2, token: 2 * QUARTER - 1, part: "before" });
  assert.equal(on(middle(made), { ...picture, view: "before" }).number, 2);
  assert.equal(hit(made, picture, ...at(made, 0.125, made.before.inner + 2)), null);
});

test("a changed arc that wraps past the top is hit on both sides of it", () => {
  const ranges = [{ start: 4 * QUARTER - QUARTER / 2, end: QUARTER / 2, from: 2, to: 3 }];
  const picture = afterKill({ ranges });
  const made = layout(764, 668, picture, text);
  for (const turn of [0.95, 0, 0.05]) {
    assert.equal(hit(made, picture, ...at(made, turn, made.before.inner + 2)).number, 2);
  }
});

test("a range that nobody owns now is nobody's", () => {
  const picture = evenPicture(0, 1, { mode: "changed", ranges: [{ start: 5, end: 5, from: 1, to: 0 }] });
  const made = layout(764, 668, picture, text);
  assert.equal(hit(made, picture, ...at(made, 0.3, middle(made))), null);
  assert.equal(hit(made, picture, ...at(made, 0.3, made.before.inner + 2)).number, 1);
});

test("in the lane of a pinned node its nearest mark is hit", () => {
  const picture = evenPicture(8000, 40, { nodes: nodesOf(40, [7]), pins: [7] });
  const made = layout(764, 668, picture, text);
  const lane = made.lanes.inner + made.lanes.height / 2;
  const near = hit(made, picture, ...at(made, (46.5 + 1.5) / 8000, lane));
  assert.equal(near.number, 7);
  assert.equal(near.token, picture.tokens[46]);
  assert.notEqual(hit(made, picture, ...at(made, (46.5 + 1.5) / 8000, made.r1 - 1)).number, 7);
});

test("in the lens each token is hit where it is drawn", () => {
  const picture = evenPicture(8000, 40, { nodes: nodesOf(40), lens: { at: 0 } });
  const made = layout(764, 668, picture, text);
  const { x, y, width, height, factor } = made.lens;
  const found = hit(made, picture, x + width / 2 + 1, y + height / 2);
  assert.equal(found.part, "lens");
  assert.equal(found.token, picture.tokens[0]);
  const left = hit(made, picture, x + 0.5, y + 1);
  assert.equal(left.token, picture.tokens[8000 - Math.floor(8000 / factor / 2)]);
});

/** Every arc of a node as it is drawn: its angles, its width in px and its middle point. */
function arcsOf(layout, picture, number) {
  const radius = (layout.r0 + layout.r1) / 2;
  return arcsOfNode(picture, number).map((arc) => {
    const middle = (arc.start + arc.end) / 2;
    const x = layout.cx + Math.cos(middle) * radius;
    const y = layout.cy + Math.sin(middle) * radius;
    return { ...arc, width: (arc.end - arc.start) * radius, x, y };
  });
}

test("the arcs of a node are as wide as they are drawn and their middles are theirs", () => {
  const picture = evenPicture(64, 8);
  const made = layout(764, 668, picture, text);
  const arcs = arcsOf(made, picture, 5);
  assert.equal(arcs.length, 8);
  for (const arc of arcs) {
    assert.ok(Math.abs(arc.width - (2 * Math.PI * middle(made)) / 64) < 0.01);
    assert.deepEqual(hit(made, picture, arc.x, arc.y), { number: 5, token: arc.token, part: "arc" });
  }
});

test("a lens past the last token shows the first token's range", () => {
  const picture = evenPicture(2, 2, { tokens: Uint32Array.of(100, 200) });
  const box = { x: 10, y: 0, width: 100, height: 34, factor: 10, start: 300, end: 300 + 2 ** 32 / 10 };
  const seen = [];
  eachLensToken(box, picture, (...token) => seen.push(token));
  assert.deepEqual(seen, [[1, 100, 10, 110]]);
});
