/** Short freezes in words, like ringviz/events/pulse.py. Pure. */

import { count, percent } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";

/** @typedef {{for_ms: number, every_ms: number}} Pulse */

/** Freezes at least this often, in milliseconds, feel like low speed: MAX_SLOW_EVERY_MS in ringviz/bounds.py. */
export const MAX_SLOW_EVERY_MS = 50;

/** Half speed: SLOW_FOR_MS and SLOW_EVERY_MS in ringviz/bounds.py. @type {Pulse} */
export const HALF_SPEED = { for_ms: 10, every_ms: 20 };

export const isSlow = (/** @type {Pulse} */ { every_ms: every }) => every <= MAX_SLOW_EVERY_MS;

/** What the server does: "freezes 300 of every 1,000 ms", "slowed to half speed". */
export function pulseWords(/** @type {Pulse} */ pulse) {
  if (isSlow(pulse)) return interpolate(_("slowed to %(speed)s speed"), { speed: speedWords(pulse) });
  const values = { for: count(pulse.for_ms), every: count(pulse.every_ms) };
  return interpolate(_("freezes %(for)s of every %(every)s ms"), values);
}

/**
 * What happened to a server, as a sentence.
 * @param {string} name
 * @param {Pulse | null | undefined} pulse
 * @param {Pulse | null | undefined} before
 */
export function pulsedWords(name, pulse, before) {
  if (!pulse) {
    const text = before && isSlow(before) ? _("%(node)s runs at full speed again") : _("%(node)s no longer freezes");
    return interpolate(text, { node: name });
  }
  if (isSlow(pulse)) {
    return interpolate(_("%(node)s slowed to %(speed)s speed"), { node: name, speed: speedWords(pulse) });
  }
  const values = { node: name, for: count(pulse.for_ms), every: count(pulse.every_ms) };
  return interpolate(_("%(node)s freezes for %(for)s ms of every %(every)s ms"), values);
}

function speedWords(/** @type {Pulse} */ { for_ms: frozen, every_ms: every }) {
  return frozen * 2 === every ? _("half") : percent((every - frozen) / every, 0);
}
