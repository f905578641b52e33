/** Colours, fonts and fills of the drawings. They come from CSS, so they are read again when the page's theme changes. */

import { font, prepare, zoomOf } from "../../lib/canvas.js";
import { HUES } from "../looks.js";

/** @import { Look, Theme } from "./types.js" */

const TILE = 8;

export { font, prepare };

/**
 * Reads the custom properties of an element, and the screen's pixel ratio. It costs a style computation, so call it when the
 * theme or the screen changes, not for every drawing.
 * @param {Element} element
 * @returns {Theme}
 */
export function readTheme(element) {
  const style = getComputedStyle(element);
  const value = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const family = (/** @type {string} */ name, /** @type {string} */ fallback) => value(name) || fallback;
  const eight = (/** @type {string} */ name) => Array.from({ length: HUES }, (_, i) => value(`--${name}${i + 1}`));
  return {
    ink: value("--ink"),
    ink2: value("--ink2"),
    ink3: value("--ink3"),
    line: value("--line"),
    line2: value("--line2"),
    sunk: value("--sunk"),
    bg: value("--bg"),
    panel: value("--panel"),
    hues: eight("n"),
    texts: eight("t"),
    sans: family("--sans", "sans-serif"),
    mono: family("--mono", "monospace"),
    scale: globalThis.devicePixelRatio || 1,
    zoom: zoomOf(style),
    patterns: new Map(),
  };
}

/**
 * The plain colour of a node; grey nodes share one.
 * @param {Theme} theme
 * @param {Look} look
 */
export const colour = (theme, look) => (look.pattern === "grey" ? theme.line2 : theme.hues[look.hue]);

/**
 * The fill of a node's arcs: its hue, or a pattern of it.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Theme} theme
 * @param {Look} look
 */
export function fill(ctx, theme, look) {
  if (look.pattern === "solid" || look.pattern === "grey") return colour(theme, look);
  return pattern(ctx, theme, look.pattern, theme.hues[look.hue]);
}

/**
 * The fill of planned arcs: always hatched.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Theme} theme
 * @param {Look} look
 */
export const planned = (ctx, theme, look) => pattern(ctx, theme, "hatched", colour(theme, look));

/**
 * A colour with lines or dots in the background colour, drawn once per theme and sharp at its scale.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Theme} theme
 * @param {"hatched" | "dotted"} kind
 * @param {string} ground
 */
export function pattern(ctx, theme, kind, ground) {
  const key = kind + ground;
  const known = theme.patterns.get(key);
  if (known) return known;
  const tile = document.createElement("canvas");
  const pen = prepare(tile, TILE, TILE, theme.scale);
  pen.fillStyle = ground;
  pen.fillRect(0, 0, TILE, TILE);
  if (kind === "hatched") hatch(pen, theme.bg);
  else dot(pen, theme.bg);
  const made = /** @type {CanvasPattern} */ (ctx.createPattern(tile, "repeat"));
  made.setTransform(new DOMMatrix().scale(TILE / tile.width, TILE / tile.height));
  theme.patterns.set(key, made);
  return made;
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {string} line
 */
function hatch(pen, line) {
  pen.strokeStyle = line;
  pen.lineWidth = 2;
  pen.beginPath();
  for (const x of [-TILE, 0, TILE]) {
    pen.moveTo(x - 1, TILE + 1);
    pen.lineTo(x + TILE + 1, -1);
  }
  pen.stroke();
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {string} spot
 */
function dot(pen, spot) {
  pen.fillStyle = spot;
  for (const [x, y] of [
    [2, 2],
    [6, 6],
  ]) {
    pen.beginPath();
    pen.arc(x, y, 1.4, 0, 7);
    pen.fill();
  }
}
