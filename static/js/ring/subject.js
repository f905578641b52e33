/** The subject "ring": every kind of event that this page knows, and what the page does with it. Pure. */

import { _, interpolate } from "../lib/i18n.js";
import { Subject } from "../lib/subject.js";
import { clusterKinds } from "./kinds/clusters.js";
import { keyKinds } from "./kinds/keys.js";
import { nodeKinds } from "./kinds/nodes.js";
import { workKinds } from "./kinds/work.js";

/** @import { EventWords } from "../lib/subject.js" */
/** @import { Kind } from "./kinds/kind.js" */
/** @import { Payload, State } from "./types.js" */

/** @type {Subject<State, Kind>} */
export const ring = new Subject("ring", { ...nodeKinds, ...workKinds, ...keyKinds, ...clusterKinds });

/**
 * The cluster's state after an event.
 * @param {State} state
 * @param {string} kind
 * @param {Payload} payload
 * @throws {import("../lib/subject.js").UnknownKind}
 */
export const apply = (state, kind, payload) => ring.apply(state, kind, payload);

/**
 * An event as a short label for the strip and as a line of a list; the server writes the same for older events. An unknown
 * kind is shown by its name.
 * @param {string} kind
 * @param {Payload} payload
 * @returns {EventWords}
 */
export function eventWords(kind, payload) {
  if (!ring.knows(kind)) return { label: kind, text: kind };
  const words = ring.kind(kind).words(payload);
  return payload.undoes ? { ...words, text: interpolate(_("%(what)s (undone)"), { what: words.text }) } : words;
}

/** @param {string} kind */
const shows = (kind) => (ring.knows(kind) ? ring.kind(kind).shows : "beside");

/** @type {(kind: string) => boolean} whether it has a picture of its own */
export const isDrawn = (kind) => shows(kind) === "change";

/** @type {(kind: string) => boolean} whether it keeps the previous change's picture without being part of that change */
export const isBeside = (kind) => shows(kind) === "beside";

/** @type {(kind: string) => boolean} whether it follows by itself from the previous change and keeps its picture */
export const follows = (kind) => shows(kind) === "follows";

/** @type {(kind: string) => boolean} whether it keeps the previous change's picture */
export const keepsPicture = (kind) => isBeside(kind) || follows(kind);

/** @param {string} kind its sign on the strip */
export const glyphOf = (kind) => (ring.knows(kind) ? ring.kind(kind).glyph : undefined);
