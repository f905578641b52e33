/** Speaks to screen readers: the newest sentence, at most one every two seconds. */

import { coalesce } from "../lib/coalesce.js";
import { byId } from "../lib/dom.js";

const EVERY_MS = 2000;

/** @returns {(text: string) => void} */
export function makeAnnouncer() {
  const region = byId("aloud");
  let next = "";
  const say = coalesce(() => {
    region.textContent = next;
  }, EVERY_MS);
  return (text) => {
    next = text;
    say();
  };
}
