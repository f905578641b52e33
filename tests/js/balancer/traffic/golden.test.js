import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import "./told.js";
import { balancer, nothing } from "../../../../static/js/balancer/traffic/subject.js";

const CONTRACT = new URL("../../../contract/balancer/", import.meta.url);
const golden = readdirSync(CONTRACT).filter((name) => name.endsWith(".json"));

test("there are golden files", () => {
  assert.ok(golden.length > 0);
});

for (const name of golden) {
  test(`the state after ${name} and its words are what the server has`, () => {
    const { before, event, after, words } = JSON.parse(readFileSync(new URL(name, CONTRACT), "utf8"));
    const untouched = structuredClone(before);
    assert.deepEqual(balancer.apply(before ?? nothing(), event.kind, event.payload), after);
    assert.deepEqual(before, untouched, "apply must not change what it is given");
    assert.deepEqual(balancer.kind(event.kind).words(event.payload), words);
  });
}
