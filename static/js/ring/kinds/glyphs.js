/** The signs of events on the timeline strip, as SVG paths around 0, 0. */

/** @typedef {{d: string, ink: string, width: number}} Glyph ink: a colour of tokens.css; width: of the line, px */

/** @type {Glyph} for events without a sign of their own */
export const DOT = { d: "M-3.6 0a3.6 3.6 0 1 0 7.2 0a3.6 3.6 0 1 0 -7.2 0", ink: "ink", width: 2 };
/** @type {Glyph} */
export const PLUS = { d: "M-4.5 0H4.5M0 -4.5V4.5", ink: "ink", width: 2 };
/** @type {Glyph} */
export const MINUS = { d: "M-4.5 0H4.5", ink: "ink", width: 2.4 };
/** @type {Glyph} */
export const CROSS = { d: "M-4.5 -4.5L4.5 4.5M4.5 -4.5L-4.5 4.5", ink: "bad", width: 2.6 };
/** @type {Glyph} */
export const UP = { d: "M-4.5 2L0 -3.5L4.5 2", ink: "ink", width: 2 };
/** @type {Glyph} */
export const DOWN = { d: "M-4.5 -2L0 3.5L4.5 -2", ink: "ink", width: 2 };
/** @type {Glyph} */
export const EQUALS = { d: "M-4.5 2.5H4.5M-4.5 -2.5H4.5", ink: "ink", width: 2 };
/** @type {Glyph} */
export const DIAMOND = { d: "M0 -4.5L4.5 0L0 4.5L-4.5 0Z", ink: "ink", width: 2 };
