/** What the driver sent before the page was opened: a page that is opened later draws what an open one shows. */

import { getJson } from "../../lib/http.js";

/** @import { History } from "./history.js" */
/** @import { Context } from "./main.js" */

/** The page begins without them where they take longer. */
const WITHIN_MS = 2000;

/**
 * Puts the frames of the last 40 s into the history, before any other comes. Never fails: without them the page begins empty.
 * @param {Context} context
 * @param {History} history
 */
export async function startRecent({ store, urls }, history) {
  if (store.past) return;
  const frames = await getJson(urls.recent, AbortSignal.timeout(WITHIN_MS)).catch(() => []);
  for (const frame of frames) if (frame.on && frame.steps) history.add(frame);
}
