import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeTrace } from "../../../static/js/balancer/trace.js";
import { FEW, packed } from "./traces.js";

test("a race comes as it was packed", () => {
  const other = { ...FEW.runs[0], place: Int16Array.of(1, 1, -1, 0) };
  const freeze = { place: 1, start: 30, every: 100, part: 0.3 };
  const trace = { ...FEW, runs: [...FEW.runs, other], freeze };
  assert.deepEqual(decodeTrace(packed(trace)), trace);
});

test("an odd number of requests comes too", () => {
  const run = { place: Int16Array.of(1), starts: Float32Array.of(2), departs: Float32Array.of(3) };
  const trace = {
    nodes: 3,
    arrivals: Float32Array.of(2),
    runs: [run, { ...run, place: Int16Array.of(-1) }],
    freeze: null,
  };
  assert.deepEqual(decodeTrace(packed(trace)), trace);
});

test("what is no binary answer is refused", () => {
  assert.throws(() => decodeTrace(new TextEncoder().encode('{"error": "busy"}').buffer));
  assert.throws(() => decodeTrace(new ArrayBuffer(4)));
});
