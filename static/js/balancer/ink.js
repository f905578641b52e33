/** Colours and fonts of the race's drawings, from CSS. Read again when the theme or the text size changes. */

import { zoomOf } from "../lib/canvas.js";

/**
 * @typedef {{bg: string, ink: string, ink2: string, ink3: string, line: string, line2: string, sunk: string, sans: string,
 *   mono: string, zoom: number, scale: number}} Ink zoom: of text; scale: device pixels a CSS pixel
 */

const NAMES = ["bg", "ink", "ink2", "ink3", "line", "line2", "sunk", "sans", "mono"];

/** @returns {Ink} */
export function readInk() {
  const style = getComputedStyle(document.body);
  const colours = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  const scale = globalThis.devicePixelRatio || 1;
  return /** @type {Ink} */ ({ ...colours, zoom: zoomOf(style), scale });
}
