/** An A/B run in words, the same as balancer/verdicts.py. Pure. */

import { fixed } from "../../lib/format.js";
import { _, interpolate } from "../../lib/i18n.js";
import { labelOf, optionsOf } from "./policies.js";

/** @import { Estimate, Traffic } from "./types.js" */

/**
 * A policy for use inside a sentence, with its non-default options: "d choices (d=3)".
 * @param {{policy: string, options: Record<string, number>}} of
 */
export function label({ policy, options }) {
  const usual = Object.fromEntries(optionsOf(policy).map((one) => [one.name, one.default]));
  const told = Object.entries(options).filter(([name, value]) => usual[name] !== value);
  if (!told.length) return labelOf(policy);
  const text = told.map(([name, value]) => `${name}=${Number(value.toPrecision(10))}`).join(",");
  return interpolate(_("%(policy)s (%(options)s)"), { policy: labelOf(policy), options: text });
}

/**
 * The policies of an A/B run.
 * @param {Traffic} traffic
 * @returns {{a: string, b: string}}
 */
export const labels = (traffic) => ({ a: label(traffic), b: traffic.trial ? label(traffic.trial) : "" });

/**
 ** "4.1 ms ± 0.3".
 * @param {Estimate | null} estimate
 */
export function figure(estimate) {
  if (!estimate) return "–";
  const { mean, margin } = estimate;
  if (margin === null) return interpolate(_("%(mean)s ms"), { mean: milliseconds(mean) });
  const digits = digitsOf(mean);
  const told = margin >= 0.5 / 10 ** digits || !margin ? fixed(margin, digits) : milliseconds(margin);
  return interpolate(_("%(mean)s ms ± %(margin)s"), { mean: milliseconds(mean), margin: told });
}

/** @type {(value: number) => string} about three digits: 0.31, 4.1, 251 */
const milliseconds = (value) => fixed(value, digitsOf(value));

/** @type {(value: number) => number} */
const digitsOf = (value) => (value < 1 ? 2 : value < 100 ? 1 : 0);
