/** The board: a line for each lock, drawn only while it is in view, and the axis above them. */

import { byId, h, narrow } from "../lib/dom.js";
import { clock as timeOfDay } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";
import { stoppedAt } from "./clockwork.js";
import { fitCanvas, Pen } from "./draw.js";
import { readTheme } from "./ink.js";
import { idOf } from "./lanes.js";
import { LaneView } from "./laneview.js";
import { summary } from "./words.js";

/** @import { Store } from "../lib/store.js" */
/** @import { Shape, Size } from "./draw.js" */
/** @import { Faces } from "./faces.js" */
/** @import { Lane, Page } from "./types.js" */

/** The time span of the board, in ms before and after now. */
const WIDE = { past: 45_000, ahead: 20_000 };
const PHONE = { past: 30_000, ahead: 15_000 };
const TICK_S = 10;

export const span = () => (matchMedia("(max-width: 760px)").matches ? PHONE : WIDE);

/** The heights match the rows in locks.css. */
const SHAPES = {
  wide: { top: 20, bar: 33, tick: 12, wait: 58, font: 13 },
  low: { top: 18, bar: 31, tick: 10, wait: 54, font: 13 },
  phone: { top: 10, bar: 30, tick: 3, wait: 44, font: 13 },
  present: { top: 24, bar: 46, tick: 14, wait: 78, font: 20 },
};

/** @returns {Shape} */
const shape = () =>
  SHAPES[
    document.body.classList.contains("present")
      ? "present"
      : matchMedia("(max-width: 760px)").matches
        ? "phone"
        : matchMedia("(max-height: 860px)").matches
          ? "low"
          : "wide"
  ];

export class Board {
  /**
   * @param {Store<Page>} store
   * @param {Faces} faces
   * @param {(id: string) => void} open
   */
  constructor(store, faces, open) {
    this.store = store;
    this.open = open;
    this.host = byId("board");
    this.list = byId("lanes");
    this.axis = byId("axis");
    this.waits = /** @type {HTMLCanvasElement} */ (byId("waits"));
    this.pen = new Pen(readTheme(), (label) => faces.of(label));
    this.faces = faces;
    /** @type {Map<string, LaneView>} */
    this.views = new Map();
    /** @type {Set<Element>} */
    this.inView = new Set();
    this.drawnAt = -1;
    this.watcher = new IntersectionObserver((entries) => this.seen(entries), { rootMargin: "120px" });
    new ResizeObserver(() => this.restyle()).observe(this.host);
    new MutationObserver(() => this.restyle()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    void document.fonts.ready.then(() => this.redraw());
  }

  /** @param {IntersectionObserverEntry[]} entries */
  seen(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.inView.add(target);
      else this.inView.delete(target);
    }
    this.redraw();
  }

  /** The theme or the size changed. */
  restyle() {
    this.pen = new Pen(readTheme(), (label) => this.faces.of(label));
    for (const view of this.views.values()) view.measured = false;
    this.ruler();
    this.redraw();
  }

  redraw() {
    this.drawnAt = -1;
  }

  /**
   * Puts these lanes on the board, in this order; keeps the rows of lanes that stay.
   * @param {Lane[]} lanes
   */
  show(lanes) {
    const { selected } = this.store.page;
    const stay = new Set(lanes.map((lane) => lane.id));
    for (const id of [...this.views.keys()]) if (!stay.has(id)) this.drop(id);
    const focused = document.activeElement;
    for (const [i, lane] of lanes.entries()) {
      const view = this.views.get(lane.id) ?? this.make(lane);
      view.lane = lane;
      view.fill(selected !== null && selected === idOf(lane));
      if (this.list.children[i] !== view.element) this.list.insertBefore(view.element, this.list.children[i] ?? null);
    }
    // Moving a row makes it lose the focus.
    if (focused instanceof HTMLElement && focused !== document.activeElement && this.list.contains(focused)) {
      focused.focus({ preventScroll: true });
    }
    this.redraw();
  }

  /** @param {Lane} lane */
  make(lane) {
    const view = new LaneView(lane, this.faces, this.open);
    this.views.set(lane.id, view);
    this.watcher.observe(view.element);
    return view;
  }

  /** @param {string} id */
  drop(id) {
    const view = this.views.get(id);
    if (!view) return;
    this.watcher.unobserve(view.element);
    this.inView.delete(view.element);
    view.element.remove();
    this.views.delete(id);
  }

  /** The times above the lanes. */
  ruler() {
    const { past, ahead } = span();
    const left = (/** @type {number} */ s) => `${((s * 1000 + past) / (past + ahead)) * 100}%`;
    const times = [];
    for (let s = Math.ceil(-past / 1000 / TICK_S) * TICK_S; s <= ahead / 1000 - TICK_S / 2; s += TICK_S) {
      if (s === 0 || s * 1000 === -past) continue;
      const text = interpolate(s < 0 ? _("%(n)s s ago") : _("in %(n)s s"), { n: Math.abs(s) });
      times.push(h("span", { "--x": left(s) }, text));
    }
    const stopped = stoppedAt(this.store.page);
    const now = h("span", { class: "now", "--x": left(0) }, stopped === null ? _("now") : timeOfDay(stopped));
    this.axis.replaceChildren(...times, now);
    this.host.style.setProperty("--now", String(past / (past + ahead)));
    byId("left-head").textContent = stopped === null ? _("Left") : _("Left then");
  }

  /**
   * @param {number} now
   * @param {boolean} digits
   */
  tick(now, digits) {
    if (this.host.hidden || this.host.offsetParent === null) return;
    const { past, ahead } = span();
    const ratio = globalThis.devicePixelRatio || 1;
    const width = this.waits.clientWidth;
    // Redraw only once something has moved by a device pixel.
    const at = Math.floor((now / (past + ahead)) * width * ratio);
    const moved = at !== this.drawnAt;
    this.drawnAt = at;
    for (const view of this.views.values()) {
      if (!this.inView.has(view.element)) continue;
      if (digits || moved) view.digits(now, digits && narrow());
      if (moved) view.draw(this.pen, shape(), { past, ahead, ratio }, now);
    }
    if (moved) this.drawWaits({ past, ahead, ratio }, now);
  }

  /**
   * @param {Pick<Size, "past" | "ahead" | "ratio">} window
   * @param {number} now
   */
  drawWaits(window, now) {
    const size = fitCanvas(this.waits, window.ratio);
    const ctx = this.waits.getContext("2d");
    if (ctx) this.pen.steps(ctx, { ...window, ...size }, this.store.page.table.series, now);
  }
}

/** @param {Page["table"]} table @param {number} free */
export function writeSummary(table, free) {
  const text = summary(table, free);
  const el = byId("summary");
  if (el.textContent !== text) el.textContent = text;
}
