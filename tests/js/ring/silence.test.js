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

test("members that disagree are named, with what they list", () => {
  const reset = { address: "10.0.0.1:6379", members: 1, slots: 0 };
  assert.equal(
    silenceWords({ silent_since: null, disagreeing: [reset] }),
    "10.0.0.1:6379 answers, but lists 1 member and 0 slots: it may have been reset. The page shows the view of most members.",
  );
  const refused = silenceWords({ silent_since: Date.now(), lacks: ["CLUSTER NODES"] });
  assert.match(refused, /The user may not run CLUSTER NODES\.$/);
  const silent = silenceWords({ silent_since: Date.now(), disagreeing: [reset] });
  assert.match(silent, /^The cluster has not answered since .* 10\.0\.0\.1:6379 answers, but lists 1 member/);
});
