/** The timeline strip: events as glyphs, the share of keys that each moved as a bar, and a flag at the moment shown. */

import { clock, count, duration } from "../../lib/format.js";
import { _, interpolate } from "../../lib/i18n.js";
import { DOT } from "../kinds/glyphs.js";
import { stripModel } from "./strip-model.js";
import { cut, node, render, text } from "./svg.js";

/** @import { Glyph } from "../kinds/glyphs.js" */
/** @import { Spot, StripEvent, StripModel } from "./strip-model.js" */

/** @typedef {{v: number, x: number, x0: number, x1: number}} Area between x0 and x1, the event v is nearest */

const HEIGHT = 104;
const LINE = 56;
const BAR = 30;
const LEFT = 24;
const AIR = 8;
/** Mean width of a letter relative to the text size; a little too large on purpose. */
const WIDEST = 0.56;

/**
 * Draws the strip.
 * @param {SVGSVGElement} svg
 * @param {{events: StripEvent[], at: number | null, head: number, now: number, width: number, size?: number,
 *   plan?: {glyph?: Glyph, label: string} | null, stale?: boolean, bare?: boolean}} log
 *   at: the version shown, null at the head; now: ms; size: of the text in px; stale: the connection is lost; bare: keys are
 *   not known, so there are no bars and no title for them
 * @returns {Area[]} which event a click belongs to
 */
export function strip(svg, log) {
  const { width, size = 13, plan = null, stale = false, bare = false } = log;
  const model = stripModel({ ...log, plan: plan !== null });
  const children = [
    ...(bare ? [] : drawTitle(model, width, size)),
    ...drawSegments(model, size),
    ...drawTicks(model, size),
    ...model.places.flatMap((place, i) => drawEvent(place, place.v === shownVersion(log), i > 0 || model.before > 0)),
    ...drawLabels(model, log, width, size),
    ...(plan ? drawPlan(model.end, plan, size) : []),
    ...(model.cursor.live ? [] : drawNow(model, size)),
    ...drawFlag(model, width, stale ? "ink3" : "ink", size),
  ];
  render(svg, width, HEIGHT, children);
  return areas(model.places, width);
}

/** @param {{at: number | null, head: number}} log */
const shownVersion = ({ at, head }) => at ?? head;

/**
 * @param {StripModel} model
 * @param {number} size
 * @returns {SVGElement[]}
 */
function drawSegments({ segments, before, after }, size) {
  return segments.flatMap(({ x0, x1, cut: broken, ms }, i) => {
    const line = { fill: "none", stroke: "var(--line2)", "stroke-width": 1.5 };
    if (!broken) return [node("path", { d: `M${x0} ${LINE}H${x1}`, ...line })];
    const middle = (x0 + x1) / 2;
    const slashes = `M${middle - 8} ${LINE + 8}L${middle - 3} ${LINE - 8}M${middle + 3} ${LINE + 8}L${middle + 8} ${LINE - 8}`;
    const first = i === 0 && before > 0;
    const last = i === segments.length - 1 && after > 0;
    const words = first
      ? interpolate(_("%(n)s earlier"), { n: count(before) })
      : last
        ? interpolate(_("%(n)s later"), { n: count(after) })
        : duration(ms);
    return [
      node("path", { d: `M${x0} ${LINE}H${middle - 6}M${middle + 6} ${LINE}H${x1}`, ...line }),
      node("path", { d: slashes, stroke: "var(--ink2)", "stroke-width": 1.8 }),
      text(words, middle, LINE - 16, { size, ink: "ink3", anchor: "middle" }),
    ];
  });
}

/**
 * @param {StripModel} model
 * @param {number} size
 * @returns {SVGElement[]}
 */
function drawTicks({ ticks }, size) {
  let free = Number.NEGATIVE_INFINITY;
  return ticks.flatMap(({ x, ms }) => {
    const drawn = [node("path", { d: `M${x} ${LINE - 4}V${LINE + 4}`, stroke: "var(--line2)" })];
    if (x < free) return drawn;
    free = x + size * 3.6;
    return [...drawn, text(clock(ms).slice(0, 5), x, HEIGHT - 7, { size, ink: "ink3", anchor: "middle" })];
  });
}

/**
 * @param {Spot} place
 * @param {boolean} chosen
 * @param {boolean} compared whether there was a ring before it
 * @returns {SVGElement[]}
 */
function drawEvent({ x, event, later }, chosen, compared) {
  const glyph = event.glyph ?? DOT;
  const height = (event.share ?? 0) * BAR;
  const bar = node("rect", {
    x: x - 6,
    y: LINE - 10 - height,
    width: 12,
    height,
    fill: later ? "none" : "var(--ink3)",
    stroke: later ? "var(--line2)" : undefined,
    opacity: chosen ? 1 : 0.6,
  });
  const drawn = node(
    "g",
    { transform: `translate(${x.toFixed(1)} ${LINE})` },
    node("circle", { r: 9, fill: "var(--panel)" }),
    node("path", {
      d: glyph.d,
      fill: "none",
      stroke: `var(--${glyph.ink})`,
      "stroke-width": glyph.width,
      opacity: later ? 0.55 : undefined,
    }),
  );
  return compared && height > 0.5 ? [bar, drawn] : [drawn];
}

/**
 * Labels under the events: first the one that is shown, then the others from the left, where there is room.
 * @param {StripModel} model
 * @param {{at: number | null, head: number}} log
 * @param {number} width
 * @param {number} size
 * @returns {SVGElement[]}
 */
function drawLabels({ places }, log, width, size) {
  /** @type {[number, number][]} */
  const taken = [];
  const order = places.slice().sort((a, b) => Number(b.v === shownVersion(log)) - Number(a.v === shownVersion(log)));
  return order.flatMap(({ x, event, v }) => {
    const chosen = v === shownVersion(log);
    const words = cut(event.label, 120, size);
    const half = (words.length * size * 0.55) / 2;
    const middle = Math.min(width - half - 2, Math.max(x, half + 2));
    if (taken.some(([from, to]) => middle - half < to + 6 && middle + half > from - 6)) return [];
    taken.push([middle - half, middle + half]);
    const style = { size, ink: chosen ? "ink" : "ink2", weight: chosen ? 700 : undefined };
    return [text(words, middle, LINE + 24, { ...style, anchor: "middle" })];
  });
}

/**
 * @param {number} x where the plan starts
 * @param {{glyph?: Glyph, label: string}} plan
 * @param {number} size
 * @returns {SVGElement[]}
 */
function drawPlan(x, { glyph = DOT, label }, size) {
  const dashed = { stroke: "var(--line2)", "stroke-width": 1.5, "stroke-dasharray": "4 4" };
  return [
    node("path", { d: `M${x} ${LINE}H${x + 53}`, ...dashed }),
    node(
      "g",
      { transform: `translate(${(x + 62).toFixed(1)} ${LINE})` },
      node("circle", { r: 9, fill: "var(--panel)", stroke: "var(--ink)", "stroke-dasharray": "3 3" }),
      node("path", { d: glyph.d, fill: "none", stroke: `var(--${glyph.ink})`, "stroke-width": glyph.width }),
    ),
    text(cut(label, 96, size), x + 94, LINE + 24, { size, weight: 700, anchor: "end" }),
  ];
}

/**
 * Marks now while another moment is shown; its word is on the right, since the length of a gap may be on the left.
 * @param {StripModel} model
 * @param {number} size
 * @returns {SVGElement[]}
 */
function drawNow({ end, after }, size) {
  const line = node("path", { d: `M${end} ${LINE - 9}V${LINE + 9}`, stroke: "var(--line2)", "stroke-width": 2 });
  return [line, ...(after > 0 ? [] : [text(_("now"), end - 4, LINE - 14, { size, ink: "ink3" })])];
}

/**
 * The title of the bars, at the left, or to the right of the flag if that is there; left out if neither has room.
 * @param {StripModel} model
 * @param {number} width
 * @param {number} size
 * @returns {SVGElement[]}
 */
function drawTitle(model, width, size) {
  const words = _("Share of keys that changed owner");
  const wide = words.length * size * WIDEST;
  const flag = flagOf(model, width, size);
  const x = LEFT + wide + AIR <= flag.x ? LEFT : Math.max(LEFT, flag.x + flag.width + AIR);
  return x + wide > width ? [] : [text(words, x, 14, { size, ink: "ink3" })];
}

/**
 * The position of the flag.
 * @param {StripModel} model
 * @param {number} width
 * @param {number} size
 */
function flagOf({ cursor }, width, size) {
  const wide = size * 6;
  return { x: Math.max(2, Math.min(cursor.x - wide / 2, width - wide - 2)), width: wide };
}

/**
 * @param {StripModel} model
 * @param {number} width
 * @param {string} ink
 * @param {number} size
 * @returns {SVGElement[]}
 */
function drawFlag(model, width, ink, size) {
  const { cursor } = model;
  const { x, width: wide } = flagOf(model, width, size);
  const flag = { x, y: 2, width: wide, height: size + 8, rx: 5, fill: `var(--${ink})` };
  const words = { size, ink: "panel", weight: 600, anchor: /** @type {const} */ ("middle"), mono: true };
  return [
    node("path", { d: `M${cursor.x} ${size + 9}V${LINE + 10}`, stroke: "var(--ink)", "stroke-width": 2 }),
    node("rect", flag),
    text(clock(cursor.ms), x + wide / 2, size + 4, words),
  ];
}

/**
 * @param {Spot[]} places
 * @param {number} width
 * @returns {Area[]}
 */
function areas(places, width) {
  return places.map(({ v, x }, i) => ({
    v,
    x,
    x0: i === 0 ? 0 : (places[i - 1].x + x) / 2,
    x1: i === places.length - 1 ? width : (x + places[i + 1].x) / 2,
  }));
}
