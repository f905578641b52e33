/** The layout of the ring: measures computed from the size of the host, the picture and a text measure. Pure. */

import {
  clearRadius,
  labelCorner,
  lensFactor,
  lensWindow,
  levelOfDetail,
  TAU,
  TOKEN_SPACE,
} from "../../lib/geometry.js";
import { font } from "./theme.js";

/** @import { Label, Layout, LensBox, Picture, TextMeasure, Walk } from "./types.js" */

const SMALL = 400;
const LEAST_RADIUS = 90;
const MARGIN = 18;
const LINE_HEIGHT = 18;

/**
 * Measures text with a canvas.
 * @param {CanvasRenderingContext2D} ctx
 * @param {{sans: string, mono: string, zoom: number}} theme
 * @param {{width: number, height: number}} [legend] box in the lower left corner that the ring must not touch
 * @returns {TextMeasure}
 */
export const textMeasure = (ctx, { sans, mono, zoom }, legend = { width: 0, height: 0 }) => ({
  sans,
  mono,
  zoom,
  legend,
  measure(text, style) {
    ctx.font = style;
    return ctx.measureText(text).width;
  },
});

/**
 * @param {number} width of the host
 * @param {number} height of the host
 * @param {Picture} picture
 * @param {TextMeasure} text
 * @returns {Layout}
 */
export function layout(width, height, picture, text) {
  const small = Math.min(width, height) < SMALL;
  const lines = small || !picture.walk ? [] : labelLines(picture.walk, width * 0.36, text);
  const label = {
    width: Math.max(0, ...lines.map((line) => text.measure(line.text, line.font))),
    height: lines.length * LINE_HEIGHT * text.zoom,
  };
  const R = radius(width, height, small, label, text.legend);
  const count = picture.tokens.length || binned(picture);
  const lod = levelOfDetail(count, R);
  const thickness = ringThickness(R, small, lod);
  const r0 = R - thickness;
  const changed = picture.mode !== "calm" && picture.ranges !== null;
  const before = changed ? { inner: r0 - (small ? 12 : 17), outer: r0 - (small ? 4 : 6) } : null;
  const density = densityMeasures((before?.inner ?? r0 - (small ? 4 : 6)) - (small ? 4 : 7), R, small, lod);
  const cx = width / 2;
  const cy = height / 2;
  const free = Math.max(0, density.outer - density.length - 8);
  return {
    width,
    height,
    small,
    cx,
    cy,
    R,
    r0,
    r1: R,
    lift: small ? 8 : 12,
    lod,
    before,
    density,
    lanes: lanes(r0, thickness, picture.pins.length + picture.zones.length),
    walk: { radius: R + (small ? 14 : 19), leader: R + 28 },
    label: picture.walk && lines.length > 0 ? place(label, lines, picture.walk, width, height, text) : null,
    lens: lod === "band" && picture.lens ? lensBox(cx, cy, small ? 0 : free, picture.lens.at, count) : null,
    slot: { x: cx - free * 0.8, y: cy - free * 0.6, width: free * 1.6, height: free * 1.2 },
    leastArc: leastArc(picture.ranges?.length ?? 0, R),
  };
}

/** @param {Picture} picture */
export const binned = (picture) => picture.tokenBins?.reduce((sum, n) => sum + n, 0) ?? 0;

/**
 * The radius of the largest ring that leaves room for the legend, the key's label and its own marks.
 * @param {number} width
 * @param {number} height
 * @param {boolean} small
 * @param {{width: number, height: number}} label
 * @param {{width: number, height: number}} legend
 */
function radius(width, height, small, label, legend) {
  const around = Math.min(width / 2 - (small ? 30 : 52), height / 2 - (small ? 30 : 44));
  const free = (/** @type {{width: number, height: number}} */ box) =>
    box.width > 0 && !small ? clearRadius(width, height, MARGIN + 2 + box.width, 14 + box.height) - 24 : around;
  return Math.max(Math.min(around, free(label), free(legend)), Math.min(LEAST_RADIUS, Math.max(40, around)));
}

/**
 * The depth of the ring. Even in a host of a few pixels, it leaves a positive radius for the band and the bars inside, because
 * a canvas cannot draw a negative one.
 * @param {number} R at least 40
 * @param {boolean} small
 * @param {"arcs" | "thin" | "band"} lod
 */
function ringThickness(R, small, lod) {
  const wanted = lod === "band" ? (small ? 34 : Math.min(40, R * 0.14)) : small ? 22 : Math.min(34, R * 0.125);
  return Math.min(wanted, R * 0.45);
}

/**
 * Bars of keys: one per half degree, degree or one and a half degrees, depending on the room between them.
 * @param {number} outer
 * @param {number} R
 * @param {boolean} small
 * @param {"arcs" | "thin" | "band"} lod
 */
function densityMeasures(outer, R, small, lod) {
  const around = TAU * outer;
  const band = lod === "band";
  const bars = band && around / 720 >= 1.9 ? 720 : around / 360 >= (band ? 2 : 1.8) ? 360 : 240;
  const line = Math.min(2.2, Math.max(1, (around / bars) * 0.58));
  const length = small ? Math.min(18, outer / 2) : Math.min(band ? 44 : 32, R * 0.115);
  return { outer, length, bars, line };
}

/**
 * @param {number} r0
 * @param {number} thickness
 * @param {number} count
 */
function lanes(r0, thickness, count) {
  const step = (thickness - 2) / Math.max(3, count);
  return { inner: r0 + 2, height: Math.max(2, step - 2), step };
}

/**
 * Changed arcs are widened to be visible: to 3.2 px if they are few, but never so that together they take more than a fifth of
 * the ring. Thousands of them are visible anyway.
 * @param {number} count
 * @param {number} R
 */
const leastArc = (count, R) => (count > 2000 ? 0 : Math.min(3.2 / R, (0.2 * TAU) / Math.max(1, count)));

/**
 * @param {Walk} walk
 * @param {number} most width in px
 * @param {TextMeasure} text
 */
function labelLines(walk, most, text) {
  const fonts = [font(text, 14, 600, "mono"), font(text, 13, 600), font(text, 13)];
  return walk.lines.map((line, i) => {
    const style = fonts[Math.min(i, 2)];
    return { text: shortened(line, style, most, text), font: style, strong: i < 2 };
  });
}

/**
 * @param {string} line
 * @param {string} style
 * @param {number} most
 * @param {TextMeasure} text
 */
function shortened(line, style, most, text) {
  if (text.measure(line, style) <= most) return line;
  const letters = Array.from(line).slice(0, 200);
  while (letters.length > 1 && text.measure(`${letters.join("")}\u2026`, style) > most) letters.pop();
  return `${letters.join("")}\u2026`;
}

/**
 * @param {{width: number, height: number}} size
 * @param {import("./types.js").Line[]} lines
 * @param {Walk} walk
 * @param {number} width
 * @param {number} height
 * @param {TextMeasure} text
 * @returns {Label}
 */
function place(size, lines, walk, width, height, text) {
  const corner = labelCorner(walk.hash / TOKEN_SPACE);
  const right = corner !== "tl";
  const x = right ? width - MARGIN : MARGIN;
  const top = corner === "br" ? height - 14 - size.height : 10;
  return {
    lines,
    x,
    top,
    step: LINE_HEIGHT * text.zoom,
    align: right ? "right" : "left",
    first: text.measure(lines[0].text, lines[0].font),
    ...size,
  };
}

/**
 * @param {number} cx
 * @param {number} cy
 * @param {number} free radius of the empty disc; 0 if the lens has a separate canvas
 * @param {number} at
 * @param {number} count of tokens
 * @returns {LensBox}
 */
function lensBox(cx, cy, free, at, count) {
  const y = cy - free * 0.62;
  const width = free && Math.max(80, Math.min(300, 2 * Math.sqrt(free ** 2 - (cy - y) ** 2) - 16));
  const factor = lensFactor(count);
  return { x: cx - width / 2, y, width, height: free && 34, factor, ...lensWindow(at, factor) };
}
