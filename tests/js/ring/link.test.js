import assert from "node:assert/strict";
import { test } from "node:test";
import { readLink, writeLink } from "../../../static/js/ring/link.js";
import { momentOf, pageOf, stateOf } from "../clusters.js";

test("what a link holds is read back", () => {
  const plan = {
    fields: { action: "configure", strategy: "maglev", options: "table_size=101", vnodes: "16", copies: "3" },
  };
  const page = pageOf(stateOf(3), { plan, selected: 2, key: "a&b=\u00e9 \\n#", escapes: true });
  assert.deepEqual(readLink(writeLink(page, false)), {
    v: null,
    node: 2,
    key: "a&b=\u00e9 \\n#",
    escapes: true,
    plan: { node: "2", ...plan.fields },
  });
});

test("a moment of the past is in every link, that of now only in one to share", () => {
  const state = stateOf(3);
  const past = pageOf(state, { view: momentOf(4, state) });
  assert.equal(writeLink(past, false), "?v=4");
  const view = momentOf(7, state, { calm: false });
  const now = pageOf(state, { view, head: view });
  assert.equal(writeLink(now, false), "");
  assert.equal(writeLink(now, true), "?v=7");
});

test("other parts of an address stay", () => {
  assert.equal(writeLink(pageOf(stateOf(1), { key: "k" }), false, "?theme=dark&v=3"), "?theme=dark&key=k");
});

test("nonsense is nothing", () => {
  assert.deepEqual(readLink("?v=-1&node=x"), { v: null, node: null, key: "", escapes: false, plan: null });
});
