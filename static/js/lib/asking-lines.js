/** The lines under the top bar for requests that wait for the server: one for each, with what can be done about it. */

import { Asking } from "./asking.js";
import { button, byId, h } from "./dom.js";

/** @import { Line } from "./asking.js" */

/** @returns {Asking} it writes its lines into `#waiting`; tell it whether the server is heard */
export function wireAsking() {
  const host = byId("waiting");
  let shown = "";
  const show = (/** @type {Line[]} */ lines) => {
    const key = JSON.stringify(lines.map(({ text, buttons }) => [text, ...buttons.map(({ words }) => words)]));
    if (key === shown) return; // the buttons that are there do the same
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
