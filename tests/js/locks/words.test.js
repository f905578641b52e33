import assert from "node:assert/strict";
import { test } from "node:test";
import { stoppedAt } from "../../../static/js/locks/clockwork.js";
import { clockWords } from "../../../static/js/locks/connection.js";
import { EVERYTHING as ALL, queryString, readLink, writeLink } from "../../../static/js/locks/link.js";
import { tableOf } from "../../../static/js/locks/table.js";
import { stripWords } from "../../../static/js/locks/watching.js";
import {
  alertRank,
  alertWords,
  attentionWords,
  clientWords,
  lasting,
  leftWords,
  length,
  noteOf,
  summary,
  waitersWords,
} from "../../../static/js/locks/words.js";
import { countsOf, holdOf, NOW, nowOf, rowOf, statusOf } from "../locks.js";

const laneOf = (rows, holds = []) => ({ id: "a", name: "a", rows, holds, waits: [] });
const alertOf = (kind, more = {}) => ({ kind, since: NOW - 3900, value: null, ...more });

test("time left has tenths below 100 s, and never less than nothing", () => {
  assert.equal(leftWords(7460), "7.4\u00a0s");
  assert.equal(leftWords(99_990), "99.9\u00a0s");
  assert.equal(leftWords(725_000), "12\u00a0min");
  assert.equal(leftWords(-300), "0.0\u00a0s");
  assert.equal(lasting(11_520_000), "3 h 12 min");
  assert.equal(length(12_000), "12 s");
  assert.equal(length(3400), "3.4 s");
});

test("the note says what is wrong first, then what is worth knowing", () => {
  const note = (more) => noteOf(laneOf([rowOf("a", more)]), NOW);
  assert.deepEqual(note({ alerts: [alertOf("no_ttl"), alertOf("missed_renewal")] }), {
    text: "No renewal for 3.9 s",
    bad: true,
  });
  assert.equal(note({ alerts: [alertOf("long_held", { value: 40_000 })] }).text, "Held past its usual 40 s");
  assert.deepEqual(note({ renewed: [NOW - 6800, NOW - 3400, NOW] }), { text: "Renews every 3.4 s", inferred: true });
  assert.equal(note({ since_seen: false }).text, "Start not seen");
  assert.equal(note({ waiters: null }).text, "Waiters not seen");
  assert.equal(note({ ends_at: NOW - 5000 }).text, "Was due 5 s ago");
  assert.equal(noteOf(laneOf([], [holdOf("a", -20_000, -11_000)]), NOW).text, "Free for 11 s");
  assert.equal(noteOf(laneOf([rowOf("a"), rowOf("a")]), NOW).text, "2 holders");
});

test("unknown waiters are unknown, and none is none", () => {
  const words = (more, short) => waitersWords(laneOf([rowOf("a", more)]), short).text;
  const waiting = ["worker-2", "worker-6"].map((id) => ({ id, label: id, since: NOW }));
  assert.equal(words({ waiters: null }), "unknown");
  assert.equal(words({ waiters: 0 }), "none");
  assert.equal(words({ waiters: 2, waiting }), "worker-2, worker-6");
  assert.equal(words({ waiters: 2, waiting }, true), "w-2, w-6");
  assert.equal(words({ waiters: 7, waiting }), "7 wait");
  assert.equal(waitersWords(laneOf([rowOf("a", { waiters: 2, waiters_inferred: true })])).inferred, true);
});

test("how sure a client is, is said", () => {
  assert.equal(clientWords(rowOf("a")), "ours");
  assert.equal(clientWords(rowOf("a", { client: "redis-py", confidence: "likely" })), "redis-py, likely");
});

test("attention is worst first, and an unknown kind comes last by its name", () => {
  assert.equal(attentionWords({ no_ttl: 1, stale_write: 2, long_held: 0 }), "2 stale writes, 1 no TTL");
  assert.equal(attentionWords({}), "");
  assert.ok(alertRank("stale_write") < alertRank("no_ttl") && alertRank("no_ttl") < alertRank("of tomorrow"));
  assert.equal(alertWords(alertOf("constructor")), "constructor");
});

test("the summary counts, and does not claim what is unknown", () => {
  const of = (counts, free = 0, more = {}) => summary(tableOf(nowOf([], [], { counts, ...more })), free);
  assert.equal(of(countsOf([])), "No locks are held.");
  assert.equal(
    of(countsOf([], { held: 5, waits: 4, waits_hidden: 1 }), 1),
    "5 held, 1 free. 4 wait. Waiters of 1 lock cannot be seen.",
  );
  assert.equal(of(countsOf([]), 0, { status: null }), "");
  const groups = { rows: undefined, groups: [], attention: [], small: null };
  assert.equal(
    of(countsOf([], { held: 10_214, alerts: 5 }), 0, groups),
    "5 of 10,214 locks need attention. No waiters seen.",
  );
});

test("the strip says what is wrong with the watching, and nothing when nothing is", () => {
  assert.equal(stripWords(statusOf(), "redis-1"), null);
  assert.match(stripWords(null, "redis-1") ?? "", /watcher is not running/);
  assert.match(stripWords(statusOf({ state: "paused" }), "redis-1") ?? "", /paused/);
  assert.match(stripWords(statusOf({ state: "discovering", scanned: 5, progress: 0.42 }), "redis-1") ?? "", /42%/);
  const trouble = { kind: "auth", text: "WRONGPASS\u202e" };
  const down = stripWords(statusOf({ state: "down", trouble }), "redis-1") ?? "";
  assert.match(down, /refuses the user name or password\. It says: WRONGPASS\\xe2\\x80\\xae/);
  assert.match(stripWords(statusOf({ capped: true, locks: 100_000 }), "redis-1") ?? "", /100,000/);
});

test("where there is no now, the page stands still", () => {
  const page = (link, status) => ({ link: { state: link, since: 7 }, table: tableOf(nowOf([], [], { status })) });
  const at = (link, status) => stoppedAt(/** @type {any} */ (page(link, status)));
  assert.equal(at("live", statusOf()), null);
  assert.equal(at("lost", statusOf()), 7);
  assert.equal(at("live", statusOf({ state: "paused", since: 9 })), 9);
  assert.equal(at("live", null), NOW);
});

test("how true the clock is, in steps that change seldom", () => {
  assert.equal(clockWords(null, 1), "");
  assert.equal(clockWords(5.2, 1.1), ", clock within 8 ms of Redis");
  assert.equal(clockWords(5.9, 1.4), ", clock within 8 ms of Redis");
  assert.equal(clockWords(5000, null), ", clock uncertain");
});

test("an address holds the lock and what is looked for, and nothing strange", () => {
  const id = "00112233445566ff";
  assert.equal(writeLink(id, { ...ALL, q: "a&b" }, "?theme=dark"), `?theme=dark&lock=${id}&q=a%26b`);
  assert.equal(writeLink(null, ALL, `?lock=${id}`), "");
  assert.deepEqual(readLink(`?lock=${id}&q=a%26b&sort=left`), { lock: id, query: { ...ALL, q: "a&b", sort: "left" } });
  assert.deepEqual(readLink("?lock=../x&sort=drop"), { lock: null, query: ALL });
  assert.equal(queryString({ ...ALL, client: "redis-py" }, { offset: 0 }), "client=redis-py&sort=name&offset=0");
});
