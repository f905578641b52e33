/** Announces changes to screen readers: the newest sentence, at most one every two seconds. */

import { coalesce } from "../lib/coalesce.js";
import { subjectOf } from "./change.js";
import { byId } from "./dom.js";
import { captionOf } from "./caption.js";
import { facesOf } from "./faces.js";
import { ring } from "./subject.js";
import { changeAloud } from "./words.js";
import { drawnChange } from "./underway.js";

/** @import { Store } from "./store.js" */

const EVERY_MS = 2000;

/**
 * @param {Store} store
 * @returns {(text: string) => void} announces any other text, in the same queue of one
 */
export function wireAnnouncements(store) {
  const region = byId("aloud");
  let next = "";
  const say = coalesce(() => {
    region.textContent = next;
  }, EVERY_MS);
  const announce = (/** @type {string} */ text) => {
    next = text;
    say();
  };
  let first = true;
  store.on(["view", "plan", "underWay"], (page) => {
    if (first) {
      first = false;
      return;
    }
    const change = drawnChange(page);
    const number = change && subjectOf(change)?.number;
    const { title, text } = captionOf(page);
    if (change?.work) return announce(`${title}. ${text}`);
    if (change && ring.kind(change.kind).bySlots) return announce(`${title}. ${text}`.trim());
    announce(change ? changeAloud(change, number ? facesOf(page).of(number).label : "") : `${title}.`);
  });
  return announce;
}
