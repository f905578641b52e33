import assert from "node:assert/strict";
import { test } from "node:test";
import { UnknownKind } from "../../../static/js/lib/subject.js";
import { locks, NOTHING } from "../../../static/js/locks/subject.js";
import { NOW } from "../locks.js";

const alert = (id, kind = "no_ttl") => ({
  id,
  lane: "l",
  key: "k",
  name: "session-gc",
  client: "redis-py",
  kind,
  holder: null,
  since: NOW,
  value: null,
});

test("alerts are raised once, cleared, and gone with a broken lock; nothing is changed in place", () => {
  const one = locks.apply(NOTHING, "alert_raised", alert("a"));
  const same = locks.apply(one, "alert_raised", alert("a"));
  const two = locks.apply(same, "alert_raised", alert("a", "long_held"));
  assert.deepEqual(NOTHING.alerts, []);
  assert.equal(one.alerts.length, 1);
  assert.deepEqual(same, one);
  assert.deepEqual(
    locks.apply(two, "alert_cleared", { id: "a", kind: "no_ttl" }).alerts.map(({ kind }) => kind),
    ["long_held"],
  );
  assert.deepEqual(locks.apply(two, "lock_broken", { id: "a" }).alerts, []);
});

test("the newest 200 alerts are kept", () => {
  let state = NOTHING;
  for (let i = 0; i < 250; i += 1) state = locks.apply(state, "alert_raised", alert(`a${i}`));
  assert.equal(state.alerts.length, 200);
  assert.equal(state.alerts.at(-1).id, "a249");
});

test("a source is lost, back, paused and resumed", () => {
  const why = { kind: "timeout", text: "" };
  const lost = locks.apply(NOTHING, "source_lost", { why });
  assert.deepEqual(lost.trouble, why);
  assert.equal(locks.apply(lost, "source_back", {}).trouble, null);
  assert.equal(locks.apply(locks.apply(NOTHING, "watch_paused", {}), "watch_resumed", {}).paused, false);
});

test("every kind is said in words in which a hostile name can do nothing", () => {
  const name = "a\u202eb";
  const payloads = {
    lock_broken: { id: "a", name, holder: null, reason: "stuck", woken: 2, sure: true },
    alert_raised: { ...alert("a"), name },
    alert_cleared: { id: "a", name, kind: "no_ttl", why: "well" },
    source_lost: { why: { kind: "no such kind", text: name } },
    source_added: { name, slug: "x", breakable: true },
  };
  for (const [kind, payload] of Object.entries(payloads)) {
    const { text } = locks.kind(kind).words(payload);
    assert.match(text, /a\\xe2\\x80\\xaeb/);
    assert.doesNotMatch(text, /%\(/);
  }
  assert.match(
    locks.kind("lock_broken").words(payloads.lock_broken).text,
    /broken, held by unknown holder: stuck; 2 waiters woken/,
  );
});

test("an unknown kind is refused, also one that every object has", () => {
  assert.throws(() => locks.apply(NOTHING, "lock_painted", {}), UnknownKind);
  assert.throws(() => locks.apply(NOTHING, "constructor", {}), UnknownKind);
});
