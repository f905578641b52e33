/** What a screen reader hears: the newest sentence, at most one in two seconds. */

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
