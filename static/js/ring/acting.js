/** Doing things to the ring: at once in a demo, by a plan first elsewhere, as a what-if for those who watch. */

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

/** @typedef {Record<string, string>} Fields `action` first, then what it is done to */
/** @typedef {(text: string, again?: {words: string, action: () => void}) => void} Notice */

/** What is done or refused, and never planned. */
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
    /** Whether the plan on the screen is being carried out: its event is no reason to plan again. */
    this.committing = false;
    /** The version that the plan became, when the server said so before the socket did. */
    this.committed = 0;
    this.asked = 0;
    /** Takes back the plan that is being asked for. */
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
   * What a click means: act where that is allowed at once, else plan. Removing cannot be undone, so it is planned first;
   * thawing has no time for a plan.
   * @param {Fields} fields
   * @param {(error: HttpError) => boolean} [told] says itself what was refused, where it can
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
   * @param {() => void} [onWaiting] no answer came within a second; what is said of it stands under the top bar
   * @returns {Promise<number>} the version that it became
   * @throws {HttpError} refused; the input stays as it is. TakenBack
   */
  async act(fields, onWaiting) {
    const { v: version, state } = this.store.page.head;
    const key = newKey();
    // Sent again it is of the same version: decided on what was seen when it was clicked.
    const values = { ...fields, version, key };
    const send = (/** @type {AbortSignal} */ signal) =>
      postForm(this.urls.act, values, { signal, withinMs: ANSWER_WITHIN_MS });
    const answer = await this.asking.ask({ what: deedWords(fields, state), key, send, onWaiting }).answer;
    if (answer.event) this.receive(answer.event);
    return answer.v;
  }

  /**
   * Asks what would happen and shows it.
   * @param {Fields} fields
   * @param {string} [note] why the plan is made again
   * @returns {Promise<void>}
   * @throws {HttpError} it makes no sense
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
   * The plan was made on a version that the socket has not brought yet (or has passed): once it has, ask again.
   * @param {Fields} fields
   * @param {string} note
   * @param {number} v
   */
  async later(fields, note, v) {
    if (v < this.store.page.head.v) await this.plan(fields, note);
    else this.waiting = { fields, note, v };
  }

  /**
   * The head moved: a plan that waited for it, or one that was made on what is no longer so, is made again.
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
   * Whether an event is what the plan on the screen became: it comes before the server's answer to the commit, or after.
   * @param {Event} event
   */
  isCommitted({ v }) {
    return this.committing || v === this.committed;
  }

  /** Takes back the newest event. */
  undo() {
    const fields = { action: "undo" };
    return this.reported(this.act(fields), fields);
  }

  /**
   * Says in words what did not work.
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
   * Somebody was faster: what happened, and the plan on what is so now. Anything else: what the server said.
   * @param {HttpError} error
   * @param {Fields} fields
   */
  refused(error, fields) {
    const text = refusalWords(error);
    if (error.status === 403) document.dispatchEvent(new CustomEvent(ASK)); // signed out meanwhile?
    if (error.status !== 409 || UNPLANNED.has(fields.action)) return this.notice(text);
    const action = () => void this.reported(this.plan(fields), fields);
    this.notice(text, { words: _("Show the plan again"), action });
  }
}

/**
 * What the server said; when somebody was faster, what they did.
 * @param {HttpError} error
 */
export function refusalWords({ status, message, data }) {
  if (status !== 409) return message;
  const events = /** @type {{kind: string, payload: Payload}[]} */ (data.events ?? []);
  const what = events.map(({ kind, payload }) => eventWords(kind, payload).text).join(", ");
  return interpolate(_("The ring has changed: %(what)s. Nothing was done."), { what: what || message });
}
