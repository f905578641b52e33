import assert from "node:assert/strict";
import { test } from "node:test";
import { framed, tableOf } from "../../../static/js/locks/table.js";
import { countsOf, frameOf, holdOf, NOW, nowOf, rowOf } from "../locks.js";

const many = { attention: [], groups: [{ pattern: "a:*" }], small: null, rows: undefined };

test("a frame changes rows, takes rows away and adds holds", () => {
  const table = tableOf(nowOf([rowOf("a"), rowOf("b")]));
  const untouched = structuredClone([...table.rows.keys()]);
  const next = framed(table, frameOf(6, { rows: [rowOf("c")], gone: ["a/row"], past: [holdOf("a", -5000, 0)] }));
  assert.deepEqual([...next.rows.keys()], ["b/row", "c/row"]);
  assert.deepEqual(
    next.holds.map(({ lane }) => lane),
    ["a"],
  );
  assert.deepEqual([...table.rows.keys()], untouched, "it must not change what it is given");
});

test("a frame that was had is old, one after a gap asks for all of it", () => {
  const table = tableOf(nowOf([rowOf("a")]));
  assert.equal(framed(table, frameOf(5)), "old");
  assert.equal(framed(table, frameOf(7)), "gap");
  assert.equal(framed(table, frameOf(7, { prev: 5 })).seq, 7);
});

test("a watcher that counts from the start again is not deaf ears", () => {
  const table = tableOf(nowOf([rowOf("a")], [], { seq: 5000 }));
  assert.equal(framed(table, frameOf(2, { now: NOW + 120_000 })), "gap");
});

test("many replaces few, whatever is missing in between; few after many asks", () => {
  const table = tableOf(nowOf([rowOf("a")]));
  const next = framed(table, frameOf(9, { ...many, prev: 8 }));
  assert.equal(next.many.groups.length, 1);
  assert.equal(next.rows.size, 0);
  assert.equal(framed(next, frameOf(10)), "gap");
});

test("without a watcher the last state stays", () => {
  const table = tableOf(nowOf([rowOf("a")]));
  const later = tableOf(nowOf([], [], { seq: 0, status: null, now: NOW + 9000 }), table);
  assert.equal(later.status, null);
  assert.deepEqual([...later.rows.keys()], ["a/row"]);
  assert.equal(later.now, NOW, "of when it was seen");
});

test("a wait that ended is remembered by the page that saw it", () => {
  const waiting = [{ id: "w", label: null, since: NOW - 3000 }];
  const table = tableOf(nowOf([rowOf("a", { waiters: 1, waiting })]));
  const next = framed(table, frameOf(6, { rows: [rowOf("a", { holder: "w" })] }));
  assert.deepEqual(next.waits, [{ lane: "a", id: "w", from: NOW - 3000, to: NOW + 100 }]);
  const same = framed(table, frameOf(6, { rows: [rowOf("a", { waiters: 1, waiting })] }));
  assert.deepEqual(same.waits, []);
});

test("names of lanes outlive their rows, and what is older than a minute goes", () => {
  let table = tableOf(nowOf([rowOf("a")], [holdOf("z", -59_950, -59_950)]));
  assert.equal(table.holds.length, 1);
  table = framed(table, frameOf(6, { gone: ["a/row"] }));
  assert.equal(table.names.get("a"), "a");
  assert.equal(table.holds.length, 0);
});

test("how many wait is one point a change", () => {
  let table = tableOf(nowOf([], [], { counts: countsOf([], { waits: 2 }) }));
  table = framed(table, frameOf(6, { counts: countsOf([], { waits: 2 }) }));
  table = framed(table, frameOf(7, { now: NOW + 200, counts: countsOf([], { waits: 3 }) }));
  assert.deepEqual(table.series, [
    [NOW, 2],
    [NOW + 200, 3],
  ]);
});
