/** Moving through the versions: the head as events arrive, any moment of the past, and back. */

import { newEntry } from "../lib/entries.js";
import { getJson } from "../lib/http.js";
import { keepDone, withLastChange } from "./lastchange.js";
import { apply, eventWords, isDrawn, keepsPicture, ring } from "./subject.js";

/** @import { Event, EventRow, Moment, State, Urls } from "./types.js" */
/** @import { Store } from "./store.js" */

const KEPT = 40;

export class Travel {
  /**
   * @param {Store} store
   * @param {Urls} urls
   * @param {(error: unknown) => void} trouble called if a moment could not be loaded
   */
  constructor(store, urls, trouble) {
    this.store = store;
    this.urls = urls;
    this.trouble = trouble;
    /** @type {Map<number, Promise<Moment>>} requested moments, without the state before them */
    this.known = new Map();
    this.asked = 0;
    /** Whether the next moment shown begins a history entry; a step that is overtaken by another, or
     * that changes nothing on the page, passes this on. */
    this.entry = false;
  }

  /**
   * A moment from the server.
   * @param {number} v
   * @returns {Promise<Moment>}
   */
  fetch(v) {
    const known = this.known.get(v);
    if (known) return known;
    const asked = getJson(`${this.urls.state}?v=${v}`).then(({ at, state, event }) => ({
      v,
      at: event?.at ?? at,
      state,
      event,
      before: null,
      calm: true,
    }));
    asked.catch(() => this.known.delete(v));
    this.known.set(v, asked);
    if (this.known.size > KEPT) this.known.delete(this.known.keys().next().value ?? v);
    return asked;
  }

  /**
   * Shows a version and what its event changed. The last request wins.
   * @param {number} v
   * @param {boolean} [entry] whether Back returns to what is shown now
   * @returns {Promise<boolean>} whether it is shown
   */
  async go(v, entry = false) {
    const { floor, head } = this.store.page;
    const to = Math.max(floor, Math.min(head.v, v));
    this.asked += 1;
    this.entry ||= entry;
    const mine = this.asked;
    const found = await Promise.all([this.fetch(to), to > floor ? this.fetch(to - 1) : null]).catch(this.trouble);
    if (!found || mine !== this.asked) return false;
    const [moment, before] = found;
    const shown = { ...moment, before: before?.state ?? null, calm: !before || !isDrawn(moment.event?.kind ?? "") };
    const now = this.store.page;
    const live = to === now.head.v;
    if (to !== now.view.v) {
      if (this.entry) newEntry();
      this.entry = false;
    }
    this.store.set({ view: shown, ...(live ? { head: shown } : {}), plan: null, side: "after" });
    if (to - 2 >= floor) this.fetch(to - 2).catch(() => {});
    return true;
  }

  /**
   * @param {number} by versions, usually 1 or -1
   * @param {boolean} [entry] as of `go`
   */
  step(by, entry = true) {
    return this.go(this.store.page.view.v + by, entry);
  }

  /**
   * Follows Back or Forward to the moment in the address.
   * @param {number | null} v null for now
   */
  async restore(v) {
    const { view, head } = this.store.page;
    this.entry = false;
    if (v === null) {
      if (view !== head) this.live(false);
    } else if (v !== view.v) await this.go(v);
  }

  /**
   * Returns to now.
   * @param {boolean} [entry] as of `go`
   */
  live(entry = true) {
    this.asked += 1;
    this.entry = false;
    if (entry && this.store.page.view !== this.store.page.head) newEntry();
    this.store.set({ view: this.store.page.head, side: "after" });
  }

  /** Shows every node in colour again, without the last change. Only at the head: a past moment always shows its change. */
  calm() {
    const { head, view, epoch } = this.store.page;
    keepDone(head, epoch);
    const calm = { ...head, calm: true };
    this.store.set({ head: calm, plan: null, side: "after", ...(view === head ? { view: calm } : {}) });
  }

  /**
   * Takes the next event, from the socket or from an answer: each event may come from both, and the second is dropped. For
   * other subjects, only the version counts.
   * @param {Event} event
   */
  receive(event) {
    const { head, view, rows } = this.store.page;
    if (event.v !== head.v + 1) return;
    const { kind, payload, v, at } = event;
    const live = view === head;
    if (!ring.knows(kind)) {
      // Another subject's: only the version changes.
      const next = { ...head, v, at };
      this.store.set({ head: next, ...(live ? { view: next } : {}) });
      return;
    }
    const state = apply(head.state, kind, payload);
    const kept = live && !head.calm && keepsPicture(kind);
    const next = kept ? { ...head, v, at, state } : { v, at, state, event, before: head.state, calm: !isDrawn(kind) };
    const patch = live ? { view: next, side: /** @type {const} */ ("after"), plan: null } : {};
    this.store.set({ head: next, rows: [...rows, rowOf(event)], ...patch });
  }

  /**
   * Replaces the whole state: after a long silence, or from a new database (another epoch).
   * @param {{v: number, epoch: string, parts: {ring: State}}} snapshot
   * @param {string} at
   */
  restart({ v, epoch, parts }, at) {
    const { page } = this.store;
    const state = parts.ring;
    const head = { v, at, state, event: null, before: null, calm: true };
    const other = epoch !== page.epoch;
    if (other) this.known.clear();
    const follow = other || page.view === page.head;
    // Events that happened meanwhile are not among the rows: load them again.
    this.store.set({ head, epoch, life: page.life + 1, plan: null, rows: [], ...(follow ? { view: head } : {}) });
    void this.recall(head).catch(this.trouble);
  }

  /**
   * Adds the last change to a head that came without one.
   * @param {Moment} head
   */
  async recall(head) {
    const { v, epoch, change } = await getJson(this.urls.state);
    const { page } = this.store;
    if (page.head !== head || v !== head.v || epoch !== page.epoch) return; // a newer one exists
    const told = withLastChange(head, change, epoch);
    this.store.set({ head: told, ...(page.view === head ? { view: told } : {}) });
  }
}

/**
 * An event as a row of the list, as the server would send it.
 * @param {Event} event
 * @returns {EventRow}
 */
function rowOf({ v, kind, at, payload }) {
  const moved = payload.movement?.moved ?? 0;
  const keys = payload.movement?.keys ?? 0;
  const share = keys > 0 ? moved / keys : 0;
  return { v, kind, at, ...eventWords(kind, payload), moved, keys, share, lost: payload.loss?.keys ?? 0 };
}
