import assert from "node:assert/strict";
import { test } from "node:test";
import "./told.js";
import { readTrialLink } from "../../../../static/js/balancer/traffic/trialform.js";
import { figure, label } from "../../../../static/js/balancer/traffic/verdicts.js";

test("a figure has as many digits as it is worth, and never says ± 0", () => {
  const told = [0.523, 4.14, 251.3].map((mean) => figure({ mean, margin: mean / 15 }));
  assert.deepEqual(told, ["0.52 ms ± 0.03", "4.1 ms ± 0.3", "251 ms ± 17"]);
  assert.equal(figure({ mean: 251.3, margin: 0.31 }), "251 ms ± 0.31");
  assert.equal(figure({ mean: 3, margin: null }), "3.0 ms");
  assert.equal(figure(null), "–");
});

test("options that are not the usual ones are named", () => {
  assert.equal(label({ policy: "d_choices", options: { d: 5, bias: 1 } }), "d choices (d=5)");
  assert.equal(label({ policy: "p2c", options: {} }), "two choices");
});

test("without a link the form compares what is asked with another policy", () => {
  const { values, stream } = readTrialLink("?theme=dark&rate=7&policy=jsq", "random");
  assert.equal(values.policy, "random");
  assert.notEqual(values.trial, "random");
  assert.deepEqual([values.seconds, values.rounds, stream], ["5", "6", {}]);
});

test("a link to a run fills in all of it, with its stream", () => {
  const search = "?policy=jsq&rate=1500.0&skew=0&seed=7&trial=d_choices&trial_options=d=3&seconds=2&rounds=9";
  const { values, stream } = readTrialLink(search, "random");
  assert.deepEqual(values, { policy: "jsq", trial: "d_choices", trial_options: "d=3", seconds: "2", rounds: "9" });
  assert.deepEqual(stream, { rate: "1500.0", skew: "0", seed: "7" });
});

test("a policy that only a simulator has is not offered by a link", () => {
  const { values } = readTrialLink("?policy=central&trial=central", "p2c");
  assert.equal(values.policy, "p2c");
  assert.notEqual(values.trial, "central");
});
