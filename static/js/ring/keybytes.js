/** Converts the text of the key field to bytes and back. Keys are bytes; text stands for its UTF-8. Pure. */

import { count } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";

/** The same as MAX_KEY_BYTES in ringviz/bounds.py. */
export const MOST_BYTES = 1024;

/** @typedef {{bytes: Uint8Array, trouble: ""} | {bytes: null, trouble: string}} Read trouble: what to do, in words */

const ESCAPES = new Map([
  ["n", 10],
  ["r", 13],
  ["t", 9],
  ["0", 0],
  ["\\", 92],
]);
const ESCAPE = /\\(x[0-9a-fA-F]{2}|[^x]|x?$|x.{0,2})/gsu;

/**
 * The bytes of a key. Never truncates: a key that is too long, or an invalid escape, is an error.
 * @param {string} text
 * @param {boolean} escapes whether \x00, \n and the like stand for bytes
 * @returns {Read}
 */
export function bytesOf(text, escapes) {
  const encoder = new TextEncoder();
  /** @type {Uint8Array[]} */
  const parts = [];
  let end = 0;
  for (const found of escapes ? text.matchAll(ESCAPE) : []) {
    const [whole, word] = found;
    const byte = /^x../s.test(word) ? Number(`0${word}`) : ESCAPES.get(word);
    if (byte === undefined || Number.isNaN(byte)) return { bytes: null, trouble: notAnEscape(whole) };
    parts.push(encoder.encode(text.slice(end, found.index)), Uint8Array.of(byte));
    end = found.index + whole.length;
  }
  parts.push(encoder.encode(text.slice(end)));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > MOST_BYTES) return tooLong(length);
  return { bytes: Uint8Array.from(parts.flatMap((part) => [...part])), trouble: "" };
}

/**
 * @param {number} length bytes
 * @returns {Read}
 */
function tooLong(length) {
  const text = _("This key has %(n)s bytes, and a key has at most %(most)s. It was not looked up.");
  return { bytes: null, trouble: interpolate(text, { n: count(length), most: count(MOST_BYTES) }) };
}

/** @param {string} what */
const notAnEscape = (what) =>
  interpolate(
    _("%(what)s is not an escape. Use \\n, \\r, \\t, \\0, \\x and two hex digits, or \\\\ for a backslash."),
    {
      what,
    },
  );

/**
 * Bytes in percent-encoding.
 * @param {Uint8Array} bytes
 */
export const percentEncoded = (bytes) =>
  Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");

/**
 * Text with escapes for what a one-line field would drop.
 * @param {string} text
 */
export const escaped = (text) =>
  text.replace(/[\\\r\n\t\0]/g, (letter) => {
    const [name] = [...ESCAPES].find(([, byte]) => byte === letter.charCodeAt(0)) ?? [""];
    return `\\${name}`;
  });
