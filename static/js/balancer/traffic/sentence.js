/** The headline: the current situation. */

import { byId } from "../../lib/dom.js";
import { headline } from "./headline.js";

/** @import { Context } from "./main.js" */

/** @param {Context} context */
export function wireSentence({ store }) {
  const title = byId("headline");
  const main = byId("main");
  store.on(["view", "head", "frame"], ({ view, head, frame }) => {
    const past = view !== head;
    const text = headline(view, past ? null : frame, past);
    if (title.textContent !== text) title.textContent = text;
    main.dataset.state = past ? "past" : view.balancer.traffic.on ? "on" : "idle";
    main.dataset.version = String(view.v);
    byId("running").hidden = !view.balancer.traffic.on;
  });
}
