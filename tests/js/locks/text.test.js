import assert from "node:assert/strict";
import { test } from "node:test";
import { brief, plain, shortId } from "../../../static/js/locks/text.js";

const b64 = (...bytes) => ({ b64: Buffer.from(bytes).toString("base64") });

test("what is printable stays as it is", () => {
  for (const text of ["ledger:close", "zámek 锁 🔒", "<img src=x onerror=alert(1)>", "a b"])
    assert.equal(plain(text), text);
  assert.equal(plain(null), "");
});

test("what hides, turns round or breaks lines is spelled out", () => {
  assert.equal(plain("a\u202eb"), "a\\xe2\\x80\\xaeb");
  assert.equal(plain("a\nb\x1b[31m"), "a\\x0ab\\x1b[31m");
  assert.equal(plain("a\u200bb\ufeff"), "a\\xe2\\x80\\x8bb\\xef\\xbb\\xbf");
  assert.equal(plain("\u2028"), "\\xe2\\x80\\xa8");
  assert.equal(plain("a\u00a0b"), "a\\xc2\\xa0b");
  assert.equal(plain("a\\x0ab"), "a\\\\x0ab", "and nothing looks like what is spelled out");
});

test("bytes that are no text are spelled out between letters", () => {
  assert.equal(plain(b64(0xff, 0x68, 0xc3, 0xa9, 0xc3)), "\\xffhé\\xc3");
  assert.equal(plain({ b64: "no base64!" }), "");
});

test("what is long loses its middle, between letters", () => {
  assert.equal([...brief("🔒".repeat(500))].length, 120);
  assert.equal(brief("a".repeat(120)), "a".repeat(120));
  assert.match(brief(`${"a".repeat(200)}end`, 20), /^a{13}…a{3}end$/);
  assert.equal(shortId("5f0e11aa22bb33cc44dd55ee66ff9b21"), "5f0e…9b21");
  assert.equal(shortId("worker-5"), "worker-5");
});
