/** The line under the top bar that says what was refused and what to do; and a separate one for a lost connection. */

import { clock, duration } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";
import { silentWords } from "../lib/status.js";
import { button, byId, h } from "./dom.js";

/** @import { Store } from "./store.js" */
/** @import { Notice } from "./acting.js" */

/** @returns {Notice} shows a text with at most one action; an empty text removes it */
export function makeNotice() {
  const strip = byId("notice");
  return (text, again) => {
    strip.hidden = text === "";
    const close = () => {
      strip.hidden = true;
    };
    const act =
      again &&
      (() => {
        close();
        again.action();
      });
    strip.replaceChildren(
      text,
      h("span", { class: "sp" }),
      ...(again && act ? [button(again.words, act)] : []),
      button(_("Close"), close),
    );
  };
}

/**
 * @param {Store} store
 * @param {() => void} retry
 */
export function wireLost(store, retry) {
  const strip = byId("lost");
  const words = h("span");
  strip.append(words, h("span", { class: "sp" }), button(_("Try now"), retry));
  const write = () => {
    const { state, since } = store.page.link;
    if (state === "gone") words.textContent = _("This cluster was deleted. What is shown is its last state.");
    if (state === "silent") words.textContent = silentWords(since);
    if (state !== "lost") return;
    const text = _("Nothing heard since %(time)s, %(ago)s ago. This is the last state received. Trying again.");
    const ago = duration(Date.now() - since);
    words.textContent = interpolate(text, { time: clock(since), ago });
  };
  store.on(["link"], ({ link }) => {
    const off = link.state === "lost" || link.state === "gone";
    document.body.classList.toggle("lost", off);
    strip.hidden = !off && link.state !== "silent";
    /** @type {HTMLElement} */ (strip.lastElementChild).hidden = link.state !== "lost";
    write();
  });
  setInterval(write, 1000);
}
