import assert from "node:assert/strict";
import { test } from "node:test";
import { settingFields } from "../../../static/js/ring/configure.js";
import { allows } from "../../../static/js/ring/options.js";
import { stateOf, strategies } from "../clusters.js";

const by = (strategy, options = {}) => stateOf(4, { cluster: { strategy, options, copies: 2 } }).cluster;

test("what is wanted is asked with all that stays", () => {
  const rest = { action: "configure", vnodes: "16", copies: "2" };
  assert.deepEqual(settingFields(by("ring"), { vnodes: 64 }), { ...rest, strategy: "ring", vnodes: "64" });
  const maglev = by("maglev", { table_size: 101 });
  const table = { strategy: "maglev", options: "table_size=101" };
  assert.deepEqual(settingFields(maglev, { copies: 3 }), { ...rest, ...table, copies: "3" });
  assert.deepEqual(settingFields(maglev, { options: { table_size: 7 } }), {
    ...rest,
    ...table,
    options: "table_size=7",
  });
});

test("another strategy begins with its own defaults, and in old states there are no parameters", () => {
  assert.equal(settingFields(by("maglev", { table_size: 101 }), { strategy: "bounded" }).options, undefined);
  assert.equal(settingFields(by("maglev", { table_size: 101 }), { strategy: "maglev" }).options, "table_size=101");
  const { options, ...old } = by("ring");
  assert.equal(settingFields(old, { vnodes: 4 }).options, undefined);
});

test("a number is allowed within its bounds and if it is of the wanted kind", () => {
  const [table] = strategies.maglev.options;
  const [probes] = strategies.multiprobe.options;
  const [load] = strategies.bounded.options;
  const allowed = (option, ...texts) => texts.filter((text) => allows(option, text));
  const { lowest, highest } = table;
  assert.deepEqual(allowed(table, "65537", "2", "3", `${highest}`), ["65537", "2", "3", `${highest}`]);
  assert.deepEqual(allowed(table, "65536", "9", "1", `${highest + 4}`, "", "x", "2.5", "-7"), []);
  assert.deepEqual(allowed(probes, "1", "128", "4", " 21 "), ["1", "128", "4", " 21 "]);
  assert.deepEqual(allowed(probes, "0", "129", "1.5"), []);
  assert.deepEqual(allowed(load, "1", "1.25", "10"), ["1", "1.25", "10"]);
  assert.deepEqual(allowed(load, "0.99", "10.01", "Infinity"), []);
  assert.equal(lowest, 2);
});
