/** The place of the figures: loads the strategy's figure and its data, draws it, and describes it in words. */

import { byId, h } from "../dom.js";
import { facesOf } from "../faces.js";
import { _ } from "../../lib/i18n.js";
import { TOKEN_SPACE } from "../../lib/geometry.js";
import { loadFigure } from "./index.js";
import { put, saying } from "./marks.js";
import { placed } from "./row.js";
import { Source } from "./source.js";

/** @import { Page, State, Urls } from "../types.js" */
/** @import { Theme } from "../draw/types.js" */
/** @import { Data } from "../picture.js" */
/** @import { Figure, Scene, Tokens } from "./types.js" */

const SIZE = 13;
const MOST_LINES = 400;
const NO_TABLE = { table: null, trouble: "" };

export class Figures {
  /**
   * @param {Urls} urls
   * @param {() => void} redraw
   */
  constructor(urls, redraw) {
    this.place = byId("figure");
    this.list = byId("figure-list");
    this.source = new Source(urls, redraw);
    this.redraw = redraw;
    /** @type {Map<string, Figure | null>} null while it is being loaded */
    this.loaded = new Map();
    /** @type {Scene | null} */
    this.scene = null;
    /** @type {Figure | null} */
    this.figure = null;
    this.said = "";
  }

  /**
   * Draws the state that is shown.
   * @param {Readonly<Page>} page
   * @param {Data} data
   * @param {{width: number, height: number, theme: Theme, hover: number | null}} where
   * @returns {boolean} whether all its data was loaded
   */
  draw(page, data, { width, height, theme, hover }) {
    const { state, v } = page.view;
    const { strategy } = state.cluster;
    const figure = this.loaded.get(strategy) ?? null;
    this.figure = figure;
    if (!this.loaded.has(strategy)) this.load(strategy);
    const { table, trouble } = figure?.need === "table" ? this.source.of(state, v) : NO_TABLE;
    const tokens = tokensOf(state, data);
    const { lookup } = page;
    const said = lookup?.v === v && !lookup.asked ? lookup : null; // the lookup may still be for another version
    const found = said && { key: said.key, steps: said.steps ?? null, hash: placeOf(said.position) };
    const active = hover ?? page.selected;
    const faces = facesOf(page);
    const scene = { state, found, faces, active, width, height, size: SIZE * theme.zoom, theme, table, tokens };
    this.scene = scene;
    if (!figure || trouble) {
      put(this.place, scene, [saying(scene, trouble || _("Loading the drawing"))]);
      return Boolean(trouble);
    }
    figure.draw(this.place, scene);
    this.say(figure.list(scene));
    return (!figure.need || Boolean(scene[figure.need])) && (!lookup || said !== null);
  }

  /** @param {string} strategy */
  load(strategy) {
    this.loaded.set(strategy, null);
    loadFigure(strategy).then(
      (figure) => {
        this.loaded.set(strategy, figure);
        this.redraw();
      },
      (error) => {
        this.loaded.delete(strategy);
        throw error;
      },
    );
  }

  /**
   * Describes the figure in words, for people who cannot see it.
   * @param {string[]} lines
   */
  say(lines) {
    const shown = lines.slice(0, MOST_LINES);
    const said = shown.join("\n");
    if (said === this.said) return;
    this.said = said;
    this.list.replaceChildren(...shown.map((line) => h("li", {}, line)));
  }

  /**
   * The node under a point of the page, or 0.
   * @param {MouseEvent} event
   */
  at({ target, clientX, clientY }) {
    const owner = target instanceof Element ? target.closest("[data-owner]") : null;
    if (owner instanceof SVGElement) return Number(owner.dataset.owner);
    if (!this.scene || !this.figure?.at) return 0;
    const box = this.place.getBoundingClientRect();
    return this.figure.at(this.scene, clientX - box.left, clientY - box.top);
  }

  /** Removes the figure, for a strategy with ranges. */
  clear() {
    if (!this.scene) return;
    this.scene = this.figure = null;
    this.said = "";
    this.place.replaceChildren();
    this.list.replaceChildren();
  }
}

/** @param {number} position 0..1 of the circle */
const placeOf = (position) => Math.round(position * TOKEN_SPACE);

/**
 * The tokens of the placed nodes; null until all of them are loaded.
 * @param {State} state
 * @param {Data} data
 * @returns {Tokens | null}
 */
function tokensOf(state, { book, bins }) {
  const nodes = placed(state);
  const total = nodes.reduce((sum, { tokens }) => sum + tokens, 0);
  if (bins) return { lists: new Map(), total };
  const missing = new Set(book.missing(state));
  if (nodes.some(({ number }) => missing.has(number))) return null;
  return { lists: new Map(nodes.map((node) => [node.number, book.of(state.cluster, node)])), total };
}
