/** Actions on the ring: immediate in a demo, planned first elsewhere, what-ifs for people who only watch. */

import { getJson, HttpError, newKey, postForm } from "../lib/http.js";
import { _, interpolate } from "../lib/i18n.js";
import { ASK } from "../lib/session.js";
import { ANSWER_WITHIN_MS, TakenBack } from "../lib/asking.js";
import { powersOf } from "./powers.js";
import { apply, eventWords, ring } from "./subject.js";
import { decodeWords } from "./tokens.js";
import { deedWords, planWords } from "./deedwords.js";

/** @import { Event, Payload, Urls } from "./types.js" */
/** @import { Asking } from "../lib/asking.js" */
/** @import { Store } from "./store.js" */
/** @import { TokenBook } from "./tokens.js" */

/** @typedef {Record<string, string>} Fields `action` first, then its target */
/** @typedef {(text: string, again?: {words: string, action: () => void}) => void} Notice */

/** Actions that are carried out or refused, but never planned. */
const UNPLANNED = new Set(["undo", "cancel", "workload", "verdict_delay", "thaw"]);

export class Acting {
  /**
   * @param {Store} store
   * @param {Urls} urls
   * @param {{book: TokenBook, notice: Notice, asking: Asking, receive: (event: Event) => void}} parts
   */
  constructor(store, urls, { book, notice, asking, receive }) {
    this.store = store;
    this.urls = urls;
    this.book = book;
    this.notice = notice;
    this.asking = asking;
    this.receive = receive;
    /** Whether the plan on the screen is being committed. Its own event must not trigger a new plan. */
    this.committing = false;
    /** The version of the committed plan, if the answer arrived before the socket's event. */
    this.committed = 0;
    this.asked = 0;
    /** Cancels the request for a plan. */
    this.leave = () => {};
    /** @type {{fields: Fields, note: string, v: number} | null} */
    this.waiting = null;
  }

  get powers() {
    return powersOf(this.store.page, this.mayOperate);
  }

  get mayOperate() {
    return this.store.page.mayOperate;
  }

  /**
   * Handles a click: acts if that is allowed without a plan, otherwise plans. Removing is always planned first, because it
   * cannot be undone; thawing never is, because there is no time.
   * @param {Fields} fields
   * @param {(error: HttpError) => boolean} [told] shows the error itself and returns true, if it can
   */
  async intend(fields, told) {
    const { click, quick } = this.powers;
    if (!click) return;
    const atOnce = quick || (this.mayOperate && fields.action === "thaw");
    const sure = atOnce && fields.action !== "remove" && !this.store.page.plan;
    await this.reported(sure ? this.act(fields) : this.plan(fields), fields, told);
  }

  /**
   * @param {Fields} fields
   * @param {() => void} [onWaiting] called if there is no answer within a second; a line under the top bar then says so
   * @returns {Promise<number>} the new version
   * @throws {HttpError} refused; the input stays as it is. TakenBack
   */
  async act(fields, onWaiting) {
    const { v: version, state } = this.store.page.head;
    const key = newKey();
    // A repeated request keeps the version of the click, because the reader decided on what was visible then.
    const values = { ...fields, version, key };
    const send = (/** @type {AbortSignal} */ signal) =>
      postForm(this.urls.act, values, { signal, withinMs: ANSWER_WITHIN_MS });
    const answer = await this.asking.ask({ what: deedWords(fields, state), key, send, onWaiting }).answer;
    if (answer.event) this.receive(answer.event);
    return answer.v;
  }

  /**
   * Requests a plan and shows it.
   * @param {Fields} fields
   * @param {string} [note] why the plan is made again
   * @returns {Promise<void>}
   * @throws {HttpError} if it is not possible
   */
  async plan(fields, note = "") {
    this.leave();
    this.asked += 1;
    const mine = this.asked;
    const url = `${this.urls.plan}?${new URLSearchParams(fields)}`;
    const send = (/** @type {AbortSignal} */ signal) => getJson(url, signal);
    const what = planWords(deedWords(fields, this.store.page.head.state));
    const { answer, takeBack } = this.asking.ask({ what, key: "", send, harmless: true });
    this.leave = takeBack;
    const { v, kind, payload, tokens, estimate = null, compared = null } = await answer;
    const { head, view } = this.store.page;
    if (mine !== this.asked || view !== head) return;
    if (v !== head.v) return this.later(fields, note, v);
    const after = apply(head.state, kind, payload);
    if (tokens && payload.node) this.book.learn(after, new Map([[payload.node.number, decodeWords(tokens)]]));
    this.store.set({
      plan: { fields, v, kind, payload, after, note, estimate, compared },
      side: "after",
      tab: "more",
      screen: "ring",
    });
  }

  /**
   * The plan is for a version that the socket has not delivered yet, or has passed. Requests it again once they agree.
   * @param {Fields} fields
   * @param {string} note
   * @param {number} v
   */
  async later(fields, note, v) {
    if (v < this.store.page.head.v) await this.plan(fields, note);
    else this.waiting = { fields, note, v };
  }

  /**
   * The head moved: repeats a plan that waited for it, or that is out of date.
   * @param {Fields | null} fields of the plan that was on the screen
   * @param {Event} event
   */
  headMoved(fields, event) {
    const { waiting } = this;
    this.waiting = null;
    const again = waiting && waiting.v <= event.v ? waiting.fields : fields;
    if (!again) return;
    const { text } = eventWords(event.kind, event.payload);
    const changed = ring.knows(event.kind)
      ? interpolate(_("The ring changed (%(what)s), so this was planned again."), { what: text })
      : "";
    const note = waiting ? waiting.note : changed;
    void this.reported(this.plan(again, note), again);
  }

  discard() {
    this.leave();
    this.asked += 1;
    this.waiting = null;
    this.store.set({ plan: null, side: "after", tab: "nodes" });
  }

  async commit() {
    const { plan } = this.store.page;
    if (!plan) return;
    this.committing = true;
    const work = this.act(plan.fields).then((v) => {
      this.committed = v;
    });
    await this.reported(work, plan.fields);
    this.committing = false;
  }

  /**
   * Whether an event is the commit of the plan on the screen. It can arrive before the server's answer, or after it.
   * @param {Event} event
   */
  isCommitted({ v }) {
    return this.committing || v === this.committed;
  }

  /** Undoes the newest event. */
  undo() {
    const fields = { action: "undo" };
    return this.reported(this.act(fields), fields);
  }

  /**
   * Reports the failure of an action in words.
   * @param {Promise<unknown>} work
   * @param {Fields} fields
   * @param {(error: HttpError) => boolean} [told]
   */
  async reported(work, fields, told) {
    try {
      await work;
      this.notice("");
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      if (error instanceof TakenBack) return;
      if (told?.(error)) this.notice("");
      else this.refused(error, fields);
    }
  }

  /**
   * If somebody was faster, says what happened and plans again on the current state. Otherwise shows the server's message.
   * @param {HttpError} error
   * @param {Fields} fields
   */
  refused(error, fields) {
    const text = refusalWords(error);
    if (error.status === 403) document.dispatchEvent(new CustomEvent(ASK)); // perhaps signed out
    if (error.status !== 409 || UNPLANNED.has(fields.action)) return this.notice(text);
    const action = () => void this.reported(this.plan(fields), fields);
    this.notice(text, { words: _("Show the plan again"), action });
  }
}

/**
 * The server's message; or what somebody else did, if they were faster.
 * @param {HttpError} error
 */
export function refusalWords({ status, message, data }) {
  if (status !== 409) return message;
  const events = /** @type {{kind: string, payload: Payload}[]} */ (data.events ?? []);
  const what = events.map(({ kind, payload }) => eventWords(kind, payload).text).join(", ");
  return interpolate(_("The ring has changed: %(what)s. Nothing was done."), { what: what || message });
}
