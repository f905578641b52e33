/** The buttons over the picture: undo, before and after, done, colour, table, presentation. */

import { _ } from "../lib/i18n.js";
import { rangesOf, shownChange, subjectOf } from "./change.js";
import { byId } from "./dom.js";
import { facesOf } from "./faces.js";
import { zonesOf } from "./looks.js";
import { canUndo, focusNode } from "./undo.js";

/** @import { Acting } from "./acting.js" */
/** @import { Change } from "./types.js" */
/** @import { Store } from "./store.js" */
/** @import { Travel } from "./travel.js" */

/**
 * @param {Store} store
 * @param {Acting} acting
 * @param {Travel} travel
 * @param {string[]} undoable kinds that the server can take back
 * @returns {{side: () => void, calm: () => void}}
 */
export function wireTools(store, acting, travel, undoable) {
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
  undo.addEventListener("click", () => {
    const node = subjectOf(/** @type {Change} */ (shownChange(store.page)))?.number;
    const { v } = store.page.head;
    void acting.undo().then(() => store.page.head.v > v && focusNode(node));
  });
  side.addEventListener("click", flip);
  calm.addEventListener("click", soothe);
  colour.addEventListener("click", () => store.set({ colour: store.page.colour === "pins" ? "zone" : "pins" }));
  screen.addEventListener("click", () => store.set({ screen: store.page.screen === "ring" ? "table" : "ring" }));

  store.on(["view", "plan", "side", "colour", "screen", "link", "mayOperate", "pins"], (page) => {
    const change = shownChange(page);
    undo.hidden = !acting.powers.operate || !change || !canUndo(page, change, undoable);
    // Keys that were lost with a server do not come back with it.
    undo.textContent = change?.payload.loss ? _("Undo (the node returns empty)") : _("Undo");
    side.hidden = !rangesOf(change?.movement ?? null)?.length;
    side.ariaPressed = String(page.side === "before");
    calm.hidden = !change || change.planned || page.view !== page.head;
    colour.hidden = change !== null || !facesOf(page).crowded || zonesOf(page.view.state.nodes).length < 2;
    colour.textContent = page.colour === "pins" ? _("Colour: pinned nodes") : _("Colour: zones");
    screen.ariaPressed = String(page.screen === "table");
  });
  return { side: flip, calm: soothe };
}
