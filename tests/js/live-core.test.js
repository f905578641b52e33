import assert from "node:assert/strict";
import { test } from "node:test";
import { Conversation, pauseMs, socketAddress } from "../../static/js/lib/live-core.js";

const EPOCH = "e1";
const hello = (head, epoch = EPOCH) => ({ type: "hello", head, epoch, now: 0 });
const event = (v, kind = "k") => ({ type: "event", v, kind, at: "", payload: {} });
const snapshot = (v, epoch = EPOCH) => ({ type: "snapshot", v, epoch, parts: {} });

/** A page that applies what it is told to. Returns what was done for each message, in short. */
function pageAt(v, epoch = EPOCH, declares = undefined) {
  const have = { v, epoch };
  const conversation = new Conversation(() => have, declares);
  const take = (message) => {
    const verdict = conversation.take(message);
    if (verdict.do === "apply") {
      have.v = verdict.event.v;
      return `apply ${verdict.event.v}`;
    }
    if (verdict.do === "replace") {
      Object.assign(have, { v: verdict.snapshot.v, epoch: verdict.snapshot.epoch });
      return `replace ${verdict.snapshot.v}`;
    }
    return verdict.do === "ask" ? `ask ${verdict.since}` : verdict.do;
  };
  return { have, conversation, take: (...messages) => messages.map(take) };
}

test("events are applied in order and each once", () => {
  const page = pageAt(4);
  assert.deepEqual(page.take(hello(6), event(5), event(6), event(6), event(5), event(7)), [
    "nothing",
    "apply 5",
    "apply 6",
    "nothing",
    "nothing",
    "apply 7",
  ]);
  assert.equal(page.have.v, 7);
  assert.equal(page.conversation.current, true);
});

test("a gap is asked for once, and filled", () => {
  const page = pageAt(4);
  assert.deepEqual(page.take(hello(4), event(6), event(7)), ["nothing", "ask 4", "nothing"]);
  assert.equal(page.conversation.current, false);
  assert.deepEqual(page.take(event(5), event(6), event(7)), ["apply 5", "apply 6", "apply 7"]);
  assert.equal(page.conversation.current, true);
  assert.deepEqual(page.take(event(9)), ["ask 7"]);
});

test("a gap that only a heartbeat shows is asked for, and again when it stays", () => {
  const page = pageAt(4);
  const beat = { type: "heartbeat", v: 6, now: 0 };
  assert.deepEqual(page.take(hello(4), beat, beat), ["nothing", "ask 4", "ask 4"]);
  assert.deepEqual(page.take(event(5), event(6), beat), ["apply 5", "apply 6", "nothing"]);
});

test("behind the head after hello is not current until it has caught up", () => {
  const page = pageAt(4);
  assert.equal(page.conversation.current, false);
  page.take(hello(5));
  assert.equal(page.conversation.current, false);
  page.take(event(5));
  assert.equal(page.conversation.current, true);
});

test("ahead of what the process has read is current", () => {
  const page = pageAt(5);
  page.take(hello(4));
  assert.equal(page.conversation.current, true);
});

test("another life is a snapshot; events before it are not for this page", () => {
  const page = pageAt(40);
  page.take(hello(3, "e2"));
  assert.equal(page.conversation.current, false);
  assert.deepEqual(page.take(event(41), { type: "heartbeat", v: 50, now: 0 }), ["nothing", "nothing"]);
  assert.deepEqual(page.take(snapshot(3, "e2"), event(4)), ["replace 3", "apply 4"]);
  assert.equal(page.conversation.current, true);
});

test("a snapshot of a lower version of the same life counts", () => {
  const page = pageAt(9);
  assert.deepEqual(page.take(hello(9), snapshot(2), event(3)), ["nothing", "replace 2", "apply 3"]);
  assert.equal(page.conversation.current, true);
});

test("a snapshot answers a gap", () => {
  const page = pageAt(1);
  assert.deepEqual(page.take(hello(1), event(900), snapshot(900), event(901)), [
    "nothing",
    "ask 1",
    "replace 900",
    "apply 901",
  ]);
});

test("of a topic the newest value counts", () => {
  const page = pageAt(1);
  const frame = (topic, n) => ({ type: "frame", topic, n, data: {} });
  assert.deepEqual(page.take(frame("a", 2), frame("a", 1), frame("a", 2), frame("b", 1), frame("a", 3)), [
    "frame",
    "nothing",
    "nothing",
    "frame",
    "frame",
  ]);
});

test("a message of a newer server is passed over", () => {
  assert.deepEqual(pageAt(1).take({ type: "weather" }), ["nothing"]);
  assert.deepEqual(pageAt(1).take({ type: "gone" }), ["end"]);
});

test("pauses grow from a quarter second to ten, spread", () => {
  for (let attempt = 0; attempt < 40; attempt++) {
    for (const random of [0, 0.5, 0.999999]) {
      const ms = pauseMs(attempt, random);
      assert.ok(ms >= 250 && ms <= 10_000, `${attempt}: ${ms}`);
    }
  }
  assert.equal(pauseMs(0, 0), 250);
  assert.equal(pauseMs(0, 0.9999), 500);
  assert.equal(pauseMs(20, 0.99999), 10_000);
  assert.ok(pauseMs(3, 0.9) > pauseMs(2, 0.9));
});

test("the address says what the page has", () => {
  const have = { v: 57, epoch: "a b" };
  assert.equal(
    socketAddress("/ws/clusters/demo/", have, "http://127.0.0.1:8000/clusters/demo/?theme=dark#x"),
    "ws://127.0.0.1:8000/ws/clusters/demo/?since=57&epoch=a+b",
  );
  assert.equal(socketAddress("/ws/a/", have, "https://ring.example/"), "wss://ring.example/ws/a/?since=57&epoch=a+b");
});

test("a kind that the page was not told of is replaced by a snapshot, and what follows it goes on", () => {
  const page = pageAt(4, EPOCH, (kind) => kind === "k");
  assert.deepEqual(page.take(hello(4), event(5), event(6, "of tomorrow"), event(7), event(8, "of tomorrow")), [
    "nothing",
    "apply 5",
    "renew",
    "nothing",
    "nothing",
  ]);
  assert.equal(page.conversation.current, false);
  assert.deepEqual(page.take({ type: "heartbeat", v: 8, now: 0 }), ["nothing"], "nothing more is asked for meanwhile");
  assert.deepEqual(page.take(snapshot(8), event(9)), ["replace 8", "apply 9"]);
  assert.equal(page.conversation.current, true);
  assert.deepEqual(page.take(event(10, "of tomorrow")), ["renew"], "and again");
});
