import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { locks, NOTHING } from "../../../static/js/locks/subject.js";

const CONTRACT = new URL("../../contract/locks/", import.meta.url);
const golden = readdirSync(CONTRACT).filter((name) => name.endsWith(".json"));

test("there are golden files", () => {
  assert.ok(golden.length > 0);
});

for (const name of golden) {
  test(`the state after ${name} and its words are what the server has`, () => {
    const { before, event, after, words } = JSON.parse(readFileSync(new URL(name, CONTRACT), "utf8"));
    const untouched = structuredClone(before);
    assert.deepEqual(locks.apply(before ?? NOTHING, event.kind, event.payload), after);
    assert.deepEqual(before, untouched, "apply must not change what it is given");
    assert.deepEqual(locks.kind(event.kind).words(event.payload), words);
  });
}
