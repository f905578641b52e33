import assert from "node:assert/strict";
import { test } from "node:test";
import { Subject, UnknownKind } from "../../static/js/lib/subject.js";

const lamp = new Subject("lamp", {
  lamp_lit: {
    fold: (state, { colour }) => ({ ...state, colour }),
    words: ({ colour }) => ({ label: colour, text: colour }),
  },
});

test("a subject folds and says its own kinds", () => {
  const before = { colour: "off", at: 1 };
  assert.deepEqual(lamp.apply(before, "lamp_lit", { colour: "red" }), { colour: "red", at: 1 });
  assert.deepEqual(before, { colour: "off", at: 1 });
  assert.equal(lamp.kind("lamp_lit").words({ colour: "red" }).text, "red");
});

test("it knows no other kind, nor what every object has", () => {
  assert.deepEqual(
    ["lamp_lit", "lamp_broken", "constructor", "__proto__"].map((kind) => lamp.knows(kind)),
    [true, false, false, false],
  );
  assert.throws(() => lamp.apply({}, "lamp_broken", {}), UnknownKind);
});
