/** The buttons over the picture: undo, before and after, all nodes, colour, table, presentation; and the legend under it. */

import { count } from "../lib/format.js";
import { _, interpolate } from "../lib/i18n.js";
import { shownChange } from "./change.js";
import { byId, h } from "./dom.js";
import { facesOf } from "./faces.js";
import { zonesOf } from "./looks.js";

/** @import { Acting } from "./acting.js" */
/** @import { Page } from "./types.js" */
/** @import { Store } from "./store.js" */
/** @import { Travel } from "./travel.js" */

/**
 * @param {Store} store
 * @param {Acting} acting
 * @param {Travel} travel
 * @returns {{side: () => void, calm: () => void}}
 */
export function wireTools(store, acting, travel) {
  const undo = byId("undo");
  const side = byId("side");
  const calm = byId("calm");
  const colour = byId("colour");
  const screen = byId("screen");
  const flip = () => !side.hidden && store.set({ side: store.page.side === "after" ? "before" : "after" });
  const soothe = () => {
    if (store.page.plan) acting.discard();
    else if (!calm.hidden) travel.calm();
  };
  undo.addEventListener("click", () => void acting.undo());
  side.addEventListener("click", flip);
  calm.addEventListener("click", soothe);
  colour.addEventListener("click", () => store.set({ colour: store.page.colour === "pins" ? "zone" : "pins" }));
  screen.addEventListener("click", () => store.set({ screen: store.page.screen === "ring" ? "table" : "ring" }));

  store.on(["view", "plan", "side", "colour", "screen", "link", "pins"], (page) => {
    const change = shownChange(page);
    const moved = Boolean(change?.movement?.moved || change?.movement?.ranges);
    undo.hidden = !change || change.planned || !acting.powers.operate || page.view.v <= page.floor;
    side.hidden = !moved;
    side.ariaPressed = String(page.side === "before");
    calm.hidden = !change || change.planned || page.view !== page.head;
    colour.hidden = !facesOf(page).crowded || zonesOf(page.view.state.nodes).length < 2;
    colour.textContent = page.colour === "pins" ? _("Colour: pinned nodes") : _("Colour: zones");
    screen.ariaPressed = String(page.screen === "table");
  });
  store.on(["view", "plan", "pins", "colour"], legend);
  return { side: flip, calm: soothe };
}

/** @param {Readonly<Page>} page */
function legend(page) {
  const change = shownChange(page);
  const { crowded } = facesOf(page);
  const { state } = page.view;
  const changed = Boolean(change?.movement?.ranges);
  /** @type {[string, string][]} */
  const lines = [];
  if (changed) {
    lines.push(change?.planned ? ["plan", _("Owner if it happened")] : ["", _("Owner now")]);
    lines.push(["same", _("Not changed")], ["was", change?.planned ? _("Owner now") : _("Owner before")]);
  } else if (crowded) {
    const others = interpolate(_("%(n)s other nodes"), { n: count(state.nodes.length - page.pins.length) });
    lines.push(["pin", _("Pinned node")], ["same", others]);
  } else lines.push(["", _("Owner now")]);
  if (state.keys.count > 0) lines.push(["bars", _("Keys round the ring")]);
  byId("legend").replaceChildren(...lines.map(([look, words]) => h("div", {}, h("i", { class: look }), words)));
}

/**
 * Presentation: large text, the stage alone. Escape, P and a button leave it.
 * @param {() => void} redraw
 */
export function wirePresent(redraw) {
  const leave = byId("present-end");
  const set = (/** @type {boolean} */ on) => {
    document.body.classList.toggle("present", on);
    leave.hidden = !on;
    redraw();
  };
  const toggle = () => set(!document.body.classList.contains("present"));
  byId("present").addEventListener("click", toggle);
  leave.addEventListener("click", toggle);
  return { toggle, leave: () => document.body.classList.contains("present") && set(false) };
}
