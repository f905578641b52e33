import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../static/js/lib/live.js";
import { transport } from "../../static/js/lib/transport.js";

const tell = (listeners, event) => {
  for (const listener of listeners) {
    listener(event);
  }
};

/** A browser that stands still until it is told to go on, and a server that says what the test says. */
function surroundings() {
  let now = 1_000_000;
  let wake = () => {};
  const timers = new Set();
  const sockets = [];
  const pollers = [];
  const line = (address, all) => {
    const heard = { message: [], close: [] };
    const socket = {
      address,
      sent: [],
      closed: false,
      addEventListener: (kind, listener) => heard[kind].push(listener),
      send: (text) => socket.sent.push(JSON.parse(text)),
      close: () => {
        socket.closed = true;
      },
      say: (message) => tell(heard.message, { data: JSON.stringify(message) }),
      end: (code) => tell(heard.close, { code }),
    };
    all.push(socket);
    return socket;
  };
  return {
    sockets,
    pollers,
    get last() {
      return sockets.at(-1);
    },
    wake: () => wake(),
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!next) {
          break;
        }
        timers.delete(next);
        now = next.at;
        next.callback();
      }
      now = end;
    },
    pending: () => timers.size,
    around: {
      open: (address) => line(address, sockets),
      poll: async (address) => line(address, pollers),
      now: () => now,
      random: () => 0.5,
      later(callback, ms) {
        const timer = { at: now + ms, callback };
        timers.add(timer);
        return timer;
      },
      cancel: (timer) => timers.delete(timer),
      page: () => "http://127.0.0.1:8000/",
      onWake(callback) {
        wake = callback;
        return () => {
          wake = () => {};
        };
      },
    },
  };
}

function open(v = 4, more = {}) {
  const world = surroundings();
  const have = { v, epoch: "e" };
  const states = [];
  const frames = [];
  const link = connect(
    {
      url: "/ws/",
      have: () => have,
      onSnapshot: (message) => Object.assign(have, { v: message.v, epoch: message.epoch }),
      onEvent: (event) => {
        have.v = event.v;
      },
      onFrame: (topic, data) => frames.push([topic, data]),
      onState: (state) => states.push(state),
      ...more,
    },
    world.around,
  );
  return { world, have, states, frames, link };
}

const hello = (head) => ({ type: "hello", head, epoch: "e", now: 0 });
const event = (v, kind = "k") => ({ type: "event", v, kind, at: "", payload: {} });
const names = (states) => states.map(({ state }) => state);

test("it connects from what the page has, and is live once it has caught up", () => {
  const { world, have, states } = open();
  assert.equal(world.last.address, "ws://127.0.0.1:8000/ws/?since=4&epoch=e");
  world.last.say(hello(6));
  world.last.say(event(5));
  world.last.say(event(6));
  assert.equal(have.v, 6);
  assert.deepEqual(names(states), ["ahead", "live"]);
});

test("a lost connection says since when, comes back from where it was, and is live again", () => {
  const { world, have, states } = open();
  world.last.say(hello(4));
  world.last.say(event(5));
  world.advance(3_000);
  world.last.end(1006);
  assert.deepEqual(states.at(-1), { state: "lost", since: 1_000_000 });
  world.advance(1_000);
  assert.equal(world.sockets.length, 2);
  assert.match(world.last.address, /since=5&/);
  world.last.say(hello(6));
  world.last.say(event(6));
  assert.equal(have.v, 6);
  assert.deepEqual(names(states), ["live", "lost", "ahead", "live"]);
  assert.equal(states.at(-1).since, null);
});

test("a server that is away is asked less and less often", () => {
  const { world } = open();
  world.last.say(hello(4));
  for (let attempts = 0; attempts < 12; attempts++) {
    world.last.end(1006);
    const before = world.sockets.length;
    world.advance(10_000);
    assert.equal(world.sockets.length, before + 1);
  }
  world.last.end(1006);
  const before = world.sockets.length;
  world.advance(4_000);
  assert.equal(world.sockets.length, before);
});

test("without a heartbeat for 3 s the page says since when nothing was heard, and is live again with the next one", () => {
  const { world, states } = open();
  world.last.say(hello(4));
  world.advance(2_500);
  world.last.say({ type: "heartbeat", v: 4, now: 0 });
  world.advance(3_000);
  assert.deepEqual(names(states), ["live"]);
  world.advance(500);
  assert.deepEqual(states.at(-1), { state: "lost", since: 1_002_500 });
  assert.equal(world.last.closed, false, "it may only be slow");
  world.last.say({ type: "heartbeat", v: 4, now: 0 });
  assert.deepEqual(names(states), ["live", "lost", "live"]);
  assert.equal(world.sockets.length, 1);
});

test("a connection that stays silent for 10 s is given up for a new one", () => {
  const { world, states } = open();
  world.last.say(hello(4));
  world.advance(11_000);
  assert.equal(world.sockets[0].closed, true);
  assert.equal(world.sockets.length, 2);
  assert.deepEqual(names(states), ["live", "lost"]);
});

test("a page that was never greeted says so as well, and polls when an attempt hung for 10 s", async () => {
  const { world, states } = open();
  world.advance(4_000);
  assert.deepEqual(states, [{ state: "lost", since: 1_000_000 }]);
  world.advance(17_000);
  await null;
  assert.equal(world.sockets[0].closed, true);
  assert.equal(world.pollers.length, 1);
});

test("the reader or the network coming back ends the waiting", () => {
  const { world } = open();
  world.last.say(hello(4));
  for (let attempts = 0; attempts < 8; attempts++) {
    world.last.end(1006);
    world.advance(10_000);
  }
  world.last.end(1006);
  const before = world.sockets.length;
  world.wake();
  assert.equal(world.sockets.length, before + 1);
  world.wake();
  assert.equal(world.sockets.length, before + 1, "one attempt at a time");
});

/** Timers do not run in a machine that sleeps, and seldom in a tab that nobody sees. */
function sleep(world, ms) {
  const { now } = world.around;
  world.around.now = () => now() + ms;
}

for (const [how, wake] of [
  ["is told that it woke", (world) => world.wake()],
  ["finds its timers late", (world) => world.advance(500)],
]) {
  test(`a page that slept and ${how} asks anew, and is neither lost nor live until it hears`, () => {
    const { world, states } = open();
    world.last.say(hello(4));
    world.advance(400);
    sleep(world, 60_000);
    wake(world);
    assert.deepEqual(names(states), ["live", "connecting"]);
    assert.equal(world.sockets.length, 2);
    assert.equal(world.sockets[0].closed, true);
    world.advance(900);
    world.last.say(hello(4));
    assert.deepEqual(names(states), ["live", "connecting", "live"]);
  });
}

test("a page that woke and hears nothing says since when: from before it slept", () => {
  const { world, states } = open();
  world.last.say(hello(4));
  sleep(world, 60_000);
  world.wake();
  world.advance(4_000);
  assert.deepEqual(states.at(-1), { state: "lost", since: 1_000_000 });
});

test("a hidden tab whose timers are late, but that was spoken to, changes nothing when it is looked at", () => {
  const { world, states } = open();
  world.last.say(hello(4));
  sleep(world, 60_000);
  world.last.say({ type: "heartbeat", v: 4, now: 0 });
  world.wake();
  world.advance(500);
  assert.deepEqual(names(states), ["live"]);
  assert.equal(world.sockets.length, 1);
});

test("a gap is asked for", () => {
  const { world, states } = open();
  world.last.say(hello(4));
  world.last.say(event(6));
  assert.deepEqual(world.last.sent, [{ type: "resync", since: 4 }]);
  assert.deepEqual(names(states), ["live", "ahead"]);
});

test("a deleted stream is gone for good, by word or by code", () => {
  for (const end of [(socket) => socket.say({ type: "gone" }), (socket) => socket.end(4404)]) {
    const { world, states } = open();
    end(world.last);
    assert.deepEqual(names(states), ["gone"]);
    world.wake();
    world.advance(60_000);
    assert.equal(world.sockets.length, 1);
    assert.equal(world.pending(), 0);
  }
});

test("a full server is asked again after seconds, not at once", () => {
  const { world } = open();
  world.last.end(4429);
  world.advance(3_000);
  assert.equal(world.sockets.length, 1);
  world.advance(7_000);
  assert.equal(world.sockets.length, 2);
});

test("closing leaves nothing that runs, and nothing more is said", () => {
  const { world, states, link, have } = open();
  world.last.say(hello(4));
  link.close();
  assert.equal(world.last.closed, true);
  assert.equal(world.pending(), 0);
  world.last.say(event(5));
  world.last.end(1006);
  world.wake();
  assert.equal(have.v, 4);
  assert.deepEqual(names(states), ["live"]);
});

test("while the server cannot read the log nothing is called live, whatever comes", () => {
  const { world, have, states } = open();
  world.last.say(hello(4));
  world.advance(2_000);
  world.last.say({ type: "log", readable: false });
  assert.deepEqual(states.at(-1), { state: "silent", since: 1_002_000 });
  world.last.say({ type: "frame", topic: "stored", n: 1, data: {} });
  world.last.say({ type: "heartbeat", v: 4, now: 0 });
  assert.deepEqual(names(states), ["live", "silent"]);
  world.last.say(event(5));
  world.last.say({ type: "log", readable: true });
  assert.deepEqual([have.v, ...names(states)], [5, "live", "silent", "live"]);
  world.last.say({ type: "log", readable: false });
  world.last.end(1011);
  world.advance(1_000);
  world.last.say(hello(5));
  assert.deepEqual(names(states).slice(3), ["silent", "lost", "live"]);
});

test("values of topics are passed on", () => {
  const { world, frames } = open();
  world.last.say({ type: "frame", topic: "watchers", n: 1, data: { count: 3 } });
  assert.deepEqual(frames, [["watchers", { count: 3 }]]);
});

test("an event of a newer server asks for a snapshot, says so, and the page lives on", () => {
  let newer = 0;
  const { world, have, states } = open(4, {
    declares: (/** @type {string} */ kind) => kind === "k",
    onNewer: () => {
      newer += 1;
    },
  });
  world.last.say(hello(4));
  world.last.say(event(5, "of tomorrow"));
  assert.deepEqual(world.last.sent, [{ type: "resync" }]);
  assert.deepEqual([newer, have.v], [1, 4]);
  world.last.say({ type: "snapshot", v: 5, epoch: "e", parts: {} });
  world.last.say(event(6));
  assert.deepEqual([newer, have.v, world.last.sent.length], [1, 6, 1]);
  assert.equal(names(states).at(-1), "live");
});

/** A page whose sockets are refused, three in a row. */
async function blocked() {
  const page = open();
  for (let attempts = 0; attempts < 3; attempts++) {
    page.world.last.end(1006);
    assert.equal(page.world.pollers.length, 0);
    page.world.advance(2_000);
  }
  await null;
  return page;
}

test("a page that no socket ever served polls after three, applies what it hears, and says that it polls", async () => {
  const { world, have, states } = await blocked();
  assert.equal(world.sockets.length, 3);
  assert.equal(world.pollers.length, 1);
  assert.equal(transport.polling, false, "nothing was heard yet");
  world.pollers[0].say(hello(5));
  world.pollers[0].say(event(5));
  assert.equal(have.v, 5);
  assert.equal(states.at(-1).state, "live");
  assert.equal(transport.polling, true);
  assert.match(world.pollers[0].address(), /since=5&epoch=e/);
});

test("a page whose socket worked once never polls: the server is away", async () => {
  const { world } = open();
  world.last.say(hello(4));
  for (let attempts = 0; attempts < 6; attempts++) {
    world.last.end(1006);
    world.advance(10_000);
  }
  await null;
  assert.equal(world.pollers.length, 0);
});

test("a page that polls tries a socket again, goes back to it once it speaks, and stops polling then", async () => {
  const { world, have } = await blocked();
  const [poller] = world.pollers;
  poller.say(hello(4));
  const heartbeats = (ms) => {
    for (let at = 0; at < ms; at += 1_000) {
      world.advance(1_000);
      poller.say({ type: "heartbeat", v: have.v, now: 0 });
    }
  };
  heartbeats(5_000);
  assert.equal(world.sockets.length, 4);
  world.last.end(1006);
  heartbeats(59_000);
  assert.equal(world.sockets.length, 4);
  heartbeats(2_000);
  assert.equal(world.sockets.length, 5);
  assert.equal(poller.closed, false, "until the socket speaks");
  world.last.say(hello(5));
  assert.equal(poller.closed, true);
  world.last.say(event(5));
  assert.equal(have.v, 5);
  assert.equal(transport.polling, false);
  world.last.end(1006);
  world.advance(10_000);
  await null;
  assert.equal(world.pollers.length, 1, "a socket that is lost now is replaced by a socket");
});

test("polling that fails is lost, asked for again, and not said to work meanwhile", async () => {
  const { world, states } = await blocked();
  world.pollers[0].say(hello(4));
  world.pollers[0].end(0);
  assert.equal(states.at(-1).state, "lost");
  assert.equal(transport.polling, false);
  world.advance(1_000);
  await null;
  assert.equal(world.pollers.length, 2);
});
