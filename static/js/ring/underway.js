/** The request in progress on a managed cluster: what it moves, and how far it has come. */

import { shownChange } from "./change.js";
import { fresh } from "./served/fresh.js";

/** @import { Change, Page, Payload, State, Work } from "./types.js" */

/**
 * @typedef {{work: Work, kind: string, payload: Payload, v: number, before: State, after: State}} UnderWay
 *   work: the request; the event that it will become, decided on version v, and the states round it
 */

/**
 * The request in progress, or else the next one. null in the past, beside a plan, and while a finished change is shown.
 * Starting the first servers does not count.
 * @param {Pick<Page, "view" | "head" | "plan" | "frames">} page
 * @returns {Work | null}
 */
export function busyWith({ view, head, plan, frames }) {
  if (view !== head || plan || !view.calm) return null;
  const open = (view.state.work ?? []).filter(({ action }) => action !== "form");
  return open.find(({ id }) => id === frames.work?.id) ?? open[0] ?? null;
}

/** @type {WeakMap<UnderWay, Change>} */
const changes = new WeakMap();

/**
 * What the request moves, as a change that has not happened yet. null until the answer is here, and during a cancellation,
 * when keys go back.
 * @param {Readonly<Page>} page
 * @returns {Change | null}
 */
export function movingChange(page) {
  const work = busyWith(page);
  const { underWay } = page;
  if (!work || work.cancelling || underWay?.work.id !== work.id) return null;
  const { kind, payload, before, after, v } = underWay;
  const known = changes.get(underWay);
  if (known) return known;
  const change = { kind, payload, movement: payload.movement ?? null, before, after, planned: true, v, work };
  changes.set(underWay, change);
  return change;
}

/**
 * The change to draw: the plan, the request in progress, or the last change.
 * @param {Readonly<Page>} page
 * @returns {Change | null}
 */
export const drawnChange = (page) => movingChange(page) ?? shownChange(page);

/**
 * The supervisor's count of what has moved; null while there is none.
 * @param {Readonly<Page>} page
 * @param {Work} work
 * @param {number} now ms of this machine
 * @returns {{done: number, all: number, slots: number, allSlots: number} | null}
 */
export function progressOf(page, work, now) {
  const frame = fresh(page, "work", now);
  if (frame?.id !== work.id || frame.slots_total === 0) return null;
  return { done: frame.keys_done, all: frame.keys_total, slots: frame.slots_done, allSlots: frame.slots_total };
}
