/** Shared by all canvases: their size in device pixels, and fonts that scale with the page's text. */

/**
 * The scale of the page's text: 1, or more in a presentation.
 * @param {CSSStyleDeclaration} style computed
 */
export const zoomOf = (style) => pixels(style.getPropertyValue("--f1").trim(), 13) / 13;

/**
 * A CSS length in px.
 * @param {string} length in px or rem
 * @param {number} otherwise the result for any other unit
 */
function pixels(length, otherwise) {
  const n = Number.parseFloat(length);
  if (!(n > 0)) return otherwise;
  return length.endsWith("rem") ? n * Number.parseFloat(getComputedStyle(document.documentElement).fontSize) : n;
}

/**
 * A font for a canvas, scaled like the page's text.
 * @param {{sans: string, mono: string, zoom: number}} theme
 * @param {number} size px at the page's usual size
 * @param {number} [weight]
 * @param {"sans" | "mono"} [family]
 */
export const font = (theme, size, weight = 400, family = "sans") => `${weight} ${size * theme.zoom}px ${theme[family]}`;

/**
 * Sizes a canvas to its box in device pixels and returns a context that counts in CSS pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @param {number} scale device pixels per CSS pixel
 */
export function prepare(canvas, width, height, scale) {
  const w = Math.round(width * scale);
  const h = Math.round(height * scale);
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  ctx.setTransform(scale, 0, 0, scale, 0, 0);
  return ctx;
}
