/** p50, p95, p99 and the driver's own lag over the last 40 seconds, drawn by uPlot on the lanes' time scale. */

import { font } from "../../lib/canvas.js";
import { byId, h } from "../../lib/dom.js";
import { _, interpolate } from "../../lib/i18n.js";
import { onTheme } from "../../lib/theme.js";
import { readInk } from "../ink.js";
import { scaleX, spread } from "./geometry.js";
import { msWords } from "./headline.js";
import { SPAN_MS, stretches } from "./history.js";
import { drawMarks } from "./lanedraw.js";

/** @import { History, Mark, Point } from "./history.js" */

/** @typedef {typeof uPlot} UPlot of static/vendor, whose types are global (tsconfig.json) */

const AXIS = 46; // px left of the lanes, for the scale
const FOOT = 22; // px below, for marks
const LABEL = 17;
const LEAST_MS = 0.1;
const NOTHING = { p50: null, p95: null, p99: null, lag: null };
const NAMES = /** @type {const} */ (["p50", "p95", "p99", "lag"]);

/**
 * uPlot's columns: seconds before now, then each line. A gap between frames is a gap in the lines.
 * @param {Point[]} points
 * @param {number} now
 * @returns {(number | null)[][]}
 */
export function columnsOf(points, now) {
  const parts = stretches(points.filter(({ at }) => at >= now - SPAN_MS));
  const rows = parts.flatMap((part, i) => (i > 0 ? [{ ...NOTHING, at: part[0].at - 1 }, ...part] : part));
  const shown = (/** @type {number | null} */ ms) => (ms === null ? null : Math.max(LEAST_MS, ms));
  return [rows.map(({ at }) => (at - now) / 1000), ...NAMES.map((name) => rows.map((row) => shown(row[name])))];
}

/**
 * The marks under the curves: the newest switch and the newest fault, if they do not touch.
 * @param {Mark[]} marks
 */
export function namedMarks(marks) {
  const policy = marks.findLast(({ kind }) => kind === "policy");
  const fault = marks.findLast(({ kind }) => kind === "fault");
  return [policy, fault].filter((mark) => mark !== undefined);
}

export class Percentiles {
  /** @param {History} history */
  constructor(history) {
    this.history = history;
    this.host = byId("curves");
    this.ends = byId("ends");
    this.ink = readInk();
    /** @type {InstanceType<UPlot> | null} */
    this.plot = null;
    onTheme(() => this.restyle());
    new ResizeObserver(() => this.resize()).observe(this.host);
  }

  /** The colours or the text size changed. uPlot only reads them when it is created. */
  restyle() {
    this.ink = readInk();
    this.plot?.destroy();
    this.plot = null;
    this.write();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (this.plot && width > 0 && height > 0) this.plot.setSize({ width, height });
    this.write();
  }

  /** Shows the newest points. */
  write() {
    if (this.host.clientWidth === 0) return;
    const { points, at } = this.history;
    this.plot ??= this.make();
    this.plot.setData(/** @type {any} */ (columnsOf(points, at)), true);
    this.label(points.at(-1) ?? null);
  }

  make() {
    const { ink } = this;
    const { clientWidth: width, clientHeight: height } = this.host;
    const line = (/** @type {string} */ stroke, /** @type {number} */ wide, /** @type {number[]} */ dash = []) => ({
      stroke,
      width: wide,
      dash,
      points: { show: false },
      spanGaps: false,
    });
    /** @type {any} */
    const options = {
      width,
      height,
      padding: [8, 0, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      select: { show: false },
      scales: {
        x: { time: false, range: () => [-SPAN_MS / 1000, 0] },
        y: {
          distr: 3,
          range: (/** @type {any} */ _u, /** @type {number} */ _low, /** @type {number} */ high) => [
            LEAST_MS,
            bound(high),
          ],
        },
      },
      axes: [
        { size: FOOT, show: true, values: () => [], grid: { show: false }, ticks: { show: false } },
        {
          size: AXIS,
          stroke: ink.ink3,
          font: font(ink, 13),
          grid: { stroke: ink.line, width: 1 },
          ticks: { show: false },
          splits: () => [1, 10, 100, 1000, 10_000],
          values: (/** @type {any} */ _u, /** @type {number[]} */ splits) =>
            splits.map((ms) => (ms < 1000 ? String(ms) : `${ms / 1000}k`)),
        },
      ],
      series: [{}, line(ink.ink2, 1.25), line(ink.ink, 2), line(ink.ink, 3.2), line(ink.ink3, 1.25, [3, 3])],
      hooks: { draw: [(/** @type {InstanceType<UPlot>} */ u) => this.drawMarks(u)] },
    };
    const { uPlot } = /** @type {{uPlot: UPlot}} */ (/** @type {unknown} */ (globalThis));
    return new uPlot(options, /** @type {any} */ (columnsOf([], 0)), this.host);
  }

  /** @param {InstanceType<UPlot>} u */
  drawMarks({ ctx, bbox }) {
    const { ink, history } = this;
    const ratio = devicePixelRatio || 1;
    ctx.save();
    ctx.setTransform(ratio, 0, 0, ratio, bbox.left, 0);
    const [width, bottom] = [bbox.width / ratio, (bbox.top + bbox.height) / ratio];
    const x = scaleX(width, history.at);
    const marks = history.marks.filter(({ kind }) => kind !== "health");
    drawMarks(ctx, ink, marks, x, 0, bottom);
    Object.assign(ctx, { textBaseline: "top", fillStyle: ink.ink2 });
    /** @type {{from: number, to: number}[]} */
    const taken = [];
    for (const { at, kind, text } of namedMarks(marks)) {
      const words = kind === "policy" ? _("policy switched") : text;
      ctx.font = font(ink, 13, kind === "policy" ? 700 : 400);
      const half = ctx.measureText(words).width / 2;
      const middle = Math.max(half, Math.min(width - half, x(at)));
      if (x(at) < 0 || taken.some(({ from, to }) => middle - half < to && middle + half > from)) continue;
      taken.push({ from: middle - half - 8, to: middle + half + 8 });
      ctx.textAlign = "center";
      ctx.fillText(words, middle, bottom + 5);
    }
    ctx.restore();
  }

  /**
   * Names the lines at their right ends, with their current values.
   * @param {Point | null} point
   */
  label(point) {
    const { plot } = this;
    const named = point
      ? NAMES.flatMap((name) => (point[name] === null ? [] : [{ name, ms: Number(point[name]) }]))
      : [];
    if (!plot || named.length === 0) return this.ends.replaceChildren();
    const top = plot.bbox.top / (devicePixelRatio || 1);
    const wanted = named.map(({ ms }) => top + plot.valToPos(Math.max(LEAST_MS, ms), "y") - LABEL / 2);
    const found = spread(wanted, LABEL * this.ink.zoom, this.host.clientHeight - LABEL);
    this.ends.replaceChildren(
      ...named.map(({ name, ms }, i) =>
        h(
          "span",
          { class: name, "--y": `${Math.round(found[i])}px` },
          interpolate(wordsFor(name), { ms: msWords(ms) }),
        ),
      ),
    );
  }
}

/** The upper end of the scale: the next power of ten. @param {number} most */
const bound = (most) => 10 ** Math.max(2, Math.ceil(Math.log10(Math.max(1, most * 1.15))));

/** @param {typeof NAMES[number]} name */
const wordsFor = (name) => (name === "lag" ? _("driver loop lag %(ms)s") : `${name} %(ms)s`);
