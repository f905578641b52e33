/** A line that warns if the disk of a cluster's servers is nearly full, full or read-only, and says what to do. */

import { _, interpolate } from "../lib/i18n.js";
import { byId } from "./dom.js";
import { size } from "./served/counts.js";

/** The supervisor repeats the warning each second. After this long without it, the line is removed. */
const STALE_MS = 15_000;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let forgetting;

/**
 * @param {{state: string, free: number}} frame of the topic "space"; free in bytes
 * @returns {string} empty while there is room
 */
export function roomWords({ state, free }) {
  const words = {
    low: _("The disk is nearly full: %(free)s free. Free some space for DATA_DIR, or the servers will refuse writes."),
    full: _(
      "The disk is full. The servers refuse writes, and requests wait. Free some space for DATA_DIR, and work resumes by itself.",
    ),
    "read-only": _(
      "The servers' folder is read-only. Requests wait, and a server that dies is not restarted. Make DATA_DIR writable, and work resumes by itself.",
    ),
  }[state];
  return words ? interpolate(words, { free: size(free) }) : "";
}

/** @param {{state: string, free: number}} frame */
export function showRoom(frame) {
  const strip = byId("room");
  const words = roomWords(frame);
  if (strip.textContent !== words) strip.textContent = words;
  strip.classList.toggle("error", frame.state !== "low");
  strip.hidden = words === "";
  clearTimeout(forgetting);
  forgetting = setTimeout(() => {
    strip.hidden = true;
  }, STALE_MS);
}
