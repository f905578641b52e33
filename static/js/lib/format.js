/** Numbers and times as text, in the page's language and the reader's time zone. */

import { gettext, interpolate, ngettext } from "./i18n.js";

const language = () => globalThis.document?.documentElement.lang || "en";

/** @type {Map<string, Intl.NumberFormat>} */
const numbers = new Map();

/** @param {Intl.NumberFormatOptions} options */
function number(options) {
  const key = language() + JSON.stringify(options);
  const made = numbers.get(key) ?? new Intl.NumberFormat(language(), options);
  numbers.set(key, made);
  return made;
}

/**
 * 10000 -> "10,000".
 * @param {number} n
 */
export const count = (n) => number({ maximumFractionDigits: 0 }).format(n);

/**
 * 65537 -> "65,537" and 1.25 -> "1.25": all digits of the number.
 * @param {number} n
 */
export const exact = (n) => number({ maximumFractionDigits: 20 }).format(n);

/**
 * 33 -> "+33", -1005 -> "−1,005" (a real minus), 0 -> "0".
 * @param {number} n
 */
export const change = (n) =>
  number({ signDisplay: "exceptZero", maximumFractionDigits: 0 }).format(n).replace("-", "\u2212");

/**
 * 0.1005 -> "10.1%".
 * @param {number} ratio
 * @param {number} [digits] after the point
 */
export const percent = (ratio, digits = 1) =>
  number({ style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }).format(ratio);

/**
 * 1.0951 -> "1.10".
 * @param {number} n
 * @param {number} digits
 */
export const fixed = (n, digits) => number({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(n);

/**
 * The time of day, "12:41:07", in the reader's zone. It has the same form in every language, so that times align in columns
 * and keep their width in the top bar.
 * @param {number | string | Date} at milliseconds, ISO 8601, or a date
 */
export function clock(at) {
  const date = new Date(at);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/**
 * A date and time, "2026-05-03 12:41:07", in the reader's zone, in the format of live/templatetags/times.py.
 * @param {number | string | Date} at as for `clock`
 */
export function dated(at) {
  const date = new Date(at);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(date)}`;
}

/**
 * "12:41:07" if today, otherwise with the date.
 * @param {number | string | Date} at as for `clock`
 * @param {number} [now] milliseconds
 */
export const moment = (at, now = Date.now()) =>
  new Date(at).toDateString() === new Date(now).toDateString() ? clock(at) : dated(at);

/**
 * The text with a word joiner after each hyphen, so that dates do not break across lines.
 * @param {string} text
 */
export const unbroken = (text) => text.replaceAll("-", "-\u2060");

/** The name of the reader's time zone, "Europe/Paris". */
export const zone = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/**
 * A duration in its largest unit: "8 s", "3 min", "2 h", "5 days".
 * @param {number} ms 0 or more
 */
export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) {
    return interpolate(gettext("%(n)s s"), { n: seconds });
  }
  if (seconds < 3600) {
    return interpolate(gettext("%(n)s min"), { n: Math.floor(seconds / 60) });
  }
  if (seconds < 86_400) {
    return interpolate(gettext("%(n)s h"), { n: Math.floor(seconds / 3600) });
  }
  const days = Math.floor(seconds / 86_400);
  return interpolate(ngettext("%(n)s day", "%(n)s days", days), { n: days });
}
