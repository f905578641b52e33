/** Frames from before the page was opened, so that it draws the same as a page that was open. */

import { getJson } from "../../lib/http.js";

/** @import { History } from "./history.js" */
/** @import { Context } from "./main.js" */

/** If they take longer, the page starts without them. */
const WITHIN_MS = 2000;

/**
 * Adds the frames of the last 40 s to the history before any new one. Never fails: without them the page starts empty.
 * @param {Context} context
 * @param {History} history
 */
export async function startRecent({ store, urls }, history) {
  if (store.past) return;
  const frames = await getJson(urls.recent, AbortSignal.timeout(WITHIN_MS)).catch(() => []);
  for (const frame of frames) if (frame.on && frame.steps) history.add(frame);
}
