import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, escaped, MOST_BYTES, percentEncoded } from "../../../static/js/ring/keybytes.js";

const bytes = (text, escapes = true) => [...bytesOf(text, escapes).bytes];

test("text is its UTF-8, and a backslash is a backslash until escapes are asked for", () => {
  assert.deepEqual(bytes("a\u00e9", false), [97, 0xc3, 0xa9]);
  assert.deepEqual(bytes("\\n", false), [92, 110]);
  assert.deepEqual(bytes("\\n"), [10]);
});

test("escapes stand for any byte", () => {
  assert.deepEqual(bytes("a\\x00\\xfF\\n\\r\\t\\0\\\\z"), [97, 0, 255, 10, 13, 9, 0, 92, 122]);
  assert.deepEqual(bytes("\\\\x00"), [92, 120, 48, 48]);
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  assert.deepEqual(bytes(all.map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("")), all);
});

test("what is no escape is named, whole", () => {
  for (const [text, what] of [
    ["ab\\q", "\\q"],
    ["\\x1", "\\x1"],
    ["\\xzz", "\\xzz"],
    ["end\\", "\\"],
    ["\\\u{1F600}", "\\\u{1F600}"],
  ]) {
    const { bytes: none, trouble } = bytesOf(text, true);
    assert.equal(none, null, text);
    assert.ok(trouble.startsWith(`${what} is not an escape.`), trouble);
  }
});

test("over the limit it is said with the number of bytes, and nothing is cut", () => {
  assert.equal(bytes("\u00e9".repeat(MOST_BYTES / 2), false).length, MOST_BYTES);
  assert.equal(bytes("\\x00".repeat(MOST_BYTES)).length, MOST_BYTES);
  assert.match(bytesOf(`${"\u00e9".repeat(512)}a`, false).trouble, /^This key has 1,025 bytes, .* 1,024\./);
  assert.match(bytesOf("\u00e9".repeat(1_000_000), true).trouble, /^This key has 2,000,000 bytes/);
});

test("an address spells every byte, and lines are escapes in a field of one line", () => {
  assert.equal(percentEncoded(Uint8Array.of(0, 10, 255)), "%00%0A%FF");
  const text = "two\r\nlines\\ and\ta tab\0";
  assert.equal(escaped(text), "two\\r\\nlines\\\\ and\\ta tab\\0");
  assert.deepEqual(bytes(escaped(text)), bytes(text, false));
});
