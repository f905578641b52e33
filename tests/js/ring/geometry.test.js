import assert from "node:assert/strict";
import { test } from "node:test";
import * as geometry from "../../../static/js/lib/geometry.js";

const { TAU, TOKEN_SPACE } = geometry;

test("token 0 is at twelve o'clock and tokens rise clockwise", () => {
  assert.equal(geometry.angleOf(0), -TAU / 4);
  assert.equal(geometry.angleOf(TOKEN_SPACE / 4), 0);
  assert.equal(geometry.tokenAtPoint(1, 0), TOKEN_SPACE / 4);
  assert.equal(geometry.tokenAtPoint(0, 1), TOKEN_SPACE / 2);
  assert.equal(geometry.tokenAtPoint(-1, 0), (TOKEN_SPACE / 4) * 3);
});

test("an angle gives its token back, whatever the number of turns", () => {
  for (const token of [0, 1, 12345, TOKEN_SPACE / 2, TOKEN_SPACE - 1]) {
    for (const turns of [-2, 0, 3]) {
      const back = geometry.tokenAt(geometry.angleOf(token) + turns * TAU);
      const away = Math.min(Math.abs(back - token), TOKEN_SPACE - Math.abs(back - token));
      assert.ok(away <= 8, `${token} came back as ${back}`);
    }
  }
});

test("a range wraps, and one that ends where it starts is the whole ring", () => {
  assert.equal(geometry.span(10, 30), 20);
  assert.equal(geometry.span(TOKEN_SPACE - 5, 5), 10);
  assert.equal(geometry.span(7, 7), TOKEN_SPACE);
});

test("a hash belongs to the first token at or after it, and past the last one to the first", () => {
  const tokens = Uint32Array.of(100, 200, 4_000_000_000);
  assert.equal(geometry.ownerIndex(tokens, 0), 0);
  assert.equal(geometry.ownerIndex(tokens, 100), 0);
  assert.equal(geometry.ownerIndex(tokens, 101), 1);
  assert.equal(geometry.ownerIndex(tokens, 200), 1);
  assert.equal(geometry.ownerIndex(tokens, 4_000_000_001), 0);
  assert.equal(geometry.ownerIndex(new Uint32Array(0), 5), -1);
});

test("binary search agrees with looking at every token", () => {
  let seed = 7;
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed;
  };
  const tokens = Uint32Array.from({ length: 500 }, random).sort();
  for (let i = 0; i < 2000; i++) {
    const hash = random();
    const slow = tokens.findIndex((token) => token >= hash);
    assert.equal(geometry.ownerIndex(tokens, hash), Math.max(slow, 0));
  }
});

test("arcs lie end to end round the whole ring", () => {
  const tokens = Uint32Array.of(10, 2 ** 30, 2 ** 31, 4_000_000_000);
  const arcs = geometry.arcAngles(tokens);
  let total = 0;
  for (let i = 0; i < tokens.length; i++) {
    total += arcs[2 * i + 1] - arcs[2 * i];
    if (i > 0) assert.equal(arcs[2 * i], arcs[2 * i - 1]);
  }
  assert.ok(Math.abs(total - TAU) < 1e-9);
  assert.equal(geometry.arcAngles(tokens), arcs, "computed once for an array");
});

test("one token is a full circle and no token no arc", () => {
  const [start, end] = geometry.arcAngles(Uint32Array.of(77));
  assert.ok(Math.abs(end - start - TAU) < 1e-12);
  assert.equal(geometry.arcAngles(new Uint32Array(0)).length, 0);
});

test("the level of detail goes by the mean width of an arc", () => {
  const radius = 600 / TAU;
  assert.equal(geometry.levelOfDetail(0, radius), "arcs");
  assert.equal(geometry.levelOfDetail(100, radius), "arcs");
  assert.equal(geometry.levelOfDetail(101, radius), "thin");
  assert.equal(geometry.levelOfDetail(600, radius), "thin");
  assert.equal(geometry.levelOfDetail(601, radius), "band");
});

test("a thin arc is widened about its middle, a wide one is left", () => {
  assert.deepEqual(geometry.widened(1, 3, 0.5), [1, 3]);
  assert.deepEqual(geometry.widened(2, 2, 0.5), [1.75, 2.25]);
});

test("unwinding gives the first turn that is not below the least", () => {
  assert.equal(geometry.unwind(1, 1), 1);
  assert.ok(Math.abs(geometry.unwind(0, 1) - TAU) < 1e-12);
  assert.ok(Math.abs(geometry.unwind(20, -1) - (20 - 3 * TAU)) < 1e-12);
});

test("a lens holds about a hundred tokens and is centred where it stands", () => {
  assert.equal(geometry.lensFactor(15_000), 160);
  assert.equal(geometry.lensFactor(200_000), 2560);
  assert.equal(geometry.lensFactor(3), 10);
  const { start, end } = geometry.lensWindow(0, 10);
  assert.equal(start, -TOKEN_SPACE / 20);
  assert.equal(end, TOKEN_SPACE / 20);
});

test("the free radius is the distance to the nearest corner of a box", () => {
  assert.equal(geometry.clearRadius(600, 800, 0, 0), 500);
  assert.equal(geometry.clearRadius(600, 800, 400, 100), 300, "a box past the middle counts by its height alone");
});

test("the label of a key is never where the legend is", () => {
  const corners = Array.from({ length: 100 }, (_, i) => geometry.labelCorner(i / 100));
  assert.deepEqual([...new Set(corners)], ["tr", "br", "tl"]);
});

test("the distance to a line ends where the line ends", () => {
  assert.equal(geometry.lineDistance(0, 0, -5, 3, 5, 3), 3);
  assert.equal(geometry.lineDistance(0, 0, 3, 4, 30, 40), 5);
  assert.equal(geometry.lineDistance(0, 0, 3, 4, 3, 4), 5);
});
