import assert from "node:assert/strict";
import { test } from "node:test";
import { facesOf } from "../../../static/js/ring/faces.js";
import { looksOf, presetPins, shortNames } from "../../../static/js/ring/looks.js";
import { nodeOf, pageOf, stateOf } from "../clusters.js";

const key = ({ hue, pattern }) => `${hue} ${pattern}`;

test("up to 24 nodes all look different, whatever their numbers", () => {
  const nodes = [1, 2, 3, 9, 25, 26, 49, 50, 73].map((number) => nodeOf(number));
  const looks = [...looksOf(nodes, [], "pins").values()].map(key);
  assert.equal(new Set(looks).size, nodes.length);
  assert.equal(key(looksOf(stateOf(8).nodes, [], "pins").get(8)), "7 solid");
  assert.equal(key(looksOf(stateOf(9).nodes, [], "pins").get(9)), "0 hatched");
});

test("a node keeps its look when another one goes", () => {
  const before = looksOf(stateOf(12).nodes, [], "pins");
  const after = looksOf(
    stateOf(12).nodes.filter(({ number }) => number !== 4),
    [],
    "pins",
  );
  for (const [number, look] of after) assert.deepEqual(look, before.get(number));
});

test("above 24 only pins have a colour, and letters", () => {
  const page = pageOf(stateOf(30), { pins: [7, 3] });
  const { crowded, of } = facesOf(page);
  assert.ok(crowded);
  assert.deepEqual([of(7).mark, of(7).look.pattern], ["A", "solid"]);
  assert.deepEqual([of(8).mark, of(8).look.pattern], ["8", "grey"]);
  assert.notEqual(of(7).look.hue, of(3).look.hue);
});

test("coloured by zone, every pin and every zone has a look of its own", () => {
  for (const [zones, pins] of [
    [3, [1, 2, 4]],
    [8, [1, 2, 3, 4, 5, 6]],
    [1, []],
  ]) {
    const state = stateOf(30);
    state.nodes.forEach((node, i) => {
      node.zone = `zone-${i % zones}`;
    });
    const made = facesOf(pageOf(state, { pins, colour: "zone" }));
    const shown = [...pins.map((number) => made.of(number)), ...made.zones].map(({ look }) => key(look));
    assert.equal(new Set(shown).size, pins.length + zones, shown.join());
    for (const { number, zone } of state.nodes) {
      if (pins.includes(number)) continue;
      assert.equal(key(made.of(number).look), key(made.zones.find(({ name }) => name === zone).look));
    }
    assert.deepEqual(facesOf(pageOf(state, { pins })).zones, []);
  }
});

test("a few nodes keep their own colours, whatever was asked while they were many", () => {
  const few = facesOf(pageOf(stateOf(8), { colour: "zone" }));
  assert.deepEqual([few.zones, few.of(8).look.hue], [[], 7]);
});

test("pins are at first the fullest, the median and the emptiest", () => {
  const state = stateOf(25);
  state.nodes.forEach((node, i) => {
    node.keys = 1000 - i;
  });
  assert.deepEqual(presetPins(state), [1, 13, 25]);
  assert.deepEqual(presetPins(stateOf(8)), []);
});

test("long names leave out what all share, up to a separator", () => {
  const names = ["1a-0001", "1b-0002"].map((name) => `redis-cache-eu-west-${name}.prod.internal.example.com`);
  const { short, prefix, suffix } = shortNames(names);
  assert.deepEqual([prefix, suffix], ["redis-cache-eu-west-", ".prod.internal.example.com"]);
  assert.deepEqual(names.map(short), ["1a-0001", "1b-0002"]);
});

test("short names stay, and no name becomes empty", () => {
  assert.equal(shortNames(["cache-1", "cache-2"]).short("cache-1"), "cache-1");
  const names = ["a-very-long-name-node", "a-very-long-name-node-2"];
  assert.ok(names.map(shortNames(names).short).every((name) => name.length > 0));
});
