/** The connection in words: in the top bar, with the clock's accuracy, and a line of its own while it is lost. */

import { byId, button, h } from "../lib/dom.js";
import { clock as timeOfDay, duration } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";
import { showStatus, silentWords } from "../lib/status.js";

/** @import { Store } from "../lib/store.js" */
/** @import { Page } from "./types.js" */

/** The possible bounds, few enough that the words rarely change. */
const STEPS_MS = [1, 2, 3, 5, 8, 13, 20, 30, 50, 80, 130, 200, 300, 500, 1000];

/**
 * How far the clock may be off, in words; "" if unknown.
 * @param {number | null} drift ms between our clock and our server's
 * @param {number | null | undefined} watched ms between that and the watched server's
 */
export function clockWords(drift, watched) {
  if (drift === null) return "";
  const off = drift + (watched ?? 0);
  const step = STEPS_MS.find((ms) => off <= ms);
  return step === undefined ? _(", clock uncertain") : interpolate(_(", clock within %(n)s ms of Redis"), { n: step });
}

/**
 * @param {Store<Page>} store
 * @param {() => void} retry
 */
export function wireConnection(store, retry) {
  const strip = byId("lost");
  const words = h("span");
  const again = button(_("Try now"), retry);
  strip.append(words, h("span", { class: "sp" }), again);
  const write = () => {
    const { link, drift, table } = store.page;
    const off = link.state === "lost" || link.state === "gone";
    const note = table.status?.state === "watching" ? clockWords(drift, table.status.clock_ms) : "";
    const silent = link.state === "silent";
    showStatus(byId("live"), {
      state: link.state,
      at: off || silent ? link.since : null,
      note,
      gone: _("Source removed"),
    });
    document.body.classList.toggle("lost", off);
    strip.hidden = !off && !silent;
    again.hidden = link.state !== "lost";
    if (strip.hidden) return;
    const text = _("Nothing heard since %(time)s, %(ago)s ago. The countdowns have stopped. Trying again.");
    const values = { time: timeOfDay(link.since), ago: duration(Date.now() - link.since) };
    const said =
      link.state === "gone"
        ? _("This source is no longer watched. This is its last known state.")
        : silent
          ? silentWords(link.since)
          : interpolate(text, values);
    if (words.textContent !== said) words.textContent = said;
  };
  store.on(["link", "drift", "table"], write);
  return write;
}
