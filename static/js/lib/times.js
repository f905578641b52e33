/** Shows the times in the server's markup in the reader's time zone. */

import { dated, moment, zone } from "./format.js";

/**
 * Rewrites a `<time datetime>` as the time of day, with the date unless it is today; its title has the date and zone.
 * @param {HTMLTimeElement} el
 */
function rewrite(el) {
  const at = Date.parse(el.dateTime);
  if (Number.isNaN(at)) {
    return;
  }
  write(el, moment(at, Date.now()));
  el.title = `${dated(at)} ${zone()}`;
}

/** @param {Element} el @param {string} text */
function write(el, text) {
  if (el.textContent !== text) {
    el.textContent = text;
  }
}

/** @param {ParentNode} root */
function rewriteAll(root) {
  for (const el of root.querySelectorAll("time[datetime]")) {
    rewrite(/** @type {HTMLTimeElement} */ (el));
  }
  for (const el of root.querySelectorAll("[data-zone]")) {
    write(el, zone());
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
