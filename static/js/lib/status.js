/** The state of the page's connection, in words, in the top bar. */

import { clock, moment, unbroken } from "./format.js";
import { gettext, interpolate, ngettext } from "./i18n.js";
import { transport } from "./transport.js";

/**
 * @typedef {"connecting" | "live" | "lost" | "silent" | "viewing" | "ahead" | "gone"} State
 * @typedef {{state: State, watching?: number | null, at?: number | string | Date | null, note?: string, gone?: string}} Status
 *   watching: people with this page open, this one included; null or absent when unknown.
 *   at: the moment that the page shows, when it is not now. note: what stands behind "Live" in the place of the watchers.
 *   gone: what is said when the stream was deleted.
 */

/**
 * @param {Status} status
 * @returns {{kind: "wait" | "live" | "away", words: string, more: string}} more: the part that a narrow bar leaves out
 */
export function statusWords({ state, watching = null, at = null, note = "", gone = "" }) {
  const time = at === null ? "" : moment(at);
  switch (state) {
    case "live": {
      const live = transport.polling ? gettext("Live by polling") : gettext("Live");
      if (note) return { kind: "live", words: live, more: note };
      const many = ngettext(", %(n)s watching", ", %(n)s watching", watching ?? 0);
      return { kind: "live", words: live, more: watching ? interpolate(many, { n: watching }) : "" };
    }
    case "viewing":
      return { kind: "away", words: interpolate(gettext("Viewing %(time)s"), { time }), more: "" };
    case "lost": {
      const more = time ? interpolate(gettext(" since %(time)s"), { time }) : "";
      return { kind: "away", words: gettext("Nothing heard"), more };
    }
    case "silent": {
      const more = time ? interpolate(gettext(", showing %(time)s"), { time }) : "";
      return { kind: "away", words: gettext("Database silent"), more };
    }
    case "ahead":
      return { kind: "wait", words: gettext("Catching up"), more: "" };
    case "gone":
      return { kind: "away", words: gone || gettext("Cluster deleted"), more: "" };
    default:
      return { kind: "wait", words: gettext("Connecting"), more: "" };
  }
}

const pollingWords = () =>
  gettext("Live updates by polling: no WebSocket gets through to the server. Changes may show a second late.");

/**
 * Writes the words into `#live`, and touches nothing when they are the same, so that a screen reader hears a change once.
 * @param {HTMLElement} el holds `<i></i><span></span>`
 * @param {Status} status
 */
export function showStatus(el, status) {
  const { kind, words, more } = statusWords(status);
  const said = unbroken(words);
  el.classList.toggle("wait", kind === "wait");
  el.classList.toggle("away", kind === "away");
  el.dataset.state = status.state;
  el.title = transport.polling ? pollingWords() : "";
  const text = el.querySelector("span");
  if (!text || text.textContent === said + more) {
    return;
  }
  const rest = document.createElement("span");
  rest.className = "hide hide2";
  rest.textContent = more;
  text.replaceChildren(said, rest);
}

/**
 * The strip that says that the server is newer than the page. It stays: only loading the page again helps.
 * @param {HTMLElement} strip
 */
export function showNewer(strip) {
  if (!strip.hidden) {
    return;
  }
  const space = document.createElement("span");
  space.className = "sp";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = gettext("Reload");
  button.addEventListener("click", () => location.reload());
  strip.replaceChildren(
    gettext("A newer version of this page is available. Until you reload, some changes are not explained here."),
    space,
    button,
  );
  strip.hidden = false;
}

/**
 * What is said while the server cannot read the log, on every page.
 * @param {number | string | Date} since
 */
export const silentWords = (since) =>
  interpolate(
    gettext("The database has not answered since %(time)s. What is shown may be old. The page keeps trying."),
    { time: clock(since) },
  );

/**
 * The strip under the top bar while nothing new can come: what the page shows then is the last that it received.
 * @param {HTMLElement} strip
 * @param {Status["state"]} state
 * @param {number | string | Date | null} since when something was last heard, or the database fell silent
 */
export function showLost(strip, state, since) {
  strip.hidden = since === null || (state !== "lost" && state !== "silent");
  if (since === null || strip.hidden) {
    return;
  }
  const words = gettext("Nothing heard since %(time)s. This is the last state received. The page keeps trying.");
  const text = state === "silent" ? silentWords(since) : interpolate(words, { time: clock(since) });
  if (strip.textContent !== text) {
    strip.textContent = text;
  }
}
