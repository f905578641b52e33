/** The canvas: draws the picture when the page changes, animates changes, and finds what the pointer is on. */

import { onTheme } from "../lib/theme.js";
import { byId } from "./dom.js";
import { drawOverlay, drawRing, hit, layout, prepare, readTheme, textMeasure } from "./draw/ring.js";
import { hasFigure } from "./figures/index.js";
import { drawnState, pictureOf } from "./picture.js";
import { drawnChange } from "./underway.js";

/** @import { Hit, Layout, Picture, Theme } from "./draw/types.js" */
/** @import { Figures } from "./figures/show.js" */
/** @import { Data } from "./picture.js" */
/** @import { Page, Urls } from "./types.js" */
/** @import { Store } from "./store.js" */

const RUN_MS = 620;
const REDUCED = "(prefers-reduced-motion: reduce)";
/** Where the legend stands beside the ring, no corner is kept free for it. */
const NOTHING = { width: 0, height: 0 };

export class Stage {
  /**
   * @param {Store} store
   * @param {Urls} urls
   * @param {() => Data} data
   */
  constructor(store, urls, data) {
    this.store = store;
    this.urls = urls;
    this.data = data;
    this.host = byId("ring");
    this.core = byId("core");
    this.legend = byId("legend");
    this.still = /** @type {HTMLCanvasElement} */ (byId("ring-still"));
    this.moving = /** @type {HTMLCanvasElement} */ (byId("ring-moving"));
    /** @type {Theme} */
    this.theme = readTheme(this.host);
    /** @type {Picture | null} */
    this.picture = null;
    /** @type {Layout | null} */
    this.layout = null;
    /** @type {Hit | null} */
    this.hover = null;
    /** @type {unknown} the inputs of the static layer when it was last drawn */
    this.drawnFrom = null;
    /** @type {Figures | null} the drawings of strategies without a ring; loaded when needed */
    this.figures = null;
    this.loading = false;
    /** Whether the page is ready; until then the host says that it is loading. */
    this.ready = false;
    this.change = drawnChange(store.page);
    this.since = Number.NEGATIVE_INFINITY;
    this.frame = 0;
    new ResizeObserver(() => this.draw()).observe(this.host);
    new ResizeObserver(() => this.fitWords()).observe(this.core);
    onTheme(() => this.restyle());
    document.fonts?.ready.then(() => this.restyle());
    const drawn = [
      "view",
      "plan",
      "underWay",
      "side",
      "pins",
      "colour",
      "lens",
      "selected",
      "lookup",
      "drawn",
      "screen",
    ];
    store.on(/** @type {(keyof Page)[]} */ (drawn), () => this.draw());
  }

  /** Reads colours and sizes again and redraws, after a change of the theme, the fonts or the text size. */
  restyle() {
    this.theme = readTheme(this.host);
    this.drawnFrom = null;
    this.draw();
  }

  /** Draws both layers, the static one only if its inputs changed; starts the animation of a new change. */
  draw() {
    const { clientWidth: width, clientHeight: height } = this.host;
    const { page } = this.store;
    // Nothing is drawn behind the table, but the page still shows this version.
    if (this.ready) this.host.dataset.version = String(page.view.v);
    const flat = hasFigure(drawnState(page).cluster.strategy);
    byId("well").classList.toggle("flat", flat);
    if (width === 0 || height === 0) return;
    if (flat) return this.drawFigure(page, width, height);
    this.figures?.clear();
    this.watchChange();
    const picture = pictureOf(page, this.data(), this.hover);
    const pen = prepare(this.still, width, height, this.theme.scale);
    const { offsetLeft, offsetWidth, offsetHeight } = this.legend;
    const legend = offsetLeft < 0 ? NOTHING : { width: offsetWidth, height: offsetHeight };
    const place = layout(width, height, picture, textMeasure(pen, this.theme, legend));
    Object.assign(this, { picture, layout: place });
    const from = [width, height, place.R, place.lod, picture.tokens, picture.tokenBins, picture.density, picture.mode];
    const key = [...from, page.drawn, picture.ranges, picture.nodes, picture.pins, this.theme, picture.scattered];
    if (!same(this.drawnFrom, key)) drawRing(pen, place, picture, this.theme);
    this.drawnFrom = key;
    this.tell(picture, place);
    this.step();
  }

  /**
   * Draws the figure of a strategy without ranges, in place of the ring.
   * @param {Readonly<Page>} page
   * @param {number} width
   * @param {number} height
   */
  drawFigure(page, width, height) {
    cancelAnimationFrame(this.frame);
    this.picture = this.layout = this.drawnFrom = null;
    if (!this.figures) return void this.loadFigures();
    const { theme, hover } = this;
    const whole = this.figures.draw(page, this.data(), { width, height, theme, hover: hover?.number ?? null });
    if (!this.ready) return;
    const { strategy } = drawnState(page).cluster;
    const moved = String(drawnChange(page)?.movement?.moved ?? 0);
    const state = whole ? "idle" : "loading";
    Object.assign(this.host.dataset, { lod: "figure", tokens: "0", moved, mode: "calm", strategy, state });
  }

  async loadFigures() {
    if (this.loading) return;
    this.loading = true;
    try {
      const { Figures: Shown } = await import("./figures/show.js");
      this.figures = new Shown(this.urls, () => this.draw());
      this.draw();
    } finally {
      this.loading = false;
    }
  }

  watchChange() {
    const change = drawnChange(this.store.page);
    if (change === this.change) return;
    this.change = change;
    this.since = change && !matchMedia(REDUCED).matches ? performance.now() : Number.NEGATIVE_INFINITY;
  }

  /** Draws the overlay at this moment of the animation, and requests the next frame while it runs. */
  step() {
    if (!this.picture || !this.layout) return;
    cancelAnimationFrame(this.frame);
    const t = Math.min(1, (performance.now() - this.since) / RUN_MS);
    const pen = prepare(this.moving, this.layout.width, this.layout.height, this.theme.scale);
    drawOverlay(pen, this.layout, { ...this.picture, hover: this.hover }, this.theme, t);
    if (this.ready) this.host.dataset.state = t < 1 ? "animating" : "idle";
    if (t < 1) this.frame = requestAnimationFrame(() => this.step());
  }

  /**
   * Sets data attributes that describe the drawing on the host, and fits the words in the middle.
   * @param {Picture} picture
   * @param {Layout} place
   */
  tell(picture, place) {
    const { page } = this.store;
    this.fitWords();
    if (!this.ready) return;
    const tokens = picture.tokens.length || (picture.tokenBins?.reduce((sum, n) => sum + n, 0) ?? 0);
    Object.assign(this.host.dataset, {
      lod: place.lod,
      tokens: String(tokens),
      moved: String(drawnChange(page)?.movement?.moved ?? 0),
      mode: drawnChange(page)?.work ? "moving" : picture.mode,
      strategy: drawnState(page).cluster.strategy,
    });
  }

  /** Places the words in the middle where there is room: below the lens, if there is one. */
  fitWords() {
    if (!this.layout) return void this.core.removeAttribute("style");
    const { lens, slot, density, cy, R } = this.layout;
    this.core.classList.toggle("s", R < 262);
    this.core.classList.toggle("xs", R < 200);
    this.core.style.setProperty("--room", `${slot.width}px`);
    const low = () => (lens?.width ? Math.max(cy + 28, lens.y + lens.height + 30 + this.core.offsetHeight / 2) : cy);
    // Leave out the last lines that would reach into the ring, or into the keys below a lens. The panel has them as well.
    const parts = /** @type {HTMLElement[]} */ ([...this.core.querySelectorAll(".sub, .cmp")]);
    for (const part of parts) part.hidden = false;
    const free = density.outer - (lens?.width ? density.length : 0);
    const isDeep = (/** @type {HTMLElement} */ { clientWidth }) =>
      low() + this.core.offsetHeight / 2 - cy > Math.sqrt(Math.max(0, free ** 2 - (clientWidth / 2) ** 2));
    for (const part of parts.reverse()) part.hidden = isDeep(part);
    this.core.style.top = `${low()}px`;
  }

  /**
   * What is under the pointer.
   * @param {MouseEvent} event
   */
  at(event) {
    if (this.figures?.scene) {
      const number = this.figures.at(event);
      return number ? { number, token: null, part: /** @type {const} */ ("arc") } : null;
    }
    const box = this.host.getBoundingClientRect();
    if (!this.picture || !this.layout) return null;
    return hit(this.layout, this.picture, event.clientX - box.left, event.clientY - box.top);
  }

  /** @param {Hit | null} hover */
  point(hover) {
    if (hover?.number === this.hover?.number && hover?.token === this.hover?.token) return;
    this.hover = hover;
    if (this.figures?.scene) this.draw();
    else this.step();
  }
}

/** @type {(a: unknown, b: unknown[]) => boolean} */
const same = (a, b) => Array.isArray(a) && a.length === b.length && a.every((part, i) => part === b[i]);
