/** The figure of each strategy: the only place on the page that names strategies. Those with ranges are drawn as a ring. */

/** @import { Figure } from "./types.js" */

/** @type {Record<string, () => Promise<{figure: Figure}>>} */
const FIGURES = {
  modulo: () => import("./remainder.js"),
  rendezvous: () => import("./scores.js"),
  jump: () => import("./jumps.js"),
  maglev: () => import("./table.js"),
  multiprobe: () => import("./probes.js"),
  bounded: () => import("./levels.js"),
};

/** @param {string} strategy */
export const hasFigure = (strategy) => Object.hasOwn(FIGURES, strategy);

/**
 * @param {string} strategy one that has a figure
 * @returns {Promise<Figure>}
 */
export const loadFigure = async (strategy) => (await FIGURES[strategy]()).figure;
