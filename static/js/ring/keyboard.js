/** Keyboard: single letters everywhere except in fields, and the ring as one tab stop. */

import { activeNodes } from "./change.js";
import { byId, narrow } from "./dom.js";
import { facesOf } from "./faces.js";
import { count } from "../lib/format.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { wireKeys } from "../lib/keys.js";
import { isExternal } from "./members.js";
import { slotCount } from "./slots.js";
import { abilitiesOf } from "./strategies.js";

/** @import { Store } from "./store.js" */
/** @import { Travel } from "./travel.js" */

/**
 * @typedef {{add: (() => void) | null, side: () => void, present: () => void, leave: () => boolean | void, calm: () => void,
 *   play: () => void, help: () => void, open: (number: number) => void, say: (text: string) => void}} Does
 */

/**
 * @param {Store} store
 * @param {Travel} travel
 * @param {Does} does
 */
export function wireKeyboard(store, travel, does) {
  const host = byId("ring");
  if (narrow()) byId("ring-keys").remove();
  /** @type {Record<string, () => void>} */
  const keys = {
    ...(does.add ? { a: does.add } : {}),
    b: does.side,
    p: does.present,
    "?": does.help,
    "/": () => focusField(store),
    ArrowLeft: () => void travel.step(-1),
    ArrowRight: () => void travel.step(1),
    " ": does.play,
    Escape: () => leaveInnermost(store, does),
  };
  wireKeys(keys);
  host.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const { selected } = store.page;
    if (by) moveChoice(store, by, does.say);
    else if (event.key === "Enter" && selected !== null) does.open(selected);
    else if (event.key === "Escape" && selected !== null) {
      store.set({ selected: null });
      host.blur();
    } else return;
    event.preventDefault();
  });
}

/** @param {Store} store */
function focusField(store) {
  store.set({ tab: "find" });
  /** @type {HTMLInputElement} */ (byId("key")).select();
}

/**
 * Escape leaves whatever is innermost: a field, the presentation, the table, the plan, the change.
 * @param {Store} store
 * @param {Does} does
 */
function leaveInnermost(store, does) {
  const active = document.activeElement;
  if (active instanceof HTMLInputElement) active.blur();
  else if (document.body.classList.contains("present")) does.leave();
  else if (store.page.screen === "table") store.set({ screen: "ring" });
  else does.calm();
}

/**
 * Selects the next active node by number, and announces it.
 * @param {Store} store
 * @param {number} by 1 or -1
 * @param {(text: string) => void} say
 */
function moveChoice(store, by, say) {
  const { state } = store.page.view;
  const nodes = activeNodes(state);
  if (nodes.length === 0) return;
  const at = nodes.findIndex(({ number }) => number === store.page.selected);
  const node = nodes[at < 0 ? (by > 0 ? 0 : nodes.length - 1) : (at + by + nodes.length) % nodes.length];
  store.set({ selected: node.number });
  const { name } = facesOf(store.page).of(node.number);
  if (isExternal(state)) {
    const slots = slotCount(node);
    say(
      interpolate(ngettext("%(node)s: %(n)s slot.", "%(node)s: %(n)s slots.", slots), { node: name, n: count(slots) }),
    );
    return;
  }
  const values = { node: name, keys: count(node.keys), tokens: count(node.tokens) };
  const { tokens } = abilitiesOf(state.cluster);
  say(interpolate(tokens ? _("%(node)s: %(keys)s keys, %(tokens)s tokens.") : _("%(node)s: %(keys)s keys."), values));
}
