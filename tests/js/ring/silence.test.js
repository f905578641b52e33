import assert from "node:assert/strict";
import { test } from "node:test";
import { moment } from "../../../static/js/lib/format.js";
import { silenceWords } from "../../../static/js/ring/silence.js";

test("a silent cluster says since when, one that answers nothing", () => {
  const since = Date.now() - 90_000;
  assert.ok(silenceWords({ silent_since: since }).includes(`since ${moment(since, Date.now())}`));
  assert.equal(silenceWords({ silent_since: null }), "");
  assert.equal(silenceWords({}), "");
});
