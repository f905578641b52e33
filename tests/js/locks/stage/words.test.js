import assert from "node:assert/strict";
import { test } from "node:test";
import {
  busyWords,
  elapsedWords,
  lastWords,
  lessonWords,
  predictedWords,
  share,
  workerWords,
} from "../../../../static/js/locks/stage/words.js";

const rung = (overlapping, entries, stale) => ({ result: { verdict: { overlapping, entries, stale } } });

test("the lesson is told once its first and last rung were judged", () => {
  assert.equal(lessonWords([rung(1, 2, 3), { result: null }]), null);
  const [article, fenced] = lessonWords([rung(824, 825, 745), rung(92, 382, 0)]);
  assert.equal(
    article,
    "SET, the lock from the article that Ringviz grew from, let two in at once in 99.9% of 825 entries; 745 writes wiped out another write.",
  );
  assert.equal(fenced, "With a fencing token, entries still overlap (24.1%), but no stale write is accepted.");
  assert.match(lessonWords([rung(1, 1, 1), rung(1, 1, 2)])[1], /accepted\. That is wrong/);
});

test("a share of nothing is none", () => {
  assert.equal(share(0, 0), "0%");
});

test("what is predicted says both", () => {
  assert.equal(predictedWords({ overlap: true, stale: true }), "Two inside; stale writes accepted");
  assert.equal(predictedWords({ overlap: true, stale: false }), "Two inside; no stale write accepted");
});

test("a worker says what it does, with its fencing token where it has one", () => {
  const worker = { worker: "worker-1", state: "inside", lock: "orders:settle", fencing: 34, for_ms: 1 };
  assert.equal(workerWords(worker), "inside orders:settle #34");
  assert.equal(workerWords({ ...worker, state: "paused", fencing: null }), "paused");
});

test("why nothing can be started is said", () => {
  assert.equal(busyWords({ run: null, watched: true }), "");
  assert.match(busyWords({ run: null, watched: false }), /No watcher/);
  assert.match(busyWords({ run: { what: "ladder" }, watched: true }), /ladder is running/);
});

test("how the last run ended is said", () => {
  assert.equal(lastWords(null), "");
  assert.equal(lastWords({ what: "ladder", how: "done", seed: 7, why: "" }), "Last run of the ladder: ended, seed 7.");
  assert.match(
    lastWords({ what: "workers", how: "failed", seed: 7, why: "ConnectionError" }),
    /failed \(ConnectionError\)/,
  );
});

test("time never runs past its end", () => {
  assert.equal(elapsedWords(9_400, 8), "8 of 8 s");
});
