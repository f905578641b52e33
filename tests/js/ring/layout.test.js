import assert from "node:assert/strict";
import { test } from "node:test";
import { layout } from "../../../static/js/ring/draw/layout.js";
import { leaderOf } from "../../../static/js/ring/draw/walk.js";
import { angleOf, lineDistance } from "../../../static/js/lib/geometry.js";
import { afterKill, evenPicture, text } from "../pictures.js";

const SIZES = [
  [764, 668],
  [640, 540],
  [652, 490],
  [390, 352],
  [1100, 900],
  [320, 256],
];
const walk = (hash) => ({
  hash,
  stops: [{ number: 1, token: hash }],
  lines: ["cart:48091", "owner cache-1", "copies"],
});

test("the ring and what stands round it stay inside of the host", () => {
  for (const [width, height] of SIZES) {
    const made = layout(width, height, afterKill(), text);
    assert.ok(made.R + made.lift + 10 <= Math.min(width, height) / 2, `${width}x${height}`);
    assert.ok(made.r0 < made.r1 && made.before.outer < made.r0 && made.density.outer < made.before.inner);
    assert.ok(made.density.outer - made.density.length > 40, "room for words in the middle");
  }
});

test("no radius is negative, however small the host", () => {
  const crowded = evenPicture(8192, 8, { lens: { at: 0.25 } });
  for (const picture of [afterKill(), crowded, { ...crowded, mode: "changed", ranges: [] }]) {
    for (let size = 1; size < 400; size += 13) {
      for (const made of [layout(size, size, picture, text), layout(size, 844, picture, text)]) {
        const { R, r0, before, density, slot } = made;
        const inwards = [R, r0, ...(before ? [before.outer, before.inner] : []), density.outer];
        inwards.push(density.outer - density.length, 0);
        assert.deepEqual(
          inwards,
          inwards.toSorted((a, b) => b - a),
          `${size} px: ${inwards}`,
        );
        assert.ok(slot.width >= 0 && slot.height >= 0);
      }
    }
  }
});

test("neither the legend nor the key's label touches the ring", () => {
  const legend = { width: 150, height: 90 };
  for (const [width, height] of SIZES) {
    for (const hash of [0, 2 ** 29, 2 ** 31, 2 ** 32 - 1]) {
      const made = layout(width, height, evenPicture(8, 8, { walk: walk(hash) }), { ...text, legend });
      if (made.small) {
        assert.equal(made.label, null, "a small ring has its walk without words");
        continue;
      }
      const { x, top, align } = made.label;
      const left = align === "right" ? x - made.label.width : x;
      const nearest = [left, left + made.label.width].flatMap((px) =>
        [top, top + made.label.height].map((py) => Math.hypot(px - made.cx, py - made.cy)),
      );
      assert.ok(Math.min(...nearest) > made.R || made.R === 90, `${width}x${height} label`);
      const corner = Math.hypot(legend.width + 20 - made.cx, height - legend.height - 14 - made.cy);
      assert.ok(corner > made.R || made.R === 90, `${width}x${height} legend`);
    }
  }
});

test("the line to a key's label crosses neither the label nor the ring", () => {
  const long = ["k", "owner cache-1", "copies cache-2, cache-3, cache-4"];
  const clear = (a, b, { left, right, top, bottom }) =>
    Array.from({ length: 101 }, (_, i) => i / 100).every((part) => {
      const [px, py] = [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part];
      return px <= left || px >= right || py <= top || py >= bottom;
    });
  for (const [width, height] of SIZES) {
    for (let i = 0; i < 360; i++) {
      const hash = Math.floor((i / 360) * 2 ** 32);
      const made = layout(width, height, evenPicture(8, 8, { walk: { ...walk(hash), lines: long } }), text);
      if (!made.label) continue;
      const { label, cx, cy } = made;
      const { x, y, corner, tipX, tipY } = leaderOf(made, label, angleOf(hash));
      const turn = made.walk.leader;
      const from = corner === null ? [x, y] : [cx + turn * Math.cos(corner), cy + turn * Math.sin(corner)];
      const left = label.align === "right" ? label.x - label.width : label.x;
      const box = { left, right: left + label.width, top: label.top, bottom: label.top + label.height };
      assert.ok(clear(from, [tipX, tipY], box), `${width}x${height}, ${i} degrees: label`);
      const away = lineDistance(cx, cy, from[0], from[1], tipX, tipY);
      assert.ok(away >= made.R || made.R === 90, `${width}x${height}, ${i} degrees: ring`);
    }
  }
});

test("a key too long for the label is cut with an ellipsis", () => {
  const lines = ["k".repeat(5000), "owner cache-1"];
  const made = layout(764, 668, evenPicture(8, 8, { walk: { ...walk(5), lines } }), text);
  assert.match(made.label.lines[0].text, /^k+\u2026$/);
  assert.ok(made.label.width <= 764 * 0.36);
  assert.ok(made.R > 90);
});

test("bars of keys are a half degree where they can be told apart, else a degree or more", () => {
  assert.equal(layout(764, 668, evenPicture(8, 8), text).density.bars, 360);
  assert.equal(layout(764, 668, evenPicture(8192, 8), text).density.bars, 720);
  assert.equal(layout(390, 352, evenPicture(8192, 8), text).density.bars, 240);
});

test("a lens is there only on a band, and outside of the ring where the ring is small", () => {
  const lens = { at: 0.25 };
  assert.equal(layout(764, 668, evenPicture(8, 8, { lens }), text).lens, null);
  const large = layout(764, 668, evenPicture(8192, 8, { lens }), text);
  assert.ok(large.lens.width > 100 && large.lens.x > large.cx - large.R);
  const small = layout(390, 352, evenPicture(8192, 8, { lens }), text);
  assert.equal(small.lens.width, 0);
  assert.equal((small.lens.start + small.lens.end) / 2, 2 ** 30);
});

test("tokens that came as bins count for the level of detail", () => {
  const bins = new Uint32Array(4096).fill(50);
  assert.equal(layout(764, 668, evenPicture(0, 8, { tokenBins: bins }), text).lod, "band");
});

test("changed arcs are widened while they are few", () => {
  const ranges = (count) =>
    Array.from({ length: count }, (_, i) => ({ start: i * 1000, end: i * 1000 + 1, from: 1, to: 2 }));
  const least = (count) => {
    const made = layout(764, 668, afterKill({ ranges: ranges(count) }), text);
    return made.leastArc * made.R;
  };
  assert.ok(Math.abs(least(16) - 3.2) < 1e-9);
  assert.ok(least(160) > 1.5 && least(160) < 3.2);
  assert.equal(least(5000), 0);
});

test("larger text gets more room", () => {
  const picture = evenPicture(8, 8, { walk: walk(2 ** 31) });
  const usual = layout(764, 668, picture, text).label;
  const large = layout(764, 668, picture, { ...text, zoom: 1.6 }).label;
  assert.ok(large.height > usual.height * 1.5 && large.lines[0].font.includes("22.4"));
});
