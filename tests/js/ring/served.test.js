import assert from "node:assert/strict";
import { test } from "node:test";
import { captionOf, shortage } from "../../../static/js/ring/caption.js";
import { shownChange } from "../../../static/js/ring/change.js";
import { lookupIn } from "../../../static/js/ring/lookup.js";
import { isMember, nodeWord, predicted, rowLook, storedOf } from "../../../static/js/ring/members.js";
import { holds } from "../../../static/js/ring/noderow.js";
import { riskWords } from "../../../static/js/ring/risk.js";
import { countNote, countOf, measuredFacts, size } from "../../../static/js/ring/served/counts.js";
import { deedsOf } from "../../../static/js/ring/served/deeds.js";
import { replicaLine } from "../../../static/js/ring/served/replicas.js";
import { figureWords, nextStep, stateWords } from "../../../static/js/ring/served/load.js";
import { Series } from "../../../static/js/ring/served/series.js";
import { silentWords, toldOf, waitingOf } from "../../../static/js/ring/served/work.js";
import { apply, isBeside, isDrawn, keepsPicture } from "../../../static/js/ring/subject.js";
import { Travel } from "../../../static/js/ring/travel.js";
import { changeAloud, changeTitle } from "../../../static/js/ring/words.js";
import { killEvent, momentOf, nodeOf, pageOf, stateOf } from "../clusters.js";

const NOW = 1_000_000;
const managed = (more = {}) => ({ ...stateOf(4, { cluster: { kind: "managed", replicas: 0 } }), ...more });
const stored = (keys) => ({ up: true, keys, bytes: 2 ** 20, limit: 2 ** 26, ops: 5, replica: null });
const counted = (heard, ...keys) => ({
  heard,
  at: heard,
  nodes: Object.fromEntries(
    keys.map((n, i) => [i + 1, n === null ? { ...stored(0), up: false, keys: null } : stored(n)]),
  ),
});
const worked = (more = {}) => ({
  heard: NOW,
  id: 0,
  action: "",
  node: 0,
  phase: "rest",
  keys_done: 0,
  keys_total: 0,
  slots_done: 0,
  slots_total: 0,
  atomic: true,
  why: "",
  extra: 0,
  since: 0,
  ...more,
});
const asked = (more = {}) => ({
  id: 9,
  action: "add",
  node: 5,
  name: "cache-5",
  asked: "",
  v: 8,
  cancelling: false,
  ...more,
});
const served = (state, frames = {}) => pageOf(state, { frames });
/** Node 4 dies with its hundred keys: owners change and nothing arrives. */
const death = (v = 8) => {
  const event = killEvent(v);
  event.payload.loss = { keys: 100, bytes: 5000 };
  event.payload.changed = [
    { number: 1, keys: 160, lost: 60 },
    { number: 2, keys: 140, lost: 40 },
  ];
  event.payload.cause = "asked";
  event.payload.unfilled = [[0, 99]];
  return event;
};

test("on the ring are those that own something, also while they do not answer", () => {
  const states = ["active", "suspected", "frozen", "down", "joining", "draining"];
  assert.deepEqual(
    states.filter((state) => isMember({ state })),
    ["active", "suspected", "frozen"],
  );
  assert.deepEqual(
    states.map((state) => rowLook(nodeOf(1, { state }))),
    [null, "odd", "odd", "dead", "odd", "dead"],
  );
  assert.equal(rowLook(null), "dead");
});

test("the prediction is what the placement gives a node, whether it is stored yet or not", () => {
  assert.equal(predicted(nodeOf(1, { keys: 160, lost: 60 })), 160);
  assert.equal(predicted(nodeOf(1)), 100);
  assert.equal(storedOf(nodeOf(1, { keys: 160, lost: 60 })), 100);
});

test("a cluster that has just formed predicts every key, and the past says how many were not stored yet", () => {
  const state = managed({ unfilled: [[0, 16383]] });
  const formed = { ...state, nodes: state.nodes.map((node) => ({ ...node, lost: node.keys })) };
  assert.deepEqual(
    formed.nodes.map((node) => holds(formed, node)),
    [100, 100, 100, 100],
  );
  const page = { ...served(formed), head: momentOf(9, state) };
  assert.match(countNote(page, NOW), /400 keys were not stored yet/);
  assert.doesNotMatch(countNote({ ...page, view: momentOf(8, state) }, NOW), /not stored yet/);
});

test("what is stored stands beside the prediction, and a difference is shown as one", () => {
  const page = served(managed(), { stored: counted(NOW, 100, 99, null) });
  const found = page.view.state.nodes.map((node) => countOf(page, node, NOW));
  assert.deepEqual(
    found.map(({ text, differs }) => [text, differs]),
    [
      ["100", false],
      ["99", true],
      ["unknown", false],
      ["unknown", false],
    ],
  );
  assert.match(countNote(page, NOW), /primary servers.*≠ on 1 node: the cause is not known.*2 do not answer/);
});

test("the cause of a difference is what is under way", () => {
  const differing = counted(NOW, 100, 99, 100, 100);
  const note = (state, work) => countNote(served(state, { stored: differing, work }), NOW);
  assert.match(note(managed(), worked({ phase: "moving" })), /keys are moving/);
  assert.match(note(managed(), worked({ phase: "refilling" })), /being stored again/);
  assert.match(note(managed({ unfilled: [[0, 1]] }), worked()), /not been stored again yet/);
  assert.match(note(managed({ work: [asked()] })), /a change is under way/);
});

test("a count is of now, and old after three seconds", () => {
  const page = served(managed(), { stored: counted(NOW, 100, 100, 100, 100) });
  const [node] = page.view.state.nodes;
  assert.equal(countOf(page, node, NOW + 3000).known, true);
  assert.equal(countOf(page, node, NOW + 3001).text, "unknown");
  assert.match(countNote(page, NOW + 3001), /not measured since/);
  const past = { ...page, head: momentOf(9, page.view.state) };
  assert.equal(countOf(past, node, NOW).text, "unknown");
  assert.match(countNote(past, NOW), /unknown here/);
  assert.match(countNote(served(managed()), NOW), /no server has been counted yet/);
});

test("a card says memory against its limit, and what is lost", () => {
  const page = served(managed(), { stored: counted(NOW, 100) });
  const facts = Object.fromEntries(measuredFacts(page, nodeOf(1, { keys: 140, lost: 40 }), NOW));
  assert.deepEqual(facts, {
    "Stored keys": "≠ 100",
    Lost: "40 not stored again yet",
    Memory: "1.0 MiB of 64.0 MiB (1.6%)",
  });
  assert.equal(size(2048), "2.0 KiB");
});

test("a cluster of somebody else is counted, and nothing is compared", () => {
  const state = stateOf(2, { cluster: { kind: "external" }, keys: { count: 0 } });
  const page = served(state, { stored: counted(NOW, 7, 8) });
  assert.deepEqual(countOf(page, state.nodes[0], NOW), { text: "7", known: true, differs: false });
});

test("before a click the page says what it would cost", () => {
  assert.equal(riskWords(managed(), 2), "cache-2: 100 keys would be lost.");
  assert.equal(riskWords(managed()), "Its keys are lost, then stored again.");
  const replicated = stateOf(4, { cluster: { kind: "managed", replicas: 1 } });
  assert.match(riskWords(replicated, 2), /^cache-2: its replica takes over; writes .* may be lost/);
});

test("a death is told as lost, not as moved, and stays on the screen while its keys are stored again", () => {
  const before = managed();
  const store = { page: pageOf(before), set: (patch) => Object.assign(store.page, patch) };
  const travel = new Travel(store, {}, () => {});
  travel.receive(death());
  const change = shownChange(store.page);
  assert.match(captionOf(store.page).text, /^100 keys were lost with its server/);
  assert.equal(changeAloud(change, "cache-4"), "cache-4 is down: 100 of 400 keys are lost.");
  assert.equal(store.page.rows.at(-1).lost, 100);
  const refilled = {
    keys: 100,
    ms: 9,
    unfilled: [],
    changed: [
      { number: 1, lost: 0 },
      { number: 2, lost: 0 },
    ],
  };
  travel.receive({ v: 9, kind: "keys_refilled", at: "2026-05-03T12:41:09.000Z", payload: refilled });
  const after = shownChange(store.page);
  assert.deepEqual([after.kind, after.v, store.page.view.v], ["node_killed", 8, 9]);
  assert.equal(
    after.after.nodes.reduce((sum, { lost = 0 }) => sum + lost, 0),
    0,
  );
  travel.receive({ v: 10, kind: "work_asked", at: "", payload: { asked: asked({ id: 10 }), node: null } });
  assert.equal(shownChange(store.page), null);
});

test("what moves nothing has no picture of its own", () => {
  const kinds = ["node_killed", "node_frozen", "keys_refilled", "work_asked", "workload_set", "node_suspected"];
  assert.deepEqual(kinds.filter(isDrawn), ["node_killed", "node_frozen"]);
  assert.deepEqual(kinds.filter(keepsPicture), ["keys_refilled", "workload_set"]);
  assert.deepEqual(kinds.filter(isBeside), ["workload_set"]);
});

test("a ring that keeps no copies misses none", () => {
  assert.equal(shortage(stateOf(2, { cluster: { kind: "managed", copies: 3 } })), null);
});

test("a plan of a death says that keys would be lost", () => {
  const { kind, payload } = death();
  const before = managed();
  const plan = { fields: { action: "kill" }, v: 7, kind, payload, after: apply(before, kind, payload), note: "" };
  assert.match(captionOf(pageOf(before, { plan })).text, /100 keys would be lost/);
});

test("the strip says what is done and how far it is", () => {
  const state = managed({ work: [asked(), asked({ id: 10, action: "kill", name: "cache-2" })] });
  const frame = worked({ id: 9, action: "add", phase: "moving", keys_done: 30, keys_total: 120 });
  const told = toldOf(served(state, { work: frame }), NOW, 0);
  assert.deepEqual([told.text, told.done, told.work.id], ["add cache-5: 30 of 120 keys moved", 0.25, 9]);
  const page = served(state, { work: frame });
  assert.deepEqual(
    waitingOf(page, told.work).map(({ id }) => id),
    [10],
  );
  const slow = toldOf(served(state, { work: { ...frame, atomic: false, why: "no room" } }), NOW, 0);
  assert.match(slow.text, /no atomic migration.*\(no room\)/);
});

test("the strip says idle when nothing moves and nothing refills", () => {
  assert.match(toldOf(served(managed(), { work: worked() }), NOW, 0).text, /^Idle/);
  const open = toldOf(served(managed({ unfilled: [[0, 1]] }), { work: worked() }), NOW, 0);
  assert.equal(open.text, "Requested. It starts in a moment.");
});

test("after five seconds of silence the supervisor is not responding", () => {
  const state = managed({ work: [asked()] });
  assert.match(toldOf(served(state), 4999, 0).text, /^Checking/);
  assert.match(toldOf(served(state), 5000, 0).text, /Nothing will happen until it runs \(manage.py supervise\)/);
  assert.match(toldOf(served(managed(), { work: worked() }), NOW + 3001, 0).text, /^Checking/);
  const late = toldOf(served(managed(), { work: worked() }), NOW + 5000, 0);
  assert.equal(late.wrong, true);
  assert.match(late.text, /Last heard at/);
});

test("a page that hears nothing says nothing of the supervisor, before it knows and after", () => {
  for (const [state, after] of [
    ["live", 4000], // the last heartbeat can be a second newer than the last frame
    ["lost", 60_000],
  ]) {
    const page = { ...served(managed(), { work: worked() }), link: { state, since: NOW } };
    const told = toldOf(page, NOW + after, 0);
    assert.doesNotMatch(told.text, /supervisor/);
    assert.equal(told.wrong, false);
  }
});

test("while the database is silent nobody says that the supervisor is gone", () => {
  const page = { ...served(managed(), { work: worked() }), link: { state: "silent", since: NOW } };
  const told = toldOf(page, NOW + 3001, 0);
  assert.deepEqual([told.text, told.wrong], ["The database does not answer, so what is running is unknown.", false]);
});

test("a server with a replica is followed by it, and nothing else changes hands", () => {
  const state = managed();
  const [kind, payload] = ["node_failed_over", { node: nodeOf(2) }];
  const said = (replicas) => {
    const page = served(
      { ...state, cluster: { ...state.cluster, replicas } },
      { work: worked({ phase: "reassigning" }) },
    );
    return toldOf(page, NOW, NOW).text;
  };
  assert.deepEqual([said(0), said(1)], ["buckets go to their next owners", "a replica takes over"]);
  assert.equal(changeTitle({ kind, payload, planned: false }, "cache-2"), "cache-2 died, and its replica took over");
});

test("what the supervisor waits for is said in words, and the servers run on", () => {
  const told = toldOf(served(managed(), { work: worked({ phase: "waiting", why: "no database" }) }), NOW, 0);
  assert.match(told.text, /cannot reach the database: the servers keep running/);
  assert.equal(told.wrong, true);
});

test("a suspicion says how many pings were missed and when the verdict falls", () => {
  const state = { ...managed(), nodes: [nodeOf(1), nodeOf(2, { state: "suspected" }), nodeOf(3, { state: "frozen" })] };
  const say = (suspicion, now = NOW) => silentWords(served(state, { suspicion }), now);
  assert.deepEqual(say({ heard: NOW - 200, node: 2, misses: 1, verdict_ms: 500 }), [
    "cache-2 does not answer: 1 ping missed, verdict in 0.3 s.",
    "cache-3 is frozen.",
  ]);
  assert.match(
    say({ heard: NOW, node: 2, misses: 0 })[0],
    /no verdict, because most servers are silent at the same time/,
  );
  assert.equal(say({ heard: NOW, node: 3, misses: 2 })[0], "cache-3 is frozen: 2 pings missed.");
});

test("a node that freezes again and again says so wherever a frozen one does, and can be thawed", () => {
  const pulsing = nodeOf(2, { pulse: { for_ms: 300, every_ms: 1000 } });
  const words = "freezes 300 of every 1,000 ms";
  assert.equal(nodeWord(pulsing), words);
  assert.equal(nodeWord(nodeOf(2)), "active");
  assert.equal(rowLook(pulsing), "odd");
  assert.deepEqual(
    deedsOf(pulsing).map(({ action }) => action),
    ["thaw", "kill", "freeze", "restart", "drain", "remove"],
  );
  const page = served({ ...managed(), nodes: [nodeOf(1), pulsing] }, {});
  assert.deepEqual(silentWords(page, NOW), [`cache-2: ${words}.`]);
});

test("of many who are silent a few are named, who was told of last first", () => {
  const nodes = [1, 2, 3, 4, 5].map((number) => nodeOf(number, { state: "suspected" }));
  const said = silentWords(served({ ...managed(), nodes }, { suspicion: { heard: NOW, node: 5, misses: 0 } }), NOW);
  assert.match(said[0], /^cache-5 does not answer: no verdict/);
  assert.deepEqual(said.slice(1), ["cache-1 does not answer.", "cache-2 does not answer.", "and 2 more nodes"]);
});

test("a suspicion is told before its event came, and of a node that came back since no more", () => {
  const said = (since, suspicion) => {
    const state = { ...managed(), nodes: [nodeOf(2, { since: new Date(since).toISOString() })] };
    return silentWords(served(state, { suspicion: { heard: NOW, misses: 1, verdict_ms: 500, ...suspicion } }), NOW);
  };
  assert.deepEqual(said(NOW - 1, { node: 2 }), ["cache-2 does not answer: 1 ping missed, verdict in 0.5 s."]);
  assert.deepEqual(said(NOW + 1, { node: 2 }), []);
  assert.deepEqual(said(NOW - 1, { node: 0, misses: 0 }), []);
});

test("what can be done follows from the state, and thawing only before the verdict", () => {
  const deeds = (state) => deedsOf(nodeOf(1, { state })).map(({ action }) => action);
  assert.deepEqual(deeds("active"), ["kill", "freeze", "restart", "drain", "remove"]);
  assert.deepEqual(deeds("frozen"), ["thaw", "kill", "restart"]);
  assert.deepEqual(deeds("down"), ["revive", "remove"]);
  assert.deepEqual(deeds("joining"), []);
});

test("a second of traffic is the sum of its windows, and a minute is kept", () => {
  const series = new Series();
  const frame = (at, more) => ({ at, ops: 100, reads: 80, writes: 20, hit: 1, errors: 0, window_ms: 200, ...more });
  series.take(frame(5000, { hit: 0.5 }));
  series.take(frame(5200, {}));
  series.take(frame(6000, { reads: 0, hit: null, errors: 3 }));
  assert.deepEqual(series.points(), [
    { second: 5, ops: 500, hit: 0.75, errors: 0 },
    { second: 6, ops: 500, hit: null, errors: 3 },
  ]);
  assert.match(
    figureWords(series, { p50_ms: 0.21, p99_ms: null }),
    /^Hits 75.0% · 500 ops\/s · p50 0.21 ms · p99 unknown · 3/,
  );
  series.take(frame(66_000, {}));
  assert.deepEqual(
    series.points().map(({ second }) => second),
    [66],
  );
});

test("the workload says whether it is measured", () => {
  const on = managed({ workload: { on: true, rate: 500, distribution: "zipf", reads: 0.9 } });
  assert.equal(stateWords(served(managed()), NOW), "off");
  assert.equal(stateWords(served(on), NOW), "on, no client has reported yet");
  assert.equal(stateWords(served(on, { traffic: { heard: NOW } }), NOW), "target 500 ops/s");
  assert.match(stateWords(served(on, { traffic: { heard: NOW } }), NOW + 4000), /not measured since/);
});

test("rates go up and down in steps, and stop at the ends", () => {
  assert.deepEqual([nextStep(500, 1), nextStep(501, -1), nextStep(20_000, 1), nextStep(1, -1)], [1000, 500, 20_000, 1]);
});

test("on a managed cluster a key is owned from its bucket's start on", () => {
  const bucket = 5 << 18;
  const ring = { tokens: Uint32Array.of(bucket, 9 << 18), owners: Uint32Array.of(2, 3) };
  const lookup = { key: "k", hash: bucket + 77, position: 0, v: 1, owner: 0, token: null, copies: [], stored: null };
  const found = lookupIn(lookup, 2, managed(), ring);
  assert.deepEqual([found.owner, found.token.value, "stored" in found], [2, bucket, false]);
  assert.equal(lookupIn(lookup, 2, stateOf(4), ring).owner, 3);
});

test("the line of a replica says its state and its lag, and unknown is said as unknown", () => {
  const at = (replica, more = {}) => {
    const one = { ...stored(1), replica: replica && { keys: 1, up: true, address: "127.0.0.1:7001", ...replica } };
    return served(managed(), { stored: { heard: NOW, at: NOW, nodes: { 1: one }, ...more } });
  };
  const line = (page, now = NOW) => replicaLine(page, page.view.state.nodes[0], now);
  const online = { state: "online", behind: 1234, silent_s: 1 };
  assert.equal(line(at(online)), "replica 127.0.0.1:7001: online, 1,234 bytes behind, heard 1 s ago");
  const frozen = { state: "online", up: false, keys: null, behind: 1, silent_s: 9 };
  assert.equal(line(at(frozen)), "replica 127.0.0.1:7001: does not answer, 1 byte behind, heard 9 s ago");
  assert.match(line(at({ state: "copying", behind: null, silent_s: null })), /copying everything/);
  assert.match(line(at({ state: "apart", behind: null, silent_s: null })), /not connected to its primary/);
  assert.match(line(at({ state: null, behind: null, silent_s: null })), /lag unknown, its primary does not answer/);
  assert.equal(line(at(null)), "no replica yet");
  assert.equal(line(at(online), NOW + 3001), "replica unknown", "what is old says nothing of now");
  assert.equal(line(served(managed())), "replica unknown");
});
