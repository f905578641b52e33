import assert from "node:assert/strict";
import { test } from "node:test";
import { svg } from "../fake-dom.js";
import { nodeOf, pageOf, stateOf } from "../clusters.js";

const { facesOf } = await import("../../../static/js/ring/faces.js");
const { hasFigure, loadFigure } = await import("../../../static/js/ring/figures/index.js");
const { remainderMarks } = await import("../../../static/js/ring/figures/remainder.js");
const { jumpMarks } = await import("../../../static/js/ring/figures/jumps.js");
const { scoreRows } = await import("../../../static/js/ring/figures/scores.js");
const { probeBars } = await import("../../../static/js/ring/figures/probes.js");
const { levelBars } = await import("../../../static/js/ring/figures/levels.js");
const { split, wayOf } = await import("../../../static/js/ring/figures/circle.js");
const { askedBy, cellOf, closeUp, entryAt, gridOf } = await import("../../../static/js/ring/figures/table-model.js");
const { tableOf } = await import("../../../static/js/ring/figures/source.js");
const { placed, rowOf } = await import("../../../static/js/ring/figures/row.js");
const { partOfCircle, scoreWords } = await import("../../../static/js/ring/figures/words.js");

const NAMES = ["modulo", "rendezvous", "jump", "maglev", "multiprobe", "bounded"];
const ROOM = { width: 700, height: 520, size: 13 };
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-6, `${a} is not ${b}`);

test("places are the nodes on the ring that have a weight, evenly in the middle of a width", () => {
  const state = stateOf(4);
  state.nodes = [nodeOf(1), nodeOf(2, { weight: 0 }), nodeOf(3, { state: "down" }), nodeOf(4, { state: "frozen" })];
  assert.deepEqual(
    placed(state).map(({ number }) => number),
    [1, 4],
  );
  const few = rowOf(2, 0, 700);
  near(few.x(0) + few.x(1), 700);
  const many = rowOf(10_000, 0, 700);
  near(many.x(9_999), 700 - many.step / 2);
  assert.ok(many.box >= 1);
});

test("a remainder points to its place", () => {
  const { words, x, row } = remainderMarks({ kind: "remainder", number: 591214749, divisor: 8, remainder: 5 }, ROOM);
  assert.equal(words, "591,214,749 mod 8 = 5");
  assert.equal(x, row.x(5));
});

test("every jump is an arc, and the last one leads out of the row", () => {
  const jumps = [0, 1, 5].map((bucket) => ({ bucket, node: bucket + 1 }));
  const { arcs, row } = jumpMarks({ kind: "jumps", number: 7, jumps, count: 8, beyond: 23 }, ROOM);
  assert.deepEqual(
    arcs.map(({ from, to, made }) => [from, to, made]),
    [
      [0, 1, true],
      [1, 5, true],
      [5, 23, false],
    ],
  );
  assert.equal(arcs[1].x0, row.x(1));
  assert.ok(arcs[2].x1 > row.x(7) + row.step / 2 && arcs[2].x1 < ROOM.width);
});

test("scores are bars to one scale, and what does not fit is counted", () => {
  const scores = Array.from({ length: 24 }, (_, i) => ({ node: i + 1, draw: 1, weight: 1, score: 12 / (i + 1) }));
  const { rows } = scoreRows({ kind: "scores", number: 0, scores, more: 6 }, ROOM);
  near(rows[1].length * 2, rows[0].length);
  const few = scoreRows({ kind: "scores", number: 0, scores, more: 6 }, { ...ROOM, height: 200 });
  assert.ok(few.rows.length < 10);
  assert.equal(few.rows.length + few.more, 30);
  assert.equal(scoreWords(8.321), "8.32");
  assert.equal(scoreWords(412.4), "412");
  assert.equal(scoreWords(0.01234), "0.0123");
});

test("probes are bars of their distances, the winner the shortest", () => {
  const probes = [400, 100, 200].map((distance, i) => ({ position: i, token: i + distance, distance, node: i + 1 }));
  const { strip } = split(ROOM);
  const bars = probeBars({ kind: "probes", probes, winner: 1 }, strip, 13);
  assert.deepEqual(
    bars.map(({ wins }) => wins),
    [false, true, false],
  );
  near(bars[0].height, bars[1].height * 4);
  assert.ok(bars.every(({ base }) => base <= strip.y + strip.height));
  assert.equal(partOfCircle(2 ** 32 / 4), "25.00%");
  assert.equal(partOfCircle(1), "0.0000000%");
});

test("levels are by number, as high as their loads, under their caps", () => {
  const levels = [
    { node: 3, load: 250, cap: 250 },
    { node: 1, load: 125, cap: 250 },
    { node: 2, load: 60, cap: 125 },
  ];
  const met = [
    { ...levels[0], token: 1 },
    { ...levels[1], token: 2 },
  ];
  const steps = { kind: "levels", unit: "keys", total: 435, c: 1, member: true, met, skipped: 0, levels, more: 0 };
  const bars = levelBars(steps, split(ROOM).strip, 13);
  assert.deepEqual(
    bars.map(({ node, order, owns }) => [node, order, owns]),
    [
      [1, 2, true],
      [2, 0, false],
      [3, 1, false],
    ],
  );
  near(bars[2].height, bars[0].height * 2);
  near(bars[2].base - bars[2].height, bars[2].line);
  near(bars[1].base - bars[1].line, (bars[0].base - bars[0].line) / 2);
  assert.ok(levelBars({ ...steps, member: false }, split(ROOM).strip, 13).every(({ owns }) => !owns));
});

test("a way goes clockwise, over twelve o'clock too", () => {
  const circle = { cx: 100, cy: 100, R: 50 };
  assert.match(wayOf(circle, 0, 2 ** 30, 0), /^M100\.0 50\.0A50\.0 50\.0 0 0 1 150\.0 100\.0$/);
  assert.match(wayOf(circle, 2 ** 31 + 2 ** 30, 2 ** 30, 0), /A50\.0 50\.0 0 [01] 1 150\.0 100\.0$/);
  assert.match(wayOf(circle, 2 ** 30, 0, 0), / 0 1 1 100\.0 50\.0$/);
});

test("every entry has a cell, and where pixels are few a cell stands for some entries", () => {
  for (const size of [2, 101, 65_537, 655_373]) {
    const room = { width: 700, height: 400 };
    const grid = gridOf(size, room);
    assert.ok(grid.rows * grid.cell <= room.height && grid.columns * grid.cell <= room.width);
    assert.ok(grid.rows * grid.columns * grid.each >= size);
    for (const entry of [0, 1, size >> 1, size - 1]) {
      const { x, y } = cellOf(grid, entry);
      assert.equal(entryAt(grid, size, x, y), entry - (entry % grid.each));
    }
    assert.equal(entryAt(grid, size, -1, 5), -1);
    assert.equal(entryAt(grid, size, 5, 399 + grid.cell), -1);
  }
  assert.equal(gridOf(65_537, { width: 700, height: 400 }).each, 1);
  assert.equal(gridOf(655_373, { width: 700, height: 400 }).each, 3);
});

const TABLE = {
  size: 7,
  nodes: [
    [1, 3, 4],
    [4, 0, 2],
  ].map(([node, offset, skip]) => ({ node, offset, skip })),
  entries: new Uint16Array([1, 0, 1, 0, 1, 0, 0]),
};

test("the order of a node is offset and skip, and whether it got each", () => {
  assert.deepEqual(
    askedBy(TABLE, 1).map(({ entry, got }) => [entry, got]),
    [
      [3, true],
      [0, false],
      [4, false],
      [1, true],
      [5, true],
      [2, false],
      [6, true],
    ],
  );
  assert.deepEqual(askedBy(TABLE, 9), []);
});

test("the close-up has the entry in its middle and wraps", () => {
  assert.deepEqual(
    closeUp(101, 1, 160),
    [100, 0, 1, 2, 3].map((entry) => entry % 101),
  );
  assert.equal(closeUp(101, 1, 180).length, 5);
  assert.deepEqual(closeUp(2, 0, 300).toSorted(), [0, 1]);
});

test("table.bin is read", () => {
  const header = JSON.stringify({ v: 4, size: 3, nodes: [[2, 1, 1]] });
  const text = header + " ".repeat((4 - (header.length % 4)) % 4);
  const data = new ArrayBuffer(8 + text.length + 6);
  const view = new DataView(data);
  view.setUint32(0, 0x315a5652, true);
  view.setUint32(4, text.length, true);
  new Uint8Array(data, 8).set(new TextEncoder().encode(text));
  assert.deepEqual(tableOf(data), { size: 3, nodes: [{ node: 2, offset: 1, skip: 1 }], entries: new Uint16Array(3) });
  assert.throws(() => tableOf(new ArrayBuffer(12)));
});

test("what has ranges has no figure, and nothing else has a name here", () => {
  assert.ok(NAMES.every(hasFigure));
  for (const name of ["ring", "slots", "toString", "new"]) assert.equal(hasFigure(name), false);
});

const STEPS = {
  modulo: { kind: "remainder", number: 21, divisor: 8, remainder: 5, node: 6 },
  rendezvous: { kind: "scores", number: 1, more: 3, scores: [{ node: 2, draw: 5, weight: 1, score: 2.5 }] },
  jump: { kind: "jumps", number: 1, jumps: [{ bucket: 0, node: 1 }], count: 8, beyond: 11 },
  multiprobe: { kind: "probes", probes: [{ position: 0, token: 9, distance: 9, node: 3 }], winner: 0 },
  bounded: {
    kind: "levels",
    unit: "keys",
    total: 10,
    c: 1.25,
    member: false,
    skipped: 0,
    more: 0,
    met: [{ node: 1, load: 1, cap: 2, token: 7 }],
    levels: [{ node: 1, load: 1, cap: 2 }],
  },
};

test("each drawing stands with a key and without, for no node and for a thousand, and is said in words", async () => {
  for (const count of [0, 1, 8, 1000]) {
    const state = stateOf(count);
    const faces = facesOf(pageOf(state));
    const tokens = { lists: new Map(state.nodes.map(({ number }) => [number, Uint32Array.of(number)])), total: count };
    for (const [name, steps] of Object.entries(STEPS)) {
      const figure = await loadFigure(name);
      for (const found of [null, { key: "a-key".repeat(200), hash: 4, steps: count ? steps : null }]) {
        const place = placeOf();
        figure.draw(place, { state, found, faces, active: 1, ...ROOM, theme: null, table: null, tokens });
        const drawn = place.firstElementChild;
        assert.ok(drawn.all().length > 3, `${name} of ${count}`);
        for (const element of drawn.all()) {
          for (const value of Object.values(element.attributes))
            assert.doesNotMatch(String(value), /NaN|Infinity|undefined/);
        }
        if (count === 0) assert.ok(drawn.words().includes("No node is active."));
        assert.ok(figure.list({ state, found, faces, ...ROOM, tokens }).every((line) => !/NaN|%\(/.test(line)));
      }
    }
  }
});

function placeOf() {
  const place = svg();
  Object.defineProperty(place, "firstElementChild", { get: () => place.children[0] ?? null });
  return place;
}
