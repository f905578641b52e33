import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { gettext, interpolate, ngettext } from "../../static/js/lib/i18n.js";

afterEach(() => {
  delete globalThis.django;
});

test("without a catalogue the English of the source stands", () => {
  assert.equal(gettext("Live"), "Live");
  assert.equal(ngettext("%(n)s key", "%(n)s keys", 1), "%(n)s key");
  assert.equal(ngettext("%(n)s key", "%(n)s keys", 0), "%(n)s keys");
});

test("the server's catalogue answers when it is there", () => {
  globalThis.django = { gettext: (text) => `<${text}>`, ngettext: (_one, many) => many };
  assert.equal(gettext("Live"), "<Live>");
  assert.equal(ngettext("a", "b", 1), "b");
});

test("places are filled by name, and one without a value stays visible", () => {
  assert.equal(interpolate("%(a)s of %(b)s", { a: 2, b: "3" }), "2 of 3");
  assert.equal(interpolate("%(a)s %(toString)s", { a: "$&" }), "$& %(toString)s");
});
