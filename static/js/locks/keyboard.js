/** Keys: single letters, except in fields; arrow keys move from lock to lock. */

import { byId } from "../lib/dom.js";
import { wireKeys } from "../lib/keys.js";

/** @typedef {{table: () => void, present: () => void, help: () => void, escape: () => void}} Does */

/** @param {Does} does */
export function wireKeyboard(does) {
  /** @type {Record<string, () => void>} */
  const keys = {
    "/": () => /** @type {HTMLInputElement} */ (byId("q")).select(),
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    t: does.table,
    p: does.present,
    "?": does.help,
    Escape: does.escape,
  };
  wireKeys(keys, isTaken);
}

/** @param {KeyboardEvent} event fields and lists handle their own keys, except Escape; arrows count only on a lock */
function isTaken({ target, key }) {
  if (key.startsWith("Arrow") && !onLock()) return true;
  return target instanceof Element && target.closest("input, select, textarea") !== null && key !== "Escape";
}

/** The buttons of the visible locks, in order. */
const buttons = () =>
  [...document.querySelectorAll(".locks .open")].filter(
    /** @returns {one is HTMLElement} */ (one) => one instanceof HTMLElement && one.checkVisibility(),
  );

const onLock = () => document.activeElement?.matches(".locks .open") ?? false;

/** @param {number} by */
function step(by) {
  const all = buttons();
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by));
  all[next]?.focus();
  all[next]?.closest(".row, tr")?.scrollIntoView({ block: "nearest" });
}
