import assert from "node:assert/strict";
import { test } from "node:test";
import { roomWords } from "../../../static/js/ring/room.js";

test("a disk with room says nothing; one that is nearly full, full or read-only says what to do", () => {
  assert.equal(roomWords({ state: "enough", free: 2 ** 40 }), "");
  assert.match(roomWords({ state: "low", free: 12 * 2 ** 20 }), /nearly full: 12.0 MiB free.*DATA_DIR/);
  assert.match(roomWords({ state: "full", free: 0 }), /disk is full.*Free some space for DATA_DIR/);
  assert.match(roomWords({ state: "read-only", free: 2 ** 40 }), /read-only.*Make DATA_DIR writable/);
});
