/**
 * The page's messages: to screen readers, at most one sentence every two seconds, and in the strip under the top bar.
 */

import { coalesce } from "../../lib/coalesce.js";
import { button, byId, h } from "../../lib/dom.js";
import { _ } from "../../lib/i18n.js";

const EVERY_MS = 2000;

/**
 * @returns {{say: (text: string) => void, notice: (text: string) => void}} only the newest sentence counts; "" hides
 *   the notice
 */
export function makeSay() {
  const region = byId("aloud");
  let next = "";
  const tell = coalesce(() => {
    region.textContent = next;
  }, EVERY_MS);
  const say = (/** @type {string} */ text) => {
    next = text;
    tell();
  };
  const strip = byId("notice");
  const notice = (/** @type {string} */ text) => {
    strip.hidden = text === "";
    const close = button(_("Close"), () => notice(""));
    strip.replaceChildren(text, h("span", { class: "sp" }), close);
  };
  return { say, notice };
}
