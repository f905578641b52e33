/**
 * What the server declares about every strategy: abilities, names and parameters. The page checks these and never compares
 * names; only figures/index.js does, to choose a drawing.
 */

import { exact } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";

/** @import { Abilities, Cluster, Strategy, StrategyOption } from "./types.js" */

/** @typedef {{strategy: string}} Placed a cluster, or its settings */

/** @type {Record<string, Strategy>} */
let declared = {};

/**
 * Called once when the page loads.
 * @param {Record<string, Strategy>} strategies by name, from `described` in ringviz/strategies.py
 */
export function declare(strategies) {
  declared = strategies;
}

/** @type {Abilities} of an unknown strategy, from a newer server: it claims nothing */
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

/** @type {(placed: Placed) => string} "hash ring", for use inside a sentence */
export const labelOf = (placed) => strategyOf(placed).label;

/** @type {(placed: Placed) => string} as a heading */
export const titleOf = (placed) => raised(labelOf(placed));

/** @type {(placed: Placed) => string} the sentence that says which node a key belongs to */
export const ruleOf = (placed) => strategyOf(placed).rule;

/** @type {(placed: Placed) => string[]} what it cannot do, one sentence each */
export const notesOf = (placed) => strategyOf(placed).notes;

/** @type {(placed: Placed) => StrategyOption[]} its parameters */
export const optionsOf = (placed) => strategyOf(placed).options;

/** @returns {[name: string, label: string][]} the strategies that a cluster can use */
export const offered = () =>
  Object.entries(declared)
    .filter(([, { offered: may }]) => may)
    .map(([name, { label }]) => [name, label]);

/** @type {(placed: Placed) => boolean} whether its nodes have tokens that follow from their names */
export const hasOwnTokens = (placed) => {
  const { tokens, told } = abilitiesOf(placed);
  return tokens && !told;
};

/** @type {(cluster: Cluster) => number} the most copies that can be set; 1 without lists */
export const copiesOf = (cluster) => (abilitiesOf(cluster).lists ? cluster.copies : 1);

/**
 * The label with the parameters: "Maglev (table size 65,537)".
 * @param {Placed & {options?: Record<string, number>}} placed
 */
export function named(placed) {
  const options = optionWords(placed);
  const strategy = labelOf(placed);
  return options ? interpolate(_("%(strategy)s (%(options)s)"), { strategy, options }) : strategy;
}

/**
 * "table size 65,537"; empty without parameters.
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
 * The parameters as the server reads them: "table_size=65537".
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
