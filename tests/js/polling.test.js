import assert from "node:assert/strict";
import { test } from "node:test";
import { Poller } from "../../static/js/lib/polling.js";

/** A server that answers what the test says, when it says so. */
function polling(address = () => "wss://a.example/tools/ring/ws/clusters/demo/?since=4&epoch=e") {
  const asked = [];
  const timers = [];
  const heard = [];
  const closed = [];
  const around = {
    fetch: (url, signal) => new Promise((answer, fail) => asked.push({ url: new URL(url), signal, answer, fail })),
    now: () => 0,
    later: (callback, ms) => timers.push({ callback, ms }),
    cancel: () => {},
    id: () => "0123456789abcdef",
  };
  const poller = new Poller(address, around);
  poller.addEventListener("message", ({ data }) => heard.push(data));
  poller.addEventListener("close", ({ code }) => closed.push(code));
  const answer = async (status, messages = []) => {
    asked.at(-1).answer({ status, messages });
    await new Promise((done) => setImmediate(done));
  };
  return { poller, asked, timers, heard, closed, answer };
}

const CURSOR = { type: "cursor", feed: "f", frames: 7 };

test("it asks the socket's own address over https, and hands on what comes", async () => {
  const { asked, heard, answer } = polling();
  assert.equal(asked[0].url.href.split("&page")[0], "https://a.example/tools/ring/ws/clusters/demo/?since=4&epoch=e");
  await answer(200, [{ type: "hello" }, { type: "event", v: 5 }, CURSOR]);
  assert.deepEqual(heard, [{ type: "hello" }, { type: "event", v: 5 }]);
});

test("it asks again soon, from where the page is by then and with what the server said last", async () => {
  let v = 4;
  const { asked, timers, answer } = polling(() => `ws://a.example/ws/?since=${v}&epoch=e`);
  await answer(200, [CURSOR]);
  assert.ok(timers[0].ms > 0);
  v = 5;
  timers[0].callback();
  assert.equal(asked[1].url.href, "http://a.example/ws/?since=5&epoch=e&page=0123456789abcdef&feed=f&frames=7");
});

test("a wish for a snapshot is asked for until one comes", async () => {
  const { poller, asked, timers, answer } = polling();
  poller.send(JSON.stringify({ type: "resync", since: 4 }));
  await answer(200, []);
  timers[0].callback();
  assert.equal(asked[1].url.searchParams.get("since"), "4");
  poller.send(JSON.stringify({ type: "resync" }));
  await answer(200, []);
  timers[1].callback();
  assert.equal(asked[2].url.searchParams.get("since"), null);
  await answer(200, [{ type: "snapshot", v: 9 }]);
  timers[2].callback();
  assert.equal(asked[3].url.searchParams.get("since"), "4");
});

test("an answer that is none ends it, and a full server is told apart", async () => {
  for (const [status, code] of [
    [429, 4429],
    [503, 0],
    [404, 0],
  ]) {
    const { closed, answer } = polling();
    await answer(status);
    assert.deepEqual(closed, [code]);
  }
  const { asked, closed } = polling();
  asked[0].fail(new TypeError("no network"));
  await new Promise((done) => setImmediate(done));
  assert.deepEqual(closed, [0]);
});

test("once closed it says nothing more and asks no more", async () => {
  const { poller, asked, timers, heard, closed, answer } = polling();
  poller.close();
  assert.equal(asked[0].signal.aborted, true);
  await answer(200, [{ type: "hello" }]);
  assert.deepEqual([heard, closed, timers], [[], [], []]);
});
