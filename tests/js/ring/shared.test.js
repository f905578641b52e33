/** What the page and Python must agree on without telling each other: tests/contract/shared/shared.json. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fixed, percent } from "../../../static/js/lib/format.js";
import { looksOf, MOST_COLOURED } from "../../../static/js/ring/looks.js";
import { isMember } from "../../../static/js/ring/members.js";
import { pulsedWords, pulseWords } from "../../../static/js/ring/pulse.js";
import { BUCKET_SHIFT, SLOTS } from "../../../static/js/ring/slots.js";
import { MOST_TOKENS } from "../../../static/js/ring/tokens.js";
import { nodeOf } from "../clusters.js";

const shared = JSON.parse(readFileSync(new URL("../../contract/shared/shared.json", import.meta.url), "utf8"));

test("the same states are on the ring", () => {
  assert.ok(shared.on_ring.length > 0 && shared.off_ring.length > 0);
  assert.ok(shared.on_ring.every((/** @type {string} */ state) => isMember({ state })));
  assert.ok(shared.off_ring.every((/** @type {string} */ state) => !isMember({ state })));
});

test("numbers are rounded alike", () => {
  for (const [part, whole, one, two] of shared.percent) {
    assert.deepEqual([percent(part / whole), percent(part / whole, 2)], [one, two], `${part} of ${whole}`);
  }
  for (const [ratio, words] of shared.ratio) assert.equal(fixed(ratio, 2), words);
});

test("short freezes are called alike", () => {
  for (const [pulse, words, began, ended] of shared.pulses) {
    assert.deepEqual(
      [pulseWords(pulse), pulsedWords("n", pulse, null), pulsedWords("n", null, pulse)],
      [words, began, ended],
    );
  }
});

test("the same bounds hold", () => {
  assert.equal(MOST_TOKENS, shared.most_tokens);
  assert.equal(SLOTS, shared.slots);
  assert.equal(BUCKET_SHIFT, shared.bucket_shift);
  assert.equal(MOST_COLOURED, shared.most_coloured);
});

test("a node has the same look in the page's pictures and in the server's", () => {
  const nodes = shared.looks.map((_look, /** @type {number} */ i) => nodeOf(i + 1));
  const looks = looksOf(nodes, [], "pins");
  assert.deepEqual(
    nodes.map(({ number }) => [looks.get(number)?.hue, looks.get(number)?.pattern]),
    shared.looks,
  );
});
