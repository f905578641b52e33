/**
 * What the server declares of the balancer: policies, and how states and reasons are said. The page asks this and never which
 * policy it is. Pure.
 */

import { exact } from "../../lib/format.js";
import { _, interpolate } from "../../lib/i18n.js";

/** @import { Option, Policy, Stand, Told, Traffic } from "./types.js" */

/** @type {Told} */
let told = { policies: {}, states: {}, reasons: {}, first: /** @type {any} */ ({}) };

/**
 * Once, when the page is loaded.
 * @param {Told} declared as `described` of balancer/wording.py gives it
 */
export function declare(declared) {
  told = declared;
}

/** @type {(name: string) => Policy} of a newer server: it is called by its name */
const policyOf = (name) =>
  Object.hasOwn(told.policies, name)
    ? told.policies[name]
    : { label: name, rule: "", drives: true, shown: true, options: [] };

/** The names of those that can drive real requests, in the server's order. */
export const drivable = () => Object.keys(told.policies).filter((name) => told.policies[name].drives);

/** @type {(name: string) => boolean} whether it is listed before somebody asks for all */
export const isShown = (name) => policyOf(name).shown;

/** @type {(name: string) => string} as in "two choices", within a sentence */
export const labelOf = (name) => policyOf(name).label;

/** @type {(name: string) => string} as a heading */
export const titleOf = (name) => raised(labelOf(name));

/** @type {(name: string) => string} how it picks a node, a sentence */
export const ruleOf = (name) => policyOf(name).rule;

/** @type {(name: string) => Option[]} what may be set of it */
export const optionsOf = (name) => policyOf(name).options;

/** @type {(text: string) => string} */
export const raised = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * Whether these are the same policy with the same options. One that is left out has its default.
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

/** @type {() => Traffic} what is asked for before anything is */
export const first = () => told.first;

/**
 * A state of a node at the balancer, as in "starting slowly".
 * @param {string} state
 */
export const stateWords = (state) => told.states[state] ?? state;

/**
 * As in "5 failures in a row, out for 30 s".
 * @param {Stand} stand
 */
export function reasonWords({ code, figures }) {
  const numbers = Object.entries(figures).map(([name, value]) => [name, exact(Math.round(value * 10) / 10)]);
  return interpolate(told.reasons[code] ?? code, Object.fromEntries(numbers));
}

/**
 * As in "ejected (5 failures in a row, out for 30 s)".
 * @param {Stand} stand
 */
export const standWords = (stand) =>
  interpolate(_("%(state)s (%(reason)s)"), { state: stateWords(stand.state), reason: reasonWords(stand) });
