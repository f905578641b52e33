/** Times of the server's markup, in the reader's time zone. */

import { clock, moment } from "./format.js";

/**
 * Writes a `<time datetime>` anew: its time of day, or with `data-dated` (and whenever it is not of today, as its title) with
 * the date.
 * @param {HTMLTimeElement} el
 */
function rewrite(el) {
  const at = Date.parse(el.dateTime);
  if (Number.isNaN(at)) {
    return;
  }
  const whole = moment(at, Date.now());
  const text = "dated" in el.dataset ? whole : clock(at);
  if (el.textContent !== text) {
    el.textContent = text;
  }
  el.title = whole;
}

/** @param {ParentNode} root */
function rewriteAll(root) {
  for (const el of root.querySelectorAll("time[datetime]")) {
    rewrite(/** @type {HTMLTimeElement} */ (el));
  }
}

/**
 * Rewrites every time below `root`, now and whenever markup is swapped in, before it is painted.
 * @param {Element} root
 */
export function watchTimes(root) {
  rewriteAll(root);
  new MutationObserver((records) => {
    for (const record of records) {
      for (const node of record.addedNodes) {
        if (node instanceof HTMLTimeElement) {
          rewrite(node);
        } else if (node instanceof Element) {
          rewriteAll(node);
        }
      }
    }
  }).observe(root, { childList: true, subtree: true });
}
