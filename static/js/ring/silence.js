/** A line that warns if an external cluster does not answer, or if its members disagree. */

import { count, moment } from "../lib/format.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { byId } from "./dom.js";

/**
 * @typedef {{silent_since?: number | null, disagreeing?: {address: string, members: number, slots: number}[],
 *   lacks?: string[]}} Frame
 *   of the topic "stored". silent_since: ms since 1970; disagreeing: members that answer but leave out others;
 *   lacks: commands that the user may not run
 */

/**
 * @param {Frame} frame
 * @returns {string} empty while its members answer and agree
 */
export function silenceWords({ silent_since: since, disagreeing = [], lacks = [] }) {
  const silent = _("The cluster has not answered since %(time)s. This is its last known state.");
  const words = since ? [interpolate(silent, { time: moment(since, Date.now()) })] : [];
  for (const { address, members, slots } of disagreeing) {
    const text = ngettext(
      "%(address)s answers, but lists %(n)s member and %(slots)s slots: it may have been reset.",
      "%(address)s answers, but lists %(n)s members and %(slots)s slots: it may have been reset.",
      members,
    );
    words.push(interpolate(text, { address, n: count(members), slots: count(slots) }));
  }
  if (disagreeing.length > 0 && !since) words.push(_("The page shows the view of most members."));
  if (lacks.length > 0 && since) {
    words.push(interpolate(_("The user may not run %(command)s."), { command: lacks.join(", ") }));
  }
  return words.join(" ");
}

/** @param {Frame} frame */
export function showSilence(frame) {
  const strip = byId("silent");
  const words = silenceWords(frame);
  if (strip.textContent !== words) strip.textContent = words;
  strip.hidden = words === "";
}
