/** Keeps the page's table up to date: frames in order, everything again if one is missing, events, the clock. */

import { coalesce } from "../lib/coalesce.js";
import { byId } from "../lib/dom.js";
import { getJson } from "../lib/http.js";
import { connect } from "../lib/live.js";
import { showNewer } from "../lib/status.js";
import { locks, NOTHING } from "./subject.js";
import { framed, tableOf } from "./table.js";

/** @import { Store } from "../lib/store.js" */
/** @import { Boot, Page } from "./types.js" */

const AGAIN_MS = 500;
const SPREAD_MS = 200;
/** Frames come when something changes. After this long without one, ask for the status: the watcher may have ended. */
const SILENCE_MS = 6000;

/**
 * @param {Store<Page>} store
 * @param {Boot} boot
 * @param {{say: (text: string) => void, frames?: Record<string, (data: any) => void>, others?: (kind: string) => void}} given
 *   frames: handlers for other topics of the stream; others: called with the kinds of other subjects, and "" for a snapshot
 * @returns {{begin: () => void, whole: () => void, look: () => void}} begin: connects or reconnects; whole: asks for
 *   everything, soon; look: call it once a second
 */
export function follow(store, boot, { say, frames = {}, others }) {
  const elsewhere = new Set(boot.elsewhere);
  let heard = performance.now();
  const whole = coalesce(
    async () => {
      heard = performance.now();
      try {
        const now = await getJson(boot.urls.now);
        const { table } = store.page;
        if (now.seq >= table.seq || now.now > table.now) store.set({ table: tableOf(now, table) });
      } catch {
        // The socket says that the connection is lost; the next silence asks again.
      }
    },
    AGAIN_MS,
    SPREAD_MS,
  );
  const onFrame = (/** @type {string} */ topic, /** @type {any} */ data) => {
    if (topic !== "locks") return frames[topic]?.(data);
    heard = performance.now();
    const table = framed(store.page.table, data);
    if (table === "gap") whole();
    else if (table !== "old") store.set({ table });
  };
  /** @type {{close(): void} | null} */
  let link = null;
  const begin = () => {
    link?.close();
    link = connect({
      url: boot.urls.socket,
      have: () => ({ v: store.page.v, epoch: store.page.epoch }),
      onSnapshot: ({ v, epoch, parts }) => {
        store.set({ v, epoch, state: parts.locks ?? NOTHING });
        whole();
        others?.("");
      },
      onEvent: ({ v, kind, payload }) => {
        if (!locks.knows(kind)) {
          store.set({ v });
          return others?.(kind);
        }
        store.set({ v, state: locks.apply(store.page.state, kind, payload) });
        say(`${locks.kind(kind).words(payload).text}.`);
      },
      declares: (kind) => locks.knows(kind) || elsewhere.has(kind),
      onNewer: () => showNewer(byId("newer")),
      onFrame,
      onState: ({ state, since }) => {
        const was = store.page.link.state;
        store.set({ link: { state, since: since ?? Date.now() } });
        if (state === "live" && was !== "live") whole();
      },
    });
  };
  const look = () => {
    if (store.page.link.state === "live" && performance.now() - heard > SILENCE_MS) whole();
  };
  return { begin, whole, look };
}
