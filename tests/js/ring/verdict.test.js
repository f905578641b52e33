import assert from "node:assert/strict";
import { test } from "node:test";
import { verdictAt, verdictWords } from "../../../static/js/ring/verdict.js";

const since = "2026-05-03T12:41:07.000Z";
const at = Date.parse(since);

test("a freeze has the time that its cluster gives it, from the time of the freeze", () => {
  assert.equal(verdictAt({ verdict_delay_ms: 8000 }, { state: "frozen", since }), at + 8000);
  assert.equal(verdictAt({}, { state: "frozen", since }), null);
  assert.equal(verdictAt({ verdict_delay_ms: 8000 }, { state: "suspected", since }), null);
});

test("the seconds that are left are counted down to the verdict, and no further", () => {
  const said = [0, 2_001, 7_999, 8_000, 9_000].map((passed) => verdictWords(at + 8000, at + passed));
  assert.deepEqual(said, ["verdict in 8 s", "verdict in 6 s", "verdict in 1 s", "verdict due", "verdict due"]);
});
