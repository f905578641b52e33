import assert from "node:assert/strict";
import { test } from "node:test";
import { barHeights } from "../../../static/js/ring/draw/density.js";
import { drawOverlay, drawRing, layout } from "../../../static/js/ring/draw/ring.js";
import { fakeContext } from "../fake-dom.js";
import { afterKill, evenPicture, nodesOf, text } from "../pictures.js";

const theme = {
  ...{ ink: "ink", ink2: "ink2", ink3: "ink3", line: "line", line2: "line2", sunk: "sunk", bg: "bg", panel: "panel" },
  hues: Array.from({ length: 8 }, (_, i) => `hue${i + 1}`),
  texts: Array.from({ length: 8 }, (_, i) => `text${i + 1}`),
  ...{ sans: "sans", mono: "mono", scale: 1, zoom: 1, patterns: new Map() },
};
for (const ground of [...theme.hues, "line", "line2"]) theme.patterns.set(`hatched${ground}`, `hatched ${ground}`);

/** What the two layers of a picture did. */
function drawn(picture, t = 1, width = 764, height = 668) {
  const made = layout(width, height, picture, text);
  const under = fakeContext();
  const over = fakeContext();
  drawRing(under, made, picture, theme);
  drawOverlay(over, made, picture, theme, t);
  return { made, under: under.done, over: over.done };
}
const hues = (done) => [...new Set(done.map((each) => each.style).filter((style) => /hue/.test(style)))].sort();
const numbers = (done) =>
  done.filter((each) => each.what === "text" && /^[1-9]$/.test(each.words)).map((each) => each.words);

test("on a band each zone has a lane beside those of the pins", () => {
  const nodes = nodesOf(30, [1]);
  const looks = [5, 6].map((hue) => ({ hue, pattern: "solid" }));
  for (const [number, one] of nodes) if (number !== 1) one.look = looks[number % 2];
  const picture = evenPicture(8192, 30, { nodes, pins: [1], zones: looks });
  assert.deepEqual(hues(drawn(picture).under), ["hue1", "hue6", "hue7"]);
  assert.deepEqual(hues(drawn({ ...picture, zones: [] }).under), ["hue1"]);
});

test("a calm ring shows every node's hue, and its number in the colour that is read on it", () => {
  const { under, over } = drawn(evenPicture(8, 8));
  assert.deepEqual(hues(under), theme.hues);
  assert.deepEqual(numbers(under).sort(), ["1", "2", "3", "4", "5", "6", "7", "8"]);
  assert.equal(under.find((each) => each.words === "5").style, "text5");
  assert.deepEqual(over, []);
});

test("who does not answer is marked by a shape and a sign, whatever pattern its number gives it", () => {
  const calm = evenPicture(8, 8);
  for (const number of [2, 3, 5]) calm.nodes.get(number).look.pattern = "hatched";
  const healthy = drawn(calm).under;
  calm.nodes.get(2).state = "suspected";
  calm.nodes.get(5).state = "frozen";
  const { under } = drawn(calm);
  const words = under.filter(({ what }) => what === "text").map((each) => each.words);
  assert.ok(words.includes("2?") && words.includes("5‖") && words.includes("3"));
  assert.ok(!words.includes("2") && !words.includes("5"));
  const lines = (done) => done.filter(({ what, style }) => what === "stroke" && style === "ink");
  assert.deepEqual([lines(healthy).length, lines(under).length], [0, 2]);
});

test("after a change what did not change is grey and hue is on giver and receiver alone", () => {
  const { under, over } = drawn(afterKill());
  assert.deepEqual(hues(under), []);
  assert.deepEqual(hues(over), ["hue2", "hue3"]);
  assert.ok(numbers(under).includes("1") && under.find((each) => each.words === "1").style === "ink2");
  assert.deepEqual(numbers(over), ["3"]);
});

test("the picture before shows the old owner where it was", () => {
  const { over } = drawn(afterKill({ view: "before" }));
  assert.deepEqual(hues(over), ["hue2"]);
  assert.deepEqual(numbers(over), ["2"]);
});

test("on the way there are both, and the first frame is the picture before", () => {
  assert.deepEqual(hues(drawn(afterKill(), 0.4).over), ["hue2", "hue3"]);
  assert.deepEqual(drawn(afterKill(), 0).over, drawn(afterKill({ view: "before" })).over);
});

test("a plan is hatched", () => {
  const { over } = drawn(afterKill({ mode: "plan" }));
  assert.ok(hues(over).includes("hatched hue3"));
});

test("a change of which the ranges are not known keeps the colours of the ring", () => {
  const { under, over } = drawn(evenPicture(8, 8, { mode: "changed", ranges: null }));
  assert.deepEqual(hues(under), theme.hues);
  assert.deepEqual(over, []);
});

test("thin arcs have no separators, and a band has no arcs but pinned ones", () => {
  const separators = (picture) => drawn(picture).under.filter((each) => each.style === "bg" && each.what === "stroke");
  assert.equal(separators(evenPicture(128, 8)).length, 1);
  assert.equal(separators(evenPicture(800, 8)).length, 0);
  const band = drawn(evenPicture(8000, 40, { nodes: nodesOf(40, [3, 4]), pins: [3, 4] }));
  assert.equal(band.made.lod, "band");
  assert.deepEqual(hues(band.under), ["hue3", "hue4"]);
});

test("modulo has a neutral ring, and a ring without nodes another", () => {
  const modulo = drawn(evenPicture(0, 8, { scattered: true }));
  assert.deepEqual(hues(modulo.under), []);
  assert.ok(modulo.under.some((each) => each.style === "hatched line"));
  const empty = drawn(evenPicture(0, 0));
  assert.ok(empty.under.some((each) => each.style === "sunk"));
});

test("every picture of a wide choice can be drawn at every size and moment", () => {
  const lens = { at: 0.999 };
  const whole = [{ start: 9, end: 9, from: 0, to: 1 }];
  const many = Array.from({ length: 2500 }, (_, i) => ({
    start: i * 1e6,
    end: i * 1e6 + 9e5,
    from: 1 + (i % 8),
    to: 1 + ((i + 1) % 8),
  }));
  const walk = {
    hash: 2 ** 32 - 1,
    stops: [
      { number: 1, token: 5 },
      { number: 2, token: null },
    ],
    lines: ["k", "o"],
  };
  const pictures = [
    evenPicture(1, 1),
    evenPicture(1, 1, { mode: "changed", ranges: whole }),
    evenPicture(0, 1, { mode: "changed", ranges: [{ start: 9, end: 9, from: 1, to: 0 }] }),
    evenPicture(16, 8, { density: null, keys: 0, walk }),
    evenPicture(16, 8, { selected: 3, hover: { number: 5, token: 2 ** 28 - 1, part: "arc" }, walk }),
    evenPicture(20_000, 100, { nodes: nodesOf(100, [1]), pins: [1], lens, selected: 9 }),
    evenPicture(6400, 40, { nodes: nodesOf(40), mode: "changed", ranges: many, lens }),
    evenPicture(0, 8, {
      tokenBins: new Uint32Array(4096).fill(9),
      pins: [2],
      pinTokens: new Map([[2, Uint32Array.of(1, 2)]]),
      lens,
    }),
  ];
  for (const picture of pictures) {
    for (const [width, height] of [
      [764, 668],
      [390, 352],
      [200, 120],
      [390, 60],
      [1, 1],
    ]) {
      for (const t of [0, 0.5, 1]) assert.doesNotThrow(() => drawn(picture, t, width, height));
    }
  }
});

test("bars are sums of half degrees as parts of the fullest one", () => {
  const density = new Uint32Array(720).fill(1);
  density[719] = 3;
  const heights = barHeights(density, 360);
  assert.equal(heights[0], 0.5);
  assert.equal(heights[359], 1);
  assert.equal(barHeights(density, 240)[0], 3 / 5);
});
