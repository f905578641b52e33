import assert from "node:assert/strict";
import { test } from "node:test";

process.env.TZ = "UTC";
const { statusWords } = await import("../../static/js/lib/status.js");
const said = (status) => {
  const { kind, words, more } = statusWords(status);
  return `${kind}: ${words}${more}`;
};

test("each state of the connection has its words", () => {
  const at = Date.UTC(2026, 4, 3, 12, 41, 7);
  assert.equal(said({ state: "connecting" }), "wait: Connecting");
  assert.equal(said({ state: "live", watching: 4 }), "live: Live, 4 watching");
  assert.equal(said({ state: "live", watching: null }), "live: Live");
  assert.equal(said({ state: "lost", at }), "away: Nothing heard since 2026-05-03 12:41:07");
  assert.equal(said({ state: "silent", at }), "away: Database silent, showing 2026-05-03 12:41:07");
  assert.equal(said({ state: "lost" }), "away: Nothing heard");
  assert.equal(said({ state: "viewing", at }), "away: Viewing 2026-05-03 12:41:07");
  assert.equal(said({ state: "ahead" }), "wait: Catching up");
  assert.equal(said({ state: "gone" }), "away: Cluster deleted");
});
