/** Follows the request in progress: asks what it moves, and loads the words for it. */

import { getJson, HttpError } from "../lib/http.js";
import { apply } from "./subject.js";
import { busyWith } from "./underway.js";

/** @import { State, Urls, Work } from "./types.js" */
/** @import { Store } from "./store.js" */

/**
 * Asks what the request moves when it begins, and again whenever the cluster changes.
 * @param {Store} store
 * @param {Urls} urls
 */
export function followWork(store, urls) {
  /** @type {{id: number, state: State} | null} the last question */
  let asked = null;
  store.on(["view", "head", "plan", "frames", "link"], (page) => {
    const work = busyWith(page);
    if (!work) {
      asked = null;
      if (page.underWay) store.set({ underWay: null });
      return;
    }
    if (!page.busy) void import("./busy.js").then((busy) => store.set({ busy }));
    const { state } = page.head;
    if (page.link.state === "lost" || (asked?.id === work.id && asked.state === state)) return;
    asked = { id: work.id, state };
    void ask(work, state);
  });

  /**
   * @param {Work} work
   * @param {State} before
   */
  async function ask(work, before) {
    const answer = await getJson(`${urls.underway}?work=${work.id}`).catch(forgotten);
    const { head } = store.page;
    if (!answer?.kind || asked?.id !== work.id || head.state !== before) return;
    const { kind, payload, v } = answer;
    store.set({ underWay: { work, kind, payload, v, before, after: apply(before, kind, payload) } });
  }
}

/** @param {unknown} error the request has ended, or the server is silent: events will tell */
function forgotten(error) {
  if (!(error instanceof HttpError)) throw error;
  return null;
}
