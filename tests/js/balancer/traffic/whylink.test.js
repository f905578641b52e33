import assert from "node:assert/strict";
import { test } from "node:test";
import { askWhy, readWhy, writeWhy } from "../../../../static/js/balancer/traffic/whylink.js";

test("an address names a request, or none", () => {
  assert.equal(readWhy("?why=c0ffee00-68914&v=3"), "c0ffee00-68914");
  for (const search of ["", "?why=", "?why=68914", "?why=c0ffee00-", "?why=C0FFEE00-1", "?why=c0ffee00-1%20x"]) {
    assert.equal(readWhy(search), "", search);
  }
});

test("what else stands in the address stays", () => {
  assert.equal(writeWhy("?rate=1500&theme=dark", "c0ffee00-1"), "?rate=1500&theme=dark&why=c0ffee00-1");
  assert.equal(writeWhy("?rate=1500&why=c0ffee00-1", "deadbeef-2"), "?rate=1500&why=deadbeef-2");
  assert.equal(writeWhy("?why=c0ffee00-1", ""), "");
  assert.equal(readWhy(writeWhy("?seed=4", "c0ffee00-1")), "c0ffee00-1");
});

test("the server is asked for one request, or the newest or slowest, of any node or of one", () => {
  assert.equal(askWhy({ request: "c0ffee00-1", pick: "newest" }), "?request=c0ffee00-1");
  assert.equal(askWhy({ pick: "slowest" }), "?pick=slowest");
  assert.equal(askWhy({ pick: "newest", node: "a&b" }), "?pick=newest&node=a%26b");
  assert.equal(askWhy({}), "");
});
