/** The theme's colours, and the shades and patterns of holders. */

import { LOOKS } from "./faces.js";

/**
 * @typedef {{bg: string, panel: string, ink: string, ink2: string, ink3: string, line: string, line2: string, bad: string,
 *   mono: string, sans: string}} Theme
 * @typedef {{fill: string | CanvasPattern, ink: string, edge: boolean, pill: boolean}} Look
 *   ink: of the words on it; edge: whether it has an outline; pill: whether words have a background of their own
 */

/** @returns {Theme} */
export function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const names = ["bg", "panel", "ink", "ink2", "ink3", "line", "line2", "bad", "mono", "sans"];
  return /** @type {Theme} */ (
    Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]))
  );
}

export class Ink {
  /** @param {Theme} theme */
  constructor(theme) {
    this.theme = theme;
    /** @type {Map<string, CanvasPattern | string>} */
    this.patterns = new Map();
  }

  /** @param {number} index of `faces.js` @param {string} ground @returns {Look} */
  look(index, ground) {
    const { theme } = this;
    const mixed = (/** @type {number} */ part) => `color-mix(in srgb, ${theme.ink} ${part}%, ${theme.bg})`;
    const looks = [
      { fill: theme.ink2, ink: theme.panel, edge: false, pill: false },
      { fill: mixed(9), ink: theme.ink, edge: true, pill: false },
      { fill: mixed(30), ink: theme.ink, edge: false, pill: false },
      { fill: this.pattern("dots", ground), ink: theme.ink, edge: true, pill: true },
      { fill: theme.ink, ink: theme.panel, edge: false, pill: false },
      { fill: this.pattern("lines", ground), ink: theme.ink, edge: true, pill: true },
    ];
    return index < LOOKS ? looks[index] : { fill: mixed(18), ink: theme.ink, edge: false, pill: false };
  }

  /**
   * @param {"dots" | "lines" | "hatch"} name
   * @param {string} ground
   * @returns {CanvasPattern | string}
   */
  pattern(name, ground) {
    const key = name + ground;
    const made = this.patterns.get(key) ?? tile(name, ground, this.theme) ?? ground;
    this.patterns.set(key, made);
    return made;
  }
}

/** CSS pixels per tile pixel: tiles are drawn for whole device pixels. */
export const tileScale = () => 1 / Math.ceil(globalThis.devicePixelRatio || 1);

/** @type {Record<string, {size: number, draw: (ctx: CanvasRenderingContext2D, theme: Theme) => void}>} */
const TILES = {
  dots: {
    size: 7,
    draw: (ctx, { ink2 }) => {
      ctx.fillStyle = ink2;
      ctx.arc(3, 3, 1.4, 0, 2 * Math.PI);
      ctx.fill();
    },
  },
  lines: {
    size: 6,
    draw: (ctx, { ink3 }) => {
      ctx.fillStyle = ink3;
      ctx.fillRect(0, 0, 6, 1.5);
    },
  },
  hatch: {
    size: 11,
    draw: (ctx, { ink3 }) => {
      ctx.strokeStyle = ink3;
      ctx.lineWidth = 2;
      for (const by of [-11, 0, 11]) {
        ctx.moveTo(by - 2, 13);
        ctx.lineTo(by + 13, -2);
      }
      ctx.stroke();
    },
  },
};

/**
 * @param {string} name
 * @param {string} ground
 * @param {Theme} theme
 */
function tile(name, ground, theme) {
  const { size, draw } = TILES[name];
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size / tileScale();
  const ctx = canvas.getContext("2d");
  if (!ctx) return null;
  ctx.scale(1 / tileScale(), 1 / tileScale());
  ctx.fillStyle = ground;
  ctx.fillRect(0, 0, size, size);
  ctx.beginPath();
  draw(ctx, theme);
  const made = ctx.createPattern(canvas, "repeat");
  made?.setTransform(new DOMMatrix().scale(tileScale()));
  return made;
}
