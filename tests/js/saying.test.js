import assert from "node:assert/strict";
import { test } from "node:test";
import { refusalWords } from "../../static/js/lib/saying.js";

test("the server's own sentence is said", () => {
  assert.equal(refusalWords(503, '{"error": "This server is busy."}'), "This server is busy.");
});

test("what is no refusal of ours is not shown", () => {
  for (const body of ["<html>Bad gateway</html>", "", "null", "[]", '{"error": {"a": 1}}', '{"error": ""}', "7"]) {
    assert.equal(refusalWords(502, body), "The figures could not be computed. Try again in a few seconds.", body);
  }
});

test("no answer is no answer", () => {
  assert.equal(refusalWords(0, ""), "The server did not answer. Try again in a few seconds.");
});
