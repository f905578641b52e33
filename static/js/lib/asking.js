/**
 * Requests to the server that have no answer yet. Each can say that it is waiting, and the reader can take it back.
 *
 * While the connection is lost, nothing is sent. A request without an answer in time is given up. It is sent again only when
 * the reader says so, with the same key, so that it is carried out once.
 */

import { HttpError } from "./http.js";
import { _, interpolate } from "./i18n.js";

/** @typedef {{what: string, key: string, send: (signal: AbortSignal) => Promise<any>, harmless?: boolean,
 *   onWaiting?: () => void}} Request
 *   what: "Kill cache-2"; key: of the resulting event, "" for none; send: may be called again, with the same key;
 *   harmless: it changes nothing, so it is sent automatically once the connection is back; onWaiting: called if it takes long
 */
/** @typedef {{text: string, buttons: {words: string, action: () => void}[]}} Line */
/** @typedef {{show(lines: Line[]): void, later(callback: () => void, ms: number): any, cancel(timer: any): void}} Surroundings */

/** How long a change waits for its answer before it is given up. */
export const ANSWER_WITHIN_MS = 5_000;
/** After this long, a request says that it is waiting. */
export const WAITS_AFTER_MS = 1_000;
/** How long the page says that a request was taken back. */
export const SAID_FOR_MS = 10_000;

/** The reader took the request back, so it is not reported as refused. */
export class TakenBack extends HttpError {
  constructor() {
    super(0, "");
    this.name = "TakenBack";
  }
}

class Asked {
  /** @param {Asking} all @param {Request} request */
  constructor(all, request) {
    this.all = all;
    this.request = request;
    /** @type {"held" | "sent" | "waiting" | "unanswered"} */
    this.phase = "held";
    this.wasSent = false;
    this.abort = new AbortController();
    /** @type {any} */
    this.timer = null;
    /** @type {{resolve: (answer: any) => void, reject: (error: unknown) => void}} */
    this.settle = { resolve: () => {}, reject: () => {} };
    /** @type {Promise<any>} */
    this.answer = new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
    });
  }

  begin() {
    if (this.all.heard) void this.send();
    else this.wait("held");
  }

  async send() {
    const { signal } = this.abort;
    this.phase = "sent";
    this.wasSent = true;
    this.timer = this.all.around.later(() => this.wait("waiting"), WAITS_AFTER_MS);
    this.all.write();
    try {
      this.end((settle, answer) => settle.resolve(answer), await this.request.send(signal));
    } catch (error) {
      if (signal.aborted) return;
      const unanswered = error instanceof HttpError && error.status === 0;
      if (unanswered) this.wait("unanswered");
      else this.end((settle) => settle.reject(error), null);
    }
  }

  /** @param {"held" | "waiting" | "unanswered"} phase */
  wait(phase) {
    this.all.around.cancel(this.timer);
    this.phase = phase;
    this.request.onWaiting?.();
    this.all.write();
  }

  /** The connection is back: sends the request if it is harmless. */
  again() {
    if (this.request.harmless && (this.phase === "held" || this.phase === "unanswered")) void this.send();
  }

  takeBack() {
    this.abort.abort();
    this.end((settle) => settle.reject(new TakenBack()), null);
    if (!this.request.harmless) this.all.tookBack(this);
  }

  /**
   * @param {(settle: Asked["settle"], answer: any) => void} how
   * @param {any} answer
   */
  end(how, answer) {
    this.all.around.cancel(this.timer);
    this.all.open.delete(this);
    how(this.settle, answer);
    this.all.write();
  }

  /** @returns {Line | null} null while it is too early to say anything */
  line() {
    const back = { words: _("Take back"), action: () => this.takeBack() };
    const send = () => void this.send();
    const { heard } = this.all;
    const said = (/** @type {string} */ text, /** @type {Line["buttons"]} */ buttons) => ({
      text: interpolate(text, { what: this.request.what }),
      buttons,
    });
    if (this.phase === "sent") return null;
    if (this.phase === "waiting" || !heard) return said(_("%(what)s is waiting for the server."), [back]);
    if (!this.wasSent) return said(_("%(what)s has not been sent."), [{ words: _("Send"), action: send }, back]);
    return said(_("%(what)s got no answer."), [{ words: _("Send again"), action: send }, back]);
  }
}

export class Asking {
  /** @param {Surroundings} around */
  constructor(around) {
    this.around = around;
    this.heard = true;
    /** @type {Set<Asked>} */
    this.open = new Set();
    /** @type {Set<Line>} the results of requests that were taken back */
    this.said = new Set();
    /** @type {Map<string, string>} requests taken back after they were sent, by key: they may have arrived */
    this.doubtful = new Map();
  }

  /**
   * Sends a request, or holds it while the connection is lost.
   * @param {Request} request
   * @returns {{answer: Promise<any>, takeBack: () => void}} the answer throws HttpError if refused, TakenBack
   */
  ask(request) {
    const asked = new Asked(this, request);
    this.open.add(asked);
    asked.begin();
    return { answer: asked.answer, takeBack: () => this.open.has(asked) && asked.takeBack() };
  }

  /** @param {boolean} heard whether the server's messages arrive */
  listen(heard) {
    if (heard === this.heard) return;
    this.heard = heard;
    if (heard) for (const asked of [...this.open]) asked.again();
    this.write();
  }

  /**
   * An event arrived, whoever requested it.
   * @param {{v: number, key?: string}} event
   */
  happened(event) {
    if (!event.key) return;
    for (const asked of [...this.open]) {
      if (asked.request.key === event.key) asked.end((settle) => settle.resolve({ v: event.v, event: null }), null);
    }
    const what = this.doubtful.get(event.key);
    if (what === undefined) return;
    this.doubtful.delete(event.key);
    this.say(interpolate(_("%(what)s had already reached the server and was carried out."), { what }));
  }

  /** @param {Asked} asked */
  tookBack({ request: { what, key }, wasSent }) {
    if (wasSent) this.doubtful.set(key, what);
    const text = wasSent
      ? _("%(what)s was taken back. If it has reached the server already, this page will say so.")
      : _("%(what)s was taken back. It was never sent.");
    const close = this.say(interpolate(text, { what }));
    this.around.later(close, SAID_FOR_MS);
  }

  /**
   * @param {string} text
   * @returns {() => void} removes it
   */
  say(text) {
    const close = () => {
      this.said.delete(line);
      this.write();
    };
    const line = { text, buttons: [{ words: _("Close"), action: close }] };
    this.said.clear();
    this.said.add(line);
    this.write();
    return close;
  }

  write() {
    const lines = [...this.open].map((asked) => asked.line()).filter((line) => line !== null);
    this.around.show([...lines, ...this.said]);
  }
}
