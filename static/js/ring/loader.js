/** Loads binary data: tokens and key density. Requests only what the page does not have, and reports when it arrives. */

import { lensFactor, lensWindow, TOKEN_SPACE } from "../lib/geometry.js";
import { getBinary } from "../lib/http.js";
import { hasOwnTokens } from "./strategies.js";
import { decodeTokens, MOST_TOKENS, TokenBook } from "./tokens.js";

/** @import { Data } from "./picture.js" */
/** @import { Page, State, Urls } from "./types.js" */
/** @import { Store } from "./store.js" */

const LENS_WAIT_MS = 60;

export class Loader {
  /**
   * @param {Store} store
   * @param {Urls} urls
   */
  constructor(store, urls) {
    this.store = store;
    this.urls = urls;
    this.book = new TokenBook();
    /** @type {Map<number, Uint32Array>} by key set */
    this.densities = new Map();
    /** @type {{v: number, bins: Uint32Array} | null} */
    this.bins = null;
    /** @type {Data["lens"]} */
    this.lens = null;
    /** @type {Set<string>} URLs being loaded */
    this.asked = new Set();
    this.timer = 0;
    store.on(["epoch"], () => this.forget());
    store.on(["view", "plan", "pins"], (page) => void this.need(page));
    store.on(["lens"], () => this.needLens());
  }

  /** Forgets everything: in another database, the numbers of key sets and versions mean something else. */
  forget() {
    this.densities.clear();
    this.bins = this.lens = null;
  }

  /** @returns {Data} the data for the picture */
  data() {
    const { state } = this.store.page.view;
    const bins = crowded(state) ? (this.bins?.bins ?? NONE) : null;
    return { book: this.book, density: this.densities.get(state.keys.id) ?? null, bins, lens: bins ? this.lens : null };
  }

  /** @param {Readonly<Page>} page */
  async need({ view, pins }) {
    const { state, v } = view;
    const wanted = [this.needDensity(state)];
    if (crowded(state)) {
      if (this.bins?.v !== v) wanted.push(this.once(`${this.urls.tokens}?v=${v}`, (data) => this.learnBins(v, data)));
      wanted.push(this.needTokens(state, v, pins));
    } else {
      wanted.push(this.needTokens(state, v));
    }
    await Promise.all(wanted);
  }

  /**
   * @param {State} state
   * @param {number} v
   * @param {number[]} [only] for these nodes only
   */
  async needTokens(state, v, only) {
    const missing = this.book.missing(state).filter((number) => !only || only.includes(number));
    if (missing.length === 0) return this.arrived(false);
    const all = missing.length > state.nodes.length / 2 && !only;
    const address = `${this.urls.tokens}?v=${v}${all ? "" : `&nodes=${missing.join(",")}`}`;
    await this.once(address, (data) => this.book.learn(state, decodeTokens(data).nodes));
  }

  /** @param {State} state */
  async needDensity({ keys }) {
    if (keys.count === 0 || this.densities.has(keys.id)) return;
    await this.once(`${this.urls.density}?keys=${keys.id}`, (data) =>
      this.densities.set(keys.id, new Uint32Array(data)),
    );
  }

  /** If only bins are known, loads the tokens under the lens once it stops moving. */
  needLens() {
    const { view, lens } = this.store.page;
    if (!crowded(view.state)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const { start, end } = lensWindow(lens, lensFactor(totalTokens(view.state)));
      const wrap = (/** @type {number} */ token) => Math.floor((token + TOKEN_SPACE) % TOKEN_SPACE);
      const address = `${this.urls.tokens}?v=${view.v}&start=${wrap(start)}&end=${wrap(end)}`;
      void this.once(address, (data) => this.learnLens(view.state, data));
    }, LENS_WAIT_MS);
  }

  /**
   * @param {number} v
   * @param {ArrayBuffer} data
   */
  learnBins(v, data) {
    const { bins } = decodeTokens(data);
    if (bins) this.bins = { v, bins };
    if (!this.lens) this.needLens();
  }

  /**
   * @param {State} state
   * @param {ArrayBuffer} data
   */
  learnLens(state, data) {
    const book = new TokenBook();
    book.learn(state, decodeTokens(data).nodes);
    this.lens = book.ring(state);
  }

  /**
   * At most one request per URL at a time. A failed one may be repeated.
   * @param {string} address
   * @param {(data: ArrayBuffer) => void} learn
   */
  async once(address, learn) {
    if (this.asked.has(address)) return;
    this.asked.add(address);
    try {
      learn(await getBinary(address));
      this.arrived(true);
    } finally {
      this.asked.delete(address);
    }
  }

  /** @param {boolean} fresh whether there is something new to draw */
  arrived(fresh) {
    const { drawn } = this.store.page;
    if (fresh || drawn === 0) this.store.set({ drawn: drawn + 1 });
  }
}

const NONE = new Uint32Array(4096);

/** @param {State} state */
const totalTokens = ({ nodes }) => nodes.reduce((sum, { tokens }) => sum + tokens, 0);

/** Whether there are more tokens than the server sends. @param {State} state */
const crowded = (state) => hasOwnTokens(state.cluster) && totalTokens(state) > MOST_TOKENS;
