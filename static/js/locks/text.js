/** Names and values from other people's servers as harmless text: nothing in it is hidden, reversed or breaks lines. */

/** @import { Text } from "./types.js" */

/** Everything that is not printable, and the backslash that begins an escape: the same as in live/inert.py. */
const NOT_SHOWN = /[^\P{C}]|[\p{Zl}\p{Zp}\\]|(?! )\p{Zs}/gu;
const MOST_SHOWN = 120;
const ID_ENDS = 4;

/**
 * @param {Text | null | undefined} text
 * @returns {string} invisible characters as escaped bytes ("\xe2\x80\xae"), backslashes doubled; "" for none
 */
export function plain(text) {
  if (text == null) return "";
  return typeof text === "string" ? inert(text) : runs(bytesOf(text.b64));
}

/** @param {string} text */
const inert = (text) =>
  text.replace(NOT_SHOWN, (letter) => (letter === "\\" ? "\\\\" : spelled(new TextEncoder().encode(letter))));

/** @param {Uint8Array} bytes */
const spelled = (bytes) => Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");

/** @param {string} b64 @returns {Uint8Array} empty if it is not base64 */
function bytesOf(b64) {
  try {
    return Uint8Array.from(atob(b64), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

/** The bytes as letters where they are valid, others as escapes. @param {Uint8Array} bytes */
function runs(bytes) {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  for (let i = 0; i < bytes.length; ) {
    const length = bytes[i] < 0x80 ? 1 : bytes[i] < 0xe0 ? 2 : bytes[i] < 0xf0 ? 3 : 4;
    const letter = bytes.subarray(i, i + length);
    try {
      text += inert(decoder.decode(letter));
      i += length;
    } catch {
      text += spelled(letter.subarray(0, 1));
      i += 1;
    }
  }
  return text;
}

/**
 * @param {Text | null | undefined} text
 * @param {number} [most] letters; the middle is left out
 */
export function brief(text, most = MOST_SHOWN) {
  const letters = [...plain(text)];
  if (letters.length <= most) return letters.join("");
  const tail = Math.floor((most - 1) / 3);
  return `${letters.slice(0, most - 1 - tail).join("")}…${letters.slice(-tail).join("")}`;
}

/**
 * A short form of a holder_id: its two ends, which distinguish it from others.
 * @param {Text | null | undefined} text
 */
export function shortId(text) {
  const letters = [...plain(text)];
  if (letters.length <= 3 * ID_ENDS) return letters.join("");
  return `${letters.slice(0, ID_ENDS).join("")}…${letters.slice(-ID_ENDS).join("")}`;
}
