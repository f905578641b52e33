import assert from "node:assert/strict";
import { test } from "node:test";
import {
  abilitiesOf,
  copiesOf,
  hasOwnTokens,
  labelOf,
  named,
  offered,
  optionsOf,
  optionWords,
  ruleOf,
  sameOptions,
  spelled,
  titleOf,
} from "../../../static/js/ring/strategies.js";
import { stateOf, strategies } from "../clusters.js";

const by = (strategy, more = {}) => ({ ...stateOf(1).cluster, strategy, ...more });

test("a cluster can be set to seven strategies, and to no slot map", () => {
  const names = ["ring", "modulo", "rendezvous", "jump", "maglev", "multiprobe", "bounded"];
  assert.deepEqual(
    offered().map(([name]) => name),
    names,
  );
  assert.deepEqual(Object.keys(strategies), [...names, "slots"]);
});

test("a strategy is what the server declares of it", () => {
  for (const [name, { label, rule, abilities, options }] of Object.entries(strategies)) {
    assert.deepEqual(
      [labelOf(by(name)), ruleOf(by(name)), abilitiesOf(by(name)), optionsOf(by(name))],
      [label, rule, abilities, options],
    );
  }
  assert.equal(titleOf(by("jump")), "Jump hash");
});

test("tokens that follow from names are not those of a slot map", () => {
  const own = Object.keys(strategies).filter((name) => hasOwnTokens(by(name)));
  assert.deepEqual(own, ["ring", "multiprobe", "bounded"]);
});

test("a strategy that only a newer server has is called by its name, and nothing is claimed of it", () => {
  for (const name of ["chord", "constructor"]) {
    assert.equal(labelOf(by(name)), name);
    assert.deepEqual(
      [abilitiesOf(by(name)).ranges, abilitiesOf(by(name)).tokens, optionsOf(by(name))],
      [false, false, []],
    );
  }
});

test("parameters are said with every digit that they have, and asked for as the server reads them", () => {
  assert.equal(named(by("ring")), "hash ring");
  assert.equal(named(by("maglev", { options: { table_size: 65_537 } })), "Maglev (table size 65,537)");
  assert.match(optionWords(by("bounded", { options: { c: 1.0625 } })), / 1\.0625$/);
  assert.equal(spelled({ table_size: 65_537 }), "table_size=65537");
  assert.equal(spelled({ a: 1, b: "2.5" }), "a=1,b=2.5");
  assert.ok(sameOptions({ a: 1, b: 2 }, { b: 2, a: 1 }) && sameOptions(undefined, {}));
  assert.ok(!sameOptions({ a: 1 }, { a: 2 }) && !sameOptions({ a: 1 }, {}));
});

test("without a list of nodes a key has one copy, whatever was asked for", () => {
  assert.deepEqual([copiesOf(by("ring", { copies: 3 })), copiesOf(by("jump", { copies: 3 }))], [3, 1]);
});
