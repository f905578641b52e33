import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpError } from "../../static/js/lib/http.js";
import { Asking, SAID_FOR_MS, TakenBack, WAITS_AFTER_MS } from "../../static/js/lib/asking.js";

/** A page whose server answers when the test says so. */
function page() {
  const timers = new Map();
  const world = { lines: [], posts: [], timers };
  world.asking = new Asking({
    show: (lines) => {
      world.lines = lines;
    },
    later: (callback, ms) => {
      const timer = Symbol("timer");
      timers.set(timer, { callback, ms });
      return timer;
    },
    cancel: (timer) => timers.delete(timer),
  });
  world.pass = (ms) => {
    for (const [timer, one] of [...timers]) {
      if (one.ms > ms) continue;
      timers.delete(timer);
      one.callback();
    }
  };
  world.text = () => world.lines.map(({ text }) => text).join("|");
  world.words = () => world.lines.flatMap(({ buttons }) => buttons.map(({ words }) => words));
  world.press = (words) =>
    world.lines
      .flatMap(({ buttons }) => buttons)
      .find((one) => one.words === words)
      .action();
  world.kill = (more = {}) => {
    const send = (signal) => new Promise((resolve, reject) => world.posts.push({ signal, resolve, reject }));
    return world.asking.ask({ what: "Kill cache-2", key: "k", send, ...more });
  };
  return world;
}
const silence = () => new HttpError(0, "no answer");
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("what is answered at once says nothing", async () => {
  const world = page();
  const { answer } = world.kill();
  assert.equal(world.text(), "");
  world.posts[0].resolve({ v: 5 });
  assert.deepEqual(await answer, { v: 5 });
  world.pass(WAITS_AFTER_MS);
  assert.equal(world.text(), "");
});

test("what is not answered within a second says that it waits, and can be taken back", async () => {
  const world = page();
  const { answer } = world.kill();
  world.pass(WAITS_AFTER_MS);
  assert.equal(world.text(), "Kill cache-2 is waiting for the server.");
  assert.deepEqual(world.words(), ["Take back"]);
  world.press("Take back");
  await assert.rejects(answer, TakenBack);
  assert.equal(world.posts[0].signal.aborted, true);
  assert.match(world.text(), /^Kill cache-2 was taken back\. If it has reached the server/);
  world.pass(SAID_FOR_MS);
  assert.equal(world.text(), "");
});

test("while nothing is heard nothing is sent, and what was taken back was never sent", async () => {
  const world = page();
  world.asking.listen(false);
  const { answer } = world.kill();
  assert.equal(world.text(), "Kill cache-2 is waiting for the server.");
  assert.equal(world.posts.length, 0);
  world.press("Take back");
  await assert.rejects(answer, TakenBack);
  assert.equal(world.text(), "Kill cache-2 was taken back. It was never sent.");
});

test("when the server is heard again what waited is sent only when somebody says so", async () => {
  const world = page();
  world.asking.listen(false);
  const { answer } = world.kill();
  world.asking.listen(true);
  assert.equal(world.posts.length, 0);
  assert.equal(world.text(), "Kill cache-2 has not been sent.");
  world.press("Send");
  world.posts[0].resolve({ v: 5 });
  assert.deepEqual(await answer, { v: 5 });
  assert.equal(world.text(), "");
});

test("what got no answer is sent again only when somebody says so", async () => {
  const world = page();
  const { answer } = world.kill();
  world.posts[0].reject(silence());
  await settled();
  assert.equal(world.text(), "Kill cache-2 got no answer.");
  assert.deepEqual(world.words(), ["Send again", "Take back"]);
  assert.equal(world.posts.length, 1);
  world.press("Send again");
  assert.equal(world.posts.length, 2);
  world.posts[1].resolve({ v: 6 });
  assert.deepEqual(await answer, { v: 6 });
});

test("an event of its key answers it, though the answer never came", async () => {
  const world = page();
  const { answer } = world.kill();
  world.posts[0].reject(silence());
  await settled();
  world.asking.happened({ v: 8, key: "another" });
  assert.equal(world.text(), "Kill cache-2 got no answer.");
  world.asking.happened({ v: 9, key: "k" });
  assert.deepEqual(await answer, { v: 9, event: null });
  assert.equal(world.text(), "");
});

test("what was taken back too late is told to have been carried out", async () => {
  const world = page();
  const { answer } = world.kill();
  world.pass(WAITS_AFTER_MS);
  world.press("Take back");
  await assert.rejects(answer, TakenBack);
  world.asking.happened({ v: 9, key: "k" });
  assert.equal(world.text(), "Kill cache-2 had already reached the server and was carried out.");
});

test("a refusal is the answer", async () => {
  const world = page();
  const { answer } = world.kill();
  world.posts[0].reject(new HttpError(409, "changed"));
  await assert.rejects(answer, { status: 409 });
  assert.equal(world.text(), "");
});

test("a plan, which changes nothing, is asked for by itself when the server is heard", async () => {
  const world = page();
  world.asking.listen(false);
  const { answer } = world.kill({ harmless: true, key: "" });
  assert.deepEqual(world.words(), ["Take back"]);
  world.asking.listen(true);
  world.posts[0].resolve({ v: 5 });
  assert.deepEqual(await answer, { v: 5 });
});
