/**
 * What the server declares about the balancer: policies, and texts for states and reasons. The page uses this and never
 * compares policy names. Pure.
 */

import { exact } from "../../lib/format.js";
import { _, interpolate } from "../../lib/i18n.js";

/** @import { Option, Policy, Stand, Told, Traffic } from "./types.js" */

/** @type {Told} */
let told = { policies: {}, states: {}, reasons: {}, first: /** @type {any} */ ({}) };

/**
 * Called once when the page loads.
 * @param {Told} declared from `described` in balancer/wording.py
 */
export function declare(declared) {
  told = declared;
}

/** @type {(name: string) => Policy} an unknown policy, from a newer server, is shown by its name */
const policyOf = (name) =>
  Object.hasOwn(told.policies, name)
    ? told.policies[name]
    : { label: name, rule: "", drives: true, shown: true, options: [] };

/** The names of the policies that can drive real requests, in the server's order. */
export const drivable = () => Object.keys(told.policies).filter((name) => told.policies[name].drives);

/** @type {(name: string) => boolean} whether it is listed by default */
export const isShown = (name) => policyOf(name).shown;

/** @type {(name: string) => string} "two choices", for use inside a sentence */
export const labelOf = (name) => policyOf(name).label;

/** @type {(name: string) => string} as a heading */
export const titleOf = (name) => raised(labelOf(name));

/** @type {(name: string) => string} one sentence on how it picks a node */
export const ruleOf = (name) => policyOf(name).rule;

/** @type {(name: string) => Option[]} its options */
export const optionsOf = (name) => policyOf(name).options;

/** @type {(text: string) => string} */
export const raised = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * Whether these are the same policy with the same options. Missing options have their defaults.
 * @param {{policy: string, options: Record<string, number>}} a
 * @param {{policy: string, options: Record<string, number>}} b
 */
export const isSame = (a, b) =>
  a.policy === b.policy && optionsOf(a.policy).every((one) => numberOf(a, one) === numberOf(b, one));

/** @type {(of: {options: Record<string, number>}, option: Option) => number} */
export const numberOf = ({ options }, { name, default: usual }) => options[name] ?? usual;

/**
 * Options as the server reads them: "d=3".
 * @param {Record<string, number | string>} options
 */
export const spelled = (options) =>
  Object.entries(options)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");

/** @type {() => Traffic} the initial traffic */
export const first = () => told.first;

/**
 * The text for a node's state: "starting slowly".
 * @param {string} state
 */
export const stateWords = (state) => told.states[state] ?? state;

/**
 * "5 failures in a row, out for 30 s".
 * @param {Stand} stand
 */
export function reasonWords({ code, figures }) {
  const numbers = Object.entries(figures).map(([name, value]) => [name, exact(Math.round(value * 10) / 10)]);
  return interpolate(told.reasons[code] ?? code, Object.fromEntries(numbers));
}

/**
 * "ejected (5 failures in a row, out for 30 s)".
 * @param {Stand} stand
 */
export const standWords = (stand) =>
  interpolate(_("%(state)s (%(reason)s)"), { state: stateWords(stand.state), reason: reasonWords(stand) });
