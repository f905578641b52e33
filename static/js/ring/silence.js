/** A cluster that somebody else runs does not answer: since when, in its own line. What is drawn is what it said last. */

import { moment } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";
import { byId } from "./dom.js";

/**
 * @param {{silent_since?: number | null}} frame of the topic "stored"; ms since 1970
 * @returns {string} empty while it answers
 */
export const silenceWords = ({ silent_since: since }) =>
  since
    ? interpolate(_("The cluster has not answered since %(time)s. What is shown is what it said last."), {
        time: moment(since, Date.now()),
      })
    : "";

/** @param {{silent_since?: number | null}} frame */
export function showSilence(frame) {
  const strip = byId("silent");
  const words = silenceWords(frame);
  if (strip.textContent !== words) strip.textContent = words;
  strip.hidden = words === "";
}
