import assert from "node:assert/strict";
import { test } from "node:test";
import "./told.js";
import { troubleWords } from "../../../../static/js/balancer/traffic/bar.js";
import { BLAME_AFTER_MS } from "../../../../static/js/lib/live-core.js";
import { cellsOf } from "../../../../static/js/balancer/traffic/chooser.js";
import { deedsFor, planOf } from "../../../../static/js/balancer/traffic/controls.js";
import { headline } from "../../../../static/js/balancer/traffic/headline.js";
import { readLink, writeLink } from "../../../../static/js/balancer/traffic/link.js";
import { causeWords, standingOf } from "../../../../static/js/balancer/traffic/standing.js";
import { comparable, lagWords, sumOf, unsentWords } from "../../../../static/js/balancer/traffic/sums.js";
import { courseSheet, nodeSheet, policySheet } from "../../../../static/js/balancer/traffic/tables.js";
import { History } from "../../../../static/js/balancer/traffic/history.js";
import { HALF_SPEED } from "../../../../static/js/ring/pulse.js";
import { countsOf, frameOf, momentOf, reachedOf, trafficOf } from "./frames.js";

const PULSE = { pulse: { for_ms: 300, every_ms: 1000 } };

test("the sentence names the fault, the policy with its p99, and the one before on the same stream", () => {
  const policies = [reachedOf("round_robin", 255), reachedOf("p2c", 15)];
  assert.equal(
    headline(momentOf(trafficOf(), PULSE), frameOf({ policies }), false),
    "cache-2 freezes 300 ms of every second. Two choices holds p99 at 15 ms; round robin let it reach 255 ms on the same stream.",
  );
});

test("a node that freezes as often as every 20 ms is slowed", () => {
  const slow = momentOf(trafficOf(), { pulse: HALF_SPEED });
  assert.equal(headline(slow, frameOf(), false), "cache-2 is slowed to half speed. Two choices holds p99 at 15 ms.");
  assert.equal(standingOf(slow.state.nodes[1], undefined).state, "slowed");
});

test("a policy that is worse than the one before is said to be worse", () => {
  const policies = [reachedOf("jsq", 4), reachedOf("p2c", 15)];
  const said = headline(momentOf(), frameOf({ policies }), false);
  assert.equal(said, "Two choices lets p99 reach 15 ms; shortest queue held it at 4.0 ms on the same stream.");
});

test("a policy that drove when the nodes were different is not compared", () => {
  const policies = [reachedOf("round_robin", 255, { same: false }), reachedOf("p2c", 15)];
  assert.equal(headline(momentOf(), frameOf({ policies }), false), "Two choices holds p99 at 15 ms.");
  assert.deepEqual(
    comparable(frameOf({ policies })).map(({ policy }) => policy),
    ["p2c"],
  );
});

test("without requests the sentence counts who is ready, and in the past it claims no figure", () => {
  assert.equal(
    headline(momentOf(trafficOf({ on: false })), null, false),
    "Nothing is running. Two nodes are ready to serve.",
  );
  const one = momentOf(trafficOf({ on: false }), { state: "down" });
  assert.equal(headline(one, null, false), "Nothing is running. One node is ready to serve.");
  assert.equal(headline(momentOf(trafficOf({ on: false })), null, true), "Nothing was running.");
  assert.equal(headline(momentOf(), null, true), "Two choices: 1,500 requests a second.");
});

test("what was sent is answered, refused, failed or in flight", () => {
  const nodes = {
    1: countsOf(),
    2: countsOf({ sent: 5, answered: 2, refused: 0, errors: { lost: 2, away: 1, error: 0 }, in_flight: 0 }),
  };
  const sum = sumOf({ asked: 15, late: 0, homeless: 0, nodes });
  assert.deepEqual(sum, { sent: 15, answered: 10, refused: 1, errors: 3, in_flight: 1 });
  assert.equal(sum.sent, sum.answered + sum.refused + sum.errors + sum.in_flight);
});

test("what could not be sent, and a driver that is late itself, are said", () => {
  assert.equal(unsentWords({ asked: 9, homeless: 0, late: 0, nodes: {} }), "");
  const both = unsentWords({ asked: 9, homeless: 1, late: 2, nodes: {} });
  assert.equal(both, "1 request found no ready node. The driver fell behind and skipped 2 requests.");
  assert.equal(lagWords({ lag_p99_ms: 2, total: { p99_ms: 15 } }), "");
  assert.match(lagWords({ lag_p99_ms: 9, total: { p99_ms: 15 } }), /up to 9\.0 ms late/);
});

test("the policies show what they reached, and those that were not tried do not", () => {
  const cells = cellsOf(
    trafficOf(),
    frameOf({ policies: [reachedOf("round_robin", 255), reachedOf("p2c", null)] }),
    false,
  );
  const of = (name) => cells.find((cell) => cell.name === name);
  assert.equal(of("round_robin").ms, 255);
  assert.equal(of("p2c").ms, 15, "while it settles, the p99 of the last seconds");
  assert.equal(of("random").ms, null);
  assert.deepEqual(
    cells.filter(({ chosen }) => chosen).map(({ name }) => name),
    ["p2c"],
  );
});

test("a policy that drives is listed though it is not among the first, and all of them are on request", () => {
  const names = (traffic, more) => cellsOf(traffic, null, more).map(({ name }) => name);
  assert.ok(!names(trafficOf(), false).includes("sticky"));
  assert.ok(names(trafficOf({ policy: "sticky" }), false).includes("sticky"));
  assert.ok(names(trafficOf(), true).includes("sticky"));
  assert.ok(!names(trafficOf(), true).includes("central"), "it only runs in the simulator");
});

test("a node says how it stands, why, and since which event", () => {
  const [well, pulsing] = momentOf(trafficOf(), PULSE).state.nodes;
  assert.deepEqual(standingOf(well, undefined), { state: "up", reason: "answers every check", odd: false });
  assert.deepEqual(standingOf(pulsing, undefined), { state: "freezes", reason: "300 ms of each second", odd: true });
  const out = { state: "ejected", code: "failures_in_a_row", figures: { failures: 5, seconds: 30 } };
  assert.deepEqual(standingOf(well, out), { state: "ejected", reason: "5 failures in a row, out for 30 s", odd: true });
  assert.equal(standingOf({ ...well, state: "down" }, undefined).reason, "gets no requests");
  const at = "2026-05-03T12:40:42.000";
  assert.equal(causeWords(well, { 1: { v: 412, at, text: "" } }), "since 2026-05-03 12:40:42, event 412");
  assert.equal(causeWords(well, { "*": { v: 1, at, text: "" } }), "since 2026-05-03 12:40:42, event 1");
  assert.doesNotMatch(causeWords(well, {}), /event/);
});

test("what can be done with a node follows from its state", () => {
  const words = (node) => deedsFor({ number: 2, state: "active", ...node }).deeds.map(({ words: text }) => text);
  assert.deepEqual(words({}), ["Kill", "Slow"]);
  assert.deepEqual(words(PULSE), ["Kill", "Thaw"]);
  assert.deepEqual(words({ state: "down" }), ["Revive"]);
  assert.deepEqual(words({ state: "joining" }), []);
  const { freezes } = deedsFor({ number: 2, state: "active" });
  assert.deepEqual(
    freezes.map(({ fields }) => [fields.for, fields.every]),
    [
      [300, 1000],
      [800, 1000],
    ],
  );
  assert.equal(planOf("/clusters/a/", freezes[0].fields), "/clusters/a/?plan=freeze&node=2&for=300&every=1000");
});

test("a link fills in the form, and keeps what it cannot read as it was", () => {
  const asked = trafficOf({ policy: "d_choices", options: { d: 3 } });
  const found = readLink("?policy=p2c&rate=200&skew=2&seed=7", asked);
  assert.deepEqual([found.policy, found.options, found.rate, found.skew, found.seed], ["p2c", {}, 200, 2, 7]);
  assert.deepEqual(readLink("?policy=central&rate=lots", asked), asked);
});

test("an address holds the settings, and in the past the version instead", () => {
  const view = momentOf();
  assert.equal(
    writeLink({ view, head: view }, true, "?theme=dark"),
    "?theme=dark&policy=p2c&rate=1500&skew=0.9&seed=42",
  );
  assert.equal(writeLink({ view, head: momentOf() }, true, "?policy=p2c"), "?v=7");
  assert.equal(writeLink({ view, head: view }, false, "?v=3"), "");
});

test("after five seconds of silence the page reports a missing driver or supervisor", () => {
  const head = { ...momentOf(), at: "1970-01-01T00:00:00.000Z" };
  const page = { head, heard: 90_000, supervised: 90_000, link: { state: "live", since: 0 } };
  assert.equal(troubleWords(page, 90_000 + BLAME_AFTER_MS, 0), "");
  assert.match(troubleWords(page, 90_001 + BLAME_AFTER_MS, 0), /No word from the driver since/);
  assert.match(troubleWords({ ...page, heard: 0 }, 91_000, 0), /Waiting for the driver/);
  assert.match(troubleWords({ ...page, supervised: 0 }, 91_000, 0), /supervisor/);
  assert.equal(troubleWords({ ...page, link: { state: "lost", since: 0 } }, 200_000, 0), "");
});

test("the tables say what the pictures show", () => {
  const frame = frameOf({
    caps: { 1: 4, 2: 4 },
    policies: [reachedOf("jsq", 4.2, { same: false }), reachedOf("p2c", 15)],
  });
  const nodes = nodeSheet(momentOf(), frame);
  const row = Object.fromEntries(nodes.head.map((name, i) => [name, nodes.rows[0][i]]));
  assert.deepEqual(
    [row.Node, row.Health, row["In flight"], row.Cap, row.Share, row["Fair share"]],
    ["cache-1", "up", "1", "4", "50.0%", "50.0%"],
  );
  assert.deepEqual([row["p99 ms"], row.Sent, row.Refused], ["15.0", "10", "1"]);
  const [first, second] = policySheet(frame).rows;
  assert.deepEqual([first[0], first[2], first[5]], ["Two choices", "15.0", "same as now"]);
  assert.deepEqual([second[0], second[2], second[5]], ["Shortest queue", "4.20", "different"]);
  assert.equal(nodeSheet(momentOf(), null).rows[0][3], "–");
});

test("the course has a row for every two seconds, with the most in flight of each", () => {
  const history = new History();
  for (let at = 1_000; at <= 9_000; at += 200) {
    history.add(frameOf({ at, steps: { every_ms: 100, in_flight: { 1: [1, at === 8_000 ? 9 : 1], 2: [0, 0] } } }));
  }
  const { rows } = courseSheet(history, momentOf().state.nodes);
  assert.equal(rows.length, 4);
  assert.deepEqual(rows[0].slice(1, 5), ["two choices", "2.50", "9.70", "15.0"]);
  assert.deepEqual(
    rows.map((row) => row[6]),
    ["9", "1", "1", "1"],
  );
});
