/** The state of the connection, in words, in the top bar. */

import { clock, moment, unbroken } from "./format.js";
import { gettext, interpolate, ngettext } from "./i18n.js";
import { transport } from "./transport.js";

/**
 * @typedef {"connecting" | "live" | "lost" | "silent" | "viewing" | "ahead" | "gone"} State
 * @typedef {{state: State, watching?: number | null, at?: number | string | Date | null, note?: string, gone?: string}} Status
 *   watching: people with this page open, including this one; null or absent if unknown.
 *   at: the time that the page shows, if it is not now. note: the text after "Live", instead of the number of watchers.
 *   gone: the text for a deleted stream.
 */

/**
 * @param {Status} status
 * @returns {{kind: "wait" | "live" | "away", words: string, more: string}} more: left out on narrow screens
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
 * Writes the words into `#live`, but only if they changed, so that a screen reader reads each change once.
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
 * Shows the strip that says that the server is newer than the page. It stays until the page is reloaded.
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
 * The message of every page while the server cannot read the log.
 * @param {number | string | Date} since
 */
export const silentWords = (since) =>
  interpolate(gettext("The database has not answered since %(time)s. The page may be out of date. It keeps trying."), {
    time: clock(since),
  });

/**
 * The strip under the top bar while nothing new can arrive and the page shows the last state received.
 * @param {HTMLElement} strip
 * @param {Status["state"]} state
 * @param {number | string | Date | null} since the time of the last message, or when the database stopped answering
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
