/**
 * What the server declares of every strategy: what it can do, what it is called, what may be set of it. The page asks this,
 * and never which strategy it is; the one that a strategy is drawn by stands in figures/index.js.
 */

import { exact } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";

/** @import { Abilities, Cluster, Strategy, StrategyOption } from "./types.js" */

/** @typedef {{strategy: string}} Placed a cluster, or its settings */

/** @type {Record<string, Strategy>} */
let declared = {};

/**
 * Once, when the page is loaded.
 * @param {Record<string, Strategy>} strategies by name, as `described` of ringviz/strategies.py gives them
 */
export function declare(strategies) {
  declared = strategies;
}

/** @type {Abilities} of a strategy that a newer server has: nothing is claimed of it */
const NONE = {
  tokens: false,
  ranges: false,
  told: false,
  weights: true,
  lists: true,
  alone: true,
  minimal: true,
  last_only: false,
};

/** @type {(placed: Placed) => Strategy} */
const strategyOf = ({ strategy }) =>
  Object.hasOwn(declared, strategy)
    ? declared[strategy]
    : { offered: false, label: strategy, rule: "", notes: [], abilities: NONE, options: [] };

/** @type {(placed: Placed) => Abilities} */
export const abilitiesOf = (placed) => strategyOf(placed).abilities;

/** @type {(placed: Placed) => string} as in "hash ring", within a sentence */
export const labelOf = (placed) => strategyOf(placed).label;

/** @type {(placed: Placed) => string} as a heading */
export const titleOf = (placed) => raised(labelOf(placed));

/** @type {(placed: Placed) => string} the sentence that says which node a key belongs to */
export const ruleOf = (placed) => strategyOf(placed).rule;

/** @type {(placed: Placed) => string[]} what it cannot do, a sentence each */
export const notesOf = (placed) => strategyOf(placed).notes;

/** @type {(placed: Placed) => StrategyOption[]} its parameters */
export const optionsOf = (placed) => strategyOf(placed).options;

/** @returns {[name: string, label: string][]} what a cluster can be set to */
export const offered = () =>
  Object.entries(declared)
    .filter(([, { offered: may }]) => may)
    .map(([name, { label }]) => [name, label]);

/** @type {(placed: Placed) => boolean} whether its nodes have tokens that follow from their names */
export const hasOwnTokens = (placed) => {
  const { tokens, told } = abilitiesOf(placed);
  return tokens && !told;
};

/** @type {(cluster: Cluster) => number} how many copies a key can be asked to have: without lists only the one */
export const copiesOf = (cluster) => (abilitiesOf(cluster).lists ? cluster.copies : 1);

/**
 * The label with the parameters, as in "Maglev (table size 65,537)".
 * @param {Placed & {options?: Record<string, number>}} placed
 */
export function named(placed) {
  const options = optionWords(placed);
  const strategy = labelOf(placed);
  return options ? interpolate(_("%(strategy)s (%(options)s)"), { strategy, options }) : strategy;
}

/**
 * As in "table size 65,537"; empty without parameters.
 * @param {Placed & {options?: Record<string, number>}} placed
 */
export function optionWords(placed) {
  const labels = new Map(optionsOf(placed).map(({ name, label }) => [name, label]));
  return Object.entries(placed.options ?? {})
    .map(([name, number]) => {
      const values = { name: lowered(labels.get(name) ?? name), number: exact(number) };
      return interpolate(_("%(name)s %(number)s"), values);
    })
    .join(", ");
}

/** @param {string} text */
export const raised = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

/** @param {string} text */
const lowered = (text) => text.slice(0, 1).toLowerCase() + text.slice(1);

/**
 * The text that asks for these parameters, as in "table_size=65537".
 * @param {Record<string, number | string>} options
 */
export const spelled = (options) =>
  Object.entries(options)
    .map(([name, number]) => `${name}=${number}`)
    .join(",");

/** @type {(a?: Record<string, number>, b?: Record<string, number>) => boolean} */
export const sameOptions = (a = {}, b = {}) => spelled(sorted(a)) === spelled(sorted(b));

/** @param {Record<string, number>} options */
const sorted = (options) => Object.fromEntries(Object.entries(options).sort());
