/** The last change of a cluster, for pages opened after it. Shown until "Done", which this browser remembers. */

/** @import { Event, Moment, State } from "./types.js" */

/** @typedef {{event: Event, before: State}} LastChange */

/** @param {string} slug */
const keptAs = (slug) => `ringviz:done:${slug}`;

/**
 * The head, as a page shows it that was open during the change.
 * @param {Moment} head calm
 * @param {LastChange | null} change of it
 * @param {string} epoch
 * @returns {Moment}
 */
export function withLastChange(head, change, epoch) {
  if (!change || isDone(head.state.cluster.slug, epoch, change.event.v)) return head;
  return { ...head, ...change, calm: false };
}

/**
 * @param {string} slug
 * @param {string} epoch
 * @param {number} v
 */
function isDone(slug, epoch, v) {
  const [where, most] = (read(keptAs(slug)) ?? "").split(" ");
  return where === epoch && v <= Number(most);
}

/** @param {string} name */
function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // some private windows refuse storage; they show the change again
  }
}

/**
 * Remembers that the reader is done with the change that the head shows.
 * @param {Moment} head
 * @param {string} epoch
 */
export function keepDone({ event, state }, epoch) {
  if (!event) return;
  try {
    localStorage.setItem(keptAs(state.cluster.slug), `${epoch} ${event.v}`);
  } catch {
    // As above.
  }
}
