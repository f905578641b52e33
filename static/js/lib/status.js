/** The state of the page's connection, in words, in the top bar. */

import { clock } from "./format.js";
import { gettext, interpolate, ngettext } from "./i18n.js";

/**
 * @typedef {"connecting" | "live" | "lost" | "viewing" | "ahead" | "gone"} State
 * @typedef {{state: State, watching?: number | null, at?: number | string | Date | null}} Status
 *   watching: people with this page open, this one included; null or absent when unknown.
 *   at: the moment that the page shows, when it is not now.
 */

/**
 * @param {Status} status
 * @returns {{kind: "wait" | "live" | "away", words: string, more: string}} more: the part that a narrow bar leaves out
 */
export function statusWords({ state, watching = null, at = null }) {
  const time = at === null ? "" : clock(at);
  switch (state) {
    case "live": {
      const many = ngettext(", %(n)s watching", ", %(n)s watching", watching ?? 0);
      return { kind: "live", words: gettext("Live"), more: watching ? interpolate(many, { n: watching }) : "" };
    }
    case "viewing":
      return { kind: "away", words: interpolate(gettext("Viewing %(time)s"), { time }), more: "" };
    case "lost": {
      const more = time ? interpolate(gettext(", showing %(time)s"), { time }) : "";
      return { kind: "away", words: gettext("Connection lost"), more };
    }
    case "ahead":
      return { kind: "wait", words: gettext("Catching up"), more: "" };
    case "gone":
      return { kind: "away", words: gettext("Cluster deleted"), more: "" };
    default:
      return { kind: "wait", words: gettext("Connecting"), more: "" };
  }
}

/**
 * Writes the words into `#live`, and touches nothing when they are the same, so that a screen reader hears a change once.
 * @param {HTMLElement} el holds `<i></i><span></span>`
 * @param {Status} status
 */
export function showStatus(el, status) {
  const { kind, words, more } = statusWords(status);
  el.classList.toggle("wait", kind === "wait");
  el.classList.toggle("away", kind === "away");
  el.dataset.state = status.state;
  const text = el.querySelector("span");
  if (!text || text.textContent === words + more) {
    return;
  }
  const rest = document.createElement("span");
  rest.className = "hide hide2";
  rest.textContent = more;
  text.replaceChildren(words, rest);
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
 * The strip under the top bar while there is no connection: what the page shows then is the last that it received.
 * @param {HTMLElement} strip
 * @param {number | string | Date | null} since when the connection was lost; null: there is one
 */
export function showLost(strip, since) {
  strip.hidden = since === null;
  if (since === null) {
    return;
  }
  const words = gettext("No connection since %(time)s. This is the last state received. It is tried again by itself.");
  const text = interpolate(words, { time: clock(since) });
  if (strip.textContent !== text) {
    strip.textContent = text;
  }
}
