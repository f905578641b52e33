import assert from "node:assert/strict";
import { test } from "node:test";
import { chosen, idOf, lanesOf } from "../../../static/js/locks/lanes.js";
import { tableOf } from "../../../static/js/locks/table.js";
import { EVERYTHING, holdOf, NOW, nowOf, rowOf } from "../locks.js";

const alert = (kind) => [{ kind, since: NOW, value: null }];
const table = tableOf(
  nowOf(
    [
      rowOf("b", { ends_at: NOW + 1000, client: "redis-py", label: "worker-5", waiters: 3 }),
      rowOf("a", { ends_at: null, since: NOW - 90_000, alerts: alert("no_ttl") }),
      rowOf("d", { ends_at: NOW + 9000, key: "Deep:key" }),
      rowOf("d", { id: "d/2", holder: "ffff", ends_at: NOW + 500 }),
    ],
    [holdOf("c", -9000, -8000, { label: "worker-9" }), holdOf("old", -58_000, -50_000), holdOf("b", -9000, -6000)],
  ),
);
const lanes = lanesOf(table, NOW - 45_000);
const names = (query) => chosen(lanes, { ...EVERYTHING, ...query }).map(({ name }) => name);

test("a lane is a lock that is held, or was within what is shown", () => {
  assert.deepEqual(names({}), ["a", "b", "c", "d"]);
  assert.equal(lanes.find(({ name }) => name === "d").rows.length, 2);
  assert.equal(idOf(lanes.find(({ name }) => name === "c")), "c/-9000");
});

test("each order is what it says", () => {
  assert.deepEqual(names({ sort: "left" }), ["d", "b", "a", "c"]);
  assert.deepEqual(names({ sort: "-left" }), ["a", "b", "d", "c"]);
  assert.equal(names({ sort: "held" })[0], "a");
  assert.equal(names({ sort: "waiters" })[0], "b");
  assert.deepEqual(names({ sort: "client" }), ["b", "a", "d", "c"]);
  assert.deepEqual(names({ sort: "no such order" }), ["a", "b", "c", "d"]);
});

test("search looks at names, keys and holders, whatever the case", () => {
  assert.deepEqual(names({ q: "WORKER-" }), ["b", "c"]);
  assert.deepEqual(names({ q: "deep" }), ["d"]);
  assert.deepEqual(names({ q: "nothing like it" }), []);
});

test("client and attention filter", () => {
  assert.deepEqual(names({ client: "redis-py" }), ["b"]);
  assert.deepEqual(names({ alert: "any" }), ["a"]);
  assert.deepEqual(names({ alert: "no_ttl" }), ["a"]);
  assert.deepEqual(names({ alert: "starving" }), []);
});
