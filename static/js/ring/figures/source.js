/** Loads the look-up table of a strategy that has one. */

import { getBinary, HttpError } from "../../lib/http.js";
import { unpacked } from "../../lib/packed.js";
import { placed } from "./row.js";

/** @import { State, Urls } from "../types.js" */
/** @import { Table } from "./types.js" */

const KEPT = 8;

/** @typedef {{table: Table | null, trouble: string}} Given trouble: why it could not be loaded */

/** @type {Given} */
const NOTHING = { table: null, trouble: "" };

export class Source {
  /**
   * @param {Urls} urls
   * @param {() => void} arrived called when a table was loaded, or could not be
   */
  constructor(urls, arrived) {
    this.urls = urls;
    this.arrived = arrived;
    /** @type {Map<string, Given>} by everything the table depends on; failures by version, so that another version tries again */
    this.known = new Map();
  }

  /**
   * The table of a state, as far as known; requests it if it is not.
   * @param {State} state
   * @param {number} v
   * @returns {Given}
   */
  of(state, v) {
    const key = signature(state);
    const known = this.known.get(key) ?? this.known.get(`${v} ${key}`);
    if (known) return known;
    this.keep(key, NOTHING);
    getBinary(`${this.urls.table}?v=${v}`).then(
      (data) => this.learn(key, { table: tableOf(data), trouble: "" }),
      (error) => {
        this.known.delete(key);
        if (!(error instanceof HttpError)) throw error;
        this.learn(`${v} ${key}`, { table: null, trouble: error.message });
      },
    );
    return NOTHING;
  }

  /**
   * @param {string} key
   * @param {Given} given
   */
  learn(key, given) {
    this.keep(key, given);
    this.arrived();
  }

  /**
   * @param {string} key
   * @param {Given} given
   */
  keep(key, given) {
    this.known.delete(key);
    this.known.set(key, given);
    if (this.known.size > KEPT) this.known.delete(this.known.keys().next().value ?? "");
  }
}

/**
 * Everything that a table depends on. The same signature needs no new request.
 * @param {State} state
 */
const signature = (state) => {
  const { strategy, options = {} } = state.cluster;
  return JSON.stringify([strategy, options, placed(state).map(({ number, name, weight }) => [number, name, weight])]);
};

/**
 * Reads table.bin.
 * @param {ArrayBuffer} data
 * @returns {Table}
 */
export function tableOf(data) {
  const { header, at } = unpacked(data);
  /** @type {[number, number, number][]} */
  const nodes = header.nodes;
  const orders = nodes.map(([number, offset, skip]) => ({ node: number, offset, skip }));
  return { size: header.size, nodes: orders, entries: new Uint16Array(data, at) };
}
