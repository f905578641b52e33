/** The lines under the top bar for requests that wait for the server: one each, with buttons to send it or take it back. */

import { Asking } from "./asking.js";
import { button, byId, h } from "./dom.js";

/** @import { Line } from "./asking.js" */

/** @returns {Asking} writes its lines into `#waiting`; call its `listen` whenever the connection is lost or back */
export function wireAsking() {
  const host = byId("waiting");
  let shown = "";
  const show = (/** @type {Line[]} */ lines) => {
    const key = JSON.stringify(lines.map(({ text, buttons }) => [text, ...buttons.map(({ words }) => words)]));
    if (key === shown) return; // the buttons already there do the same
    shown = key;
    host.replaceChildren(
      ...lines.map(({ text, buttons }) =>
        h(
          "div",
          { class: "strip" },
          h("span", {}, text),
          h("span", { class: "sp" }),
          ...buttons.map(({ words, action }) => button(words, action)),
        ),
      ),
    );
  };
  return new Asking({
    show,
    later: (callback, ms) => setTimeout(callback, ms),
    cancel: (timer) => clearTimeout(timer),
  });
}
