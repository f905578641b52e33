import assert from "node:assert/strict";
import { test } from "node:test";
import { captionOf, shortage } from "../../../static/js/ring/caption.js";
import { moduloMoved, movedRatio, rangesOf, shownChange } from "../../../static/js/ring/change.js";
import { apply, eventWords } from "../../../static/js/ring/subject.js";
import { changeAloud } from "../../../static/js/ring/words.js";
import { killEvent, momentOf, movementOf, nodeOf, pageOf, stateOf, strategies } from "../clusters.js";

/** A page that shows an event of a cluster of four nodes. */
function shown(event, before = stateOf(4)) {
  const state = apply(before, event.kind, event.payload);
  const view = momentOf(event.v, state, { event, before, calm: false });
  return pageOf(state, { view, head: view });
}

/** A page that shows the same as a plan. */
function planned({ kind, payload }, before = stateOf(4)) {
  const after = apply(before, kind, payload);
  return pageOf(before, { plan: { fields: { action: "kill" }, v: 7, kind, payload, after, note: "" } });
}

test("a calm page says how many nodes share how many keys", () => {
  assert.equal(captionOf(pageOf(stateOf(8))).title, "8 nodes share 800 keys");
  assert.equal(captionOf(pageOf(stateOf(1))).title, "1 node owns all 100 keys");
  assert.equal(captionOf(pageOf(stateOf(0))).title, "No node yet");
  assert.equal(captionOf(pageOf(stateOf(8, { keys: { count: 0 } }))).title, "8 nodes, no keys yet");
  assert.equal(captionOf(pageOf(stateOf(40))).title, "40 nodes, 640 tokens");
});

test("a dead node is told with where its arcs went", () => {
  const { title, text } = captionOf(shown(killEvent()));
  assert.equal(title, "cache-4 is down");
  assert.equal(text, "Each of its 16 arcs went to the next token clockwise. The rest of the ring did not change.");
});

test("a plan says that nothing has happened", () => {
  const { title, text } = captionOf(planned(killEvent()));
  assert.equal(title, "If cache-4 died");
  assert.equal(text, "Nothing has happened yet. Each of its 16 arcs would go to the next token clockwise.");
});

test("too few nodes for the copies are told in the title", () => {
  const before = stateOf(4, { cluster: { copies: 4 } });
  assert.equal(captionOf(shown(killEvent(), before)).title, "cache-4 is down: keys have 3 of 4 copies");
  assert.deepEqual(shortage(before), null);
});

test("a node that owned nothing moves nothing", () => {
  const before = { ...stateOf(4), nodes: [nodeOf(1), nodeOf(2), nodeOf(3), nodeOf(4, { state: "draining" })] };
  const event = killEvent();
  event.payload.movement = movementOf({ moved: 0, pairs: [] });
  assert.match(captionOf(shown(event, before)).text, /^It owned no keys/);
});

test("what is heard has the number", () => {
  const change = shownChange(shown(killEvent()));
  assert.equal(changeAloud(change, "cache-4"), "cache-4 is down: 100 of 400 keys changed owner.");
});

test("settings are told by their difference", () => {
  const { cluster } = stateOf(1);
  const before = { strategy: "ring", options: {}, vnodes: 16, copies: 1 };
  const said = (more) => eventWords("cluster_reconfigured", { cluster: { ...cluster, ...more }, before }).text;
  assert.equal(said({ vnodes: 64 }), "64 tokens per node");
  assert.equal(said({ copies: 2 }), "2 copies of each key");
  assert.equal(said({ strategy: "modulo", vnodes: 64 }), "modulo");
  const table = { strategy: "maglev", options: { table_size: 65_537 } };
  assert.equal(said({ ...table, vnodes: 64 }), "Maglev (table size 65,537)");
  const was = { strategy: "maglev", options: { table_size: 101 }, vnodes: 16, copies: 1 };
  const now = { cluster: { ...cluster, ...table }, before: was };
  assert.equal(eventWords("cluster_reconfigured", now).text, "table size 65,537");
});

test("an event of before strategies had parameters tells no difference of them", () => {
  const { options, ...cluster } = stateOf(1).cluster;
  const before = { strategy: "ring", vnodes: 4, copies: 1 };
  assert.equal(eventWords("cluster_reconfigured", { cluster, before }).text, "16 tokens per node");
  assert.equal(
    eventWords("cluster_reconfigured", { cluster: { ...cluster, options: {} }, before }).text,
    "16 tokens per node",
  );
});

const by = (strategy, more = {}) => stateOf(4, { cluster: { strategy, ...more } });

test("a calm page says by which rule a key has its owner", () => {
  for (const name of ["modulo", "rendezvous", "jump", "maglev", "multiprobe", "bounded"]) {
    assert.equal(captionOf(pageOf(by(name))).text, strategies[name].rule);
  }
  assert.equal(captionOf(pageOf(by("ring"))).text, "Each key belongs to the next token clockwise from its hash.");
});

test("without arcs a change says what moved between nodes that stayed", () => {
  const needing = (needless) => {
    const event = killEvent();
    event.payload.movement = movementOf({ needless });
    return event;
  };
  assert.equal(captionOf(shown(needing(0), by("rendezvous"))).text, "No key moved between nodes that stayed.");
  assert.equal(captionOf(shown(needing(40), by("maglev"))).text, "40 keys moved between nodes that stayed.");
  const text = "Nothing has happened yet. 1 key would move between nodes that stay.";
  assert.equal(captionOf(planned(needing(1), by("jump"))).text, text);
  const lost = { ...killEvent().payload, loss: { keys: 100, bytes: 0 } };
  const words = captionOf(shown({ ...killEvent(), payload: lost }, by("maglev"))).text;
  assert.equal(words, "100 keys were lost. Their next owners store them again from the key set.");
});

/** A page that shows other settings than those of `before`. */
function reconfigured(before, more, moved = 100) {
  const cluster = { ...before.cluster, ...more };
  const movement = movementOf({ moved });
  const payload = { cluster, before: before.cluster, changed: [], movement };
  return { v: 8, kind: "cluster_reconfigured", at: "2026-05-03T12:41:07.000Z", payload };
}

test("other settings are told by what they mean", () => {
  const text = (before, more, moved) => captionOf(shown(reconfigured(before, more, moved), before)).text;
  assert.equal(text(by("ring"), { strategy: "maglev" }), strategies.maglev.rule);
  assert.equal(text(by("ring"), { vnodes: 64 }), "Every node got new tokens.");
  assert.equal(
    text(by("maglev", { options: { table_size: 7 } }), { options: { table_size: 11 } }),
    "Every key was placed again.",
  );
  assert.equal(text(by("maglev"), { vnodes: 64 }, 0), "No key changed owner.");
  assert.equal(text(by("ring"), { copies: 2 }, 0), "No key changes owner: copies follow the owner clockwise.");
  const copies = "No key changes owner: copies are on the nodes that follow in its list.";
  assert.equal(text(by("rendezvous"), { copies: 2 }, 0), copies);
  const plan = captionOf(planned(reconfigured(by("ring"), { strategy: "jump" }), by("ring"))).text;
  assert.equal(plan, `Nothing has happened yet. After the change: ${strategies.jump.rule}`);
});

test("where a key has no list of nodes no copy is short", () => {
  assert.equal(shortage({ ...by("maglev", { copies: 5 }) }), null);
  assert.deepEqual(shortage({ ...by("rendezvous", { copies: 5 }) }), { have: 4, asked: 5 });
});

test("copies of servers that keep none are named a what-if, and nowhere a fact", () => {
  const before = stateOf(4, { cluster: { kind: "managed" } });
  const cluster = { ...before.cluster, copies: 3 };
  const movement = movementOf({ moved: 0, pairs: [], copies: { total: 1200, moved: 800 } });
  const event = { v: 8, at: "", kind: "cluster_reconfigured", payload: { cluster, before: before.cluster, movement } };
  for (const page of [shown(event, before), planned(event, before)]) {
    const { title, text } = captionOf(page);
    assert.match(title, /what if each key had 3 copies$/);
    assert.match(text, /No servers or keys change\. The page shows where copies would go\.$/);
    assert.match(changeAloud(shownChange(page), ""), /what if each key had 3 copies/);
  }
  assert.equal(
    captionOf(shown({ ...event, payload: { ...event.payload, cluster: { ...cluster, kind: "simulated" } } })).title,
    "Now: 3 copies of each key",
  );
});

test("modulo is set beside every other strategy, and not beside itself", () => {
  const beside = (name, more) => {
    const event = killEvent();
    event.payload.movement = movementOf(more);
    const change = shownChange(shown(event, by(name)));
    return moduloMoved(change, change.movement);
  };
  assert.equal(beside("ring"), 300);
  assert.equal(beside("maglev", { moved: 120, needless: 20 }), 300);
  assert.equal(beside("modulo", { moved: 300, needless: 200 }), null);
  assert.equal(beside("ring", { moved: 300 }), 300, "also where modulo moves no more");
  assert.equal(beside("ring", { modulo: null }), null);
  assert.equal(beside("ring", { modulo: { moved: 0 } }), null, "the same nodes share the keys: it knows no weights");
  assert.equal(beside("ring", { keys: 0 }), null);
});

test("an undone event says so, and a kind that is not known stays readable", () => {
  assert.equal(eventWords("node_revived", { node: nodeOf(4), undoes: 8 }).text, "cache-4 revived (undone)");
  assert.equal(eventWords("node_painted", {}).text, "node_painted");
});

test("without keys the share is that of the hash space", () => {
  const words = Uint32Array.of(2 ** 31, 2 ** 31 + 2 ** 30, 4, 1);
  const ranges = Buffer.from(words.buffer).toString("base64");
  const movement = movementOf({ keys: 0, moved: 0, ranges });
  assert.deepEqual(rangesOf(movement), [{ start: 2 ** 31, end: 2 ** 31 + 2 ** 30, from: 4, to: 1 }]);
  assert.equal(movedRatio(movement), 0.25);
});
