import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { History } from "../../../../static/js/balancer/traffic/history.js";
import { startRecent } from "../../../../static/js/balancer/traffic/recent.js";

const { fetch } = globalThis;
afterEach(() => {
  globalThis.fetch = fetch;
});

/** @param {number} at */
const frame = (at, on = true) => ({
  at,
  on,
  policy: "p2c",
  options: {},
  steps: { every_ms: 100, in_flight: { 1: [at, at + 1] } },
  total: { p50_ms: 1, p95_ms: 2, p99_ms: at },
  lag_p99_ms: 0,
});

/** @param {() => Promise<Response>} answer */
async function seen(answer, past = false) {
  const history = new History();
  globalThis.fetch = answer;
  await startRecent(/** @type {any} */ ({ store: { past }, urls: { recent: "http://ringviz/recent" } }), history);
  return history;
}

test("frames that came before the page was opened are in its history", async () => {
  const history = await seen(async () => Response.json([frame(1000), frame(1200)]));
  assert.deepEqual(
    history.points.map(({ at, p99 }) => [at, p99]),
    [
      [1000, 1000],
      [1200, 1200],
    ],
  );
  assert.deepEqual(
    history.steps.get("1")?.map(({ n }) => n),
    [1000, 1001, 1200, 1201],
  );
  assert.deepEqual(
    history.spans.map(({ from, to, policy }) => [from, to, policy]),
    [[1000, 1200, "p2c"]],
  );
});

test("a page without them begins empty, and a moment of the past asks for none", async () => {
  const refused = async () => Response.json({ error: "no" }, { status: 503 });
  assert.deepEqual((await seen(refused)).points, []);
  const broken = async () => {
    throw new TypeError("no network");
  };
  assert.deepEqual((await seen(broken)).points, []);
  const never = async () => assert.fail("it was asked");
  assert.deepEqual((await seen(never, true)).points, []);
});

test("a frame that says that nothing is sent is passed over", async () => {
  const history = await seen(async () => Response.json([frame(1000, false), frame(1200)]));
  assert.equal(history.points.length, 1);
});
