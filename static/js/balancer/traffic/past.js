/** Past moments: settings, health and faults at that time. Traffic figures are not stored, and the page says so. */

import { button, byId, h } from "../../lib/dom.js";
import { newEntry, onEntry } from "../../lib/entries.js";
import { moment } from "../../lib/format.js";
import { getJson, HttpError } from "../../lib/http.js";
import { _, interpolate } from "../../lib/i18n.js";
import { wordsOf } from "./follow.js";
import { readMoment } from "./link.js";

/** @import { Context } from "./main.js" */
/** @import { LiveEvent, Moment } from "./types.js" */

/**
 * @param {Context} context
 * @returns {{ready: Promise<void>, step: (by: number) => void, live: () => boolean}} ready: resolves once the head is
 *   known, so that events can follow; step: goes to another version, only in the past; live: returns to now, and says
 *   whether the past was shown
 */
export function wirePast({ boot, store, urls, notice }) {
  const line = byId("moment");
  let asked = 0;
  /** @type {LiveEvent | null} */
  let event = boot.event;
  const live = (entry = true) => {
    asked += 1;
    const was = store.past;
    if (was && entry) newEntry();
    store.set({ view: store.page.head });
    return was;
  };
  const go = async (/** @type {number} */ v, entry = true) => {
    const { head, floor } = store.page;
    const to = Math.max(floor, v);
    if (to >= head.v) return void live(entry);
    if (to === store.page.view.v) return;
    asked += 1;
    const mine = asked;
    try {
      const found = await getJson(`${urls.state}?v=${to}`);
      if (mine !== asked) return;
      event = found.event;
      if (entry) newEntry();
      store.set({ view: momentOf(found) });
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      notice(error.message);
    }
  };
  store.onState((view, past) => {
    line.hidden = !past;
    if (!past) return;
    const text = _(
      "Event %(v)s at %(time)s%(what)s. You see the settings and the nodes' health at that time. Traffic figures are not recorded.",
    );
    const what = event && event.v === view.v ? `: ${wordsOf(event).text}` : "";
    line.replaceChildren(
      h("span", {}, interpolate(text, { v: view.v, time: moment(view.at), what })),
      button("‹", () => void go(view.v - 1), {
        "aria-label": _("Previous event"),
        disabled: view.v <= store.page.floor,
      }),
      button("›", () => void go(view.v + 1), { "aria-label": _("Next event") }),
      button(_("Go live"), () => void live()),
    );
  });
  onEntry((search) => {
    const v = readMoment(search);
    if (v !== null) void go(v, false);
    else if (store.past) live(false);
  });
  if (boot.missing) notice(boot.missing);
  return { ready: loadHead(boot, store), step: (by) => void (store.past && go(store.page.view.v + by)), live };
}

/**
 * The page opened in the past, so it now loads the head, from which the socket continues.
 * @param {Context["boot"]} boot
 * @param {Context["store"]} store
 */
async function loadHead({ urls }, store) {
  if (!store.past) return;
  const found = await getJson(urls.state).catch(() => null);
  if (found && found.v >= store.page.head.v) store.set({ head: momentOf(found) });
}

/** @param {{v: number, at: string | null, ring: any, balancer: any, causes: any}} found @returns {Moment} */
const momentOf = ({ v, at, ring, balancer, causes }) => ({ v, at: at ?? "", state: ring, balancer, causes });
