/** A socket's messages by long polling: asks its URL over HTTP, and again after each answer (live/polling.py). */

import { CODE_FULL } from "./live-core.js";

/** @import { Socket } from "./live.js" */

/** The minimum time between two requests, however fast the answers come. */
const LEAST_MS = 250;
const STATUS_FULL = 429;

/**
 * @typedef {{
 *   fetch: (address: string, signal: AbortSignal) => Promise<{status: number, messages: any[]}>,
 *   now: () => number,
 *   later: (callback: () => void, ms: number) => any,
 *   cancel: (timer: any) => void,
 *   id: () => string,
 * }} Around the browser's functions; tests pass their own. id: 16 random hexadecimal digits
 */

/** @returns {Around} */
const browser = () => ({
  async fetch(address, signal) {
    const answer = await fetch(address, { credentials: "same-origin", cache: "no-store", signal });
    return { status: answer.status, messages: answer.ok ? await answer.json() : [] };
  },
  now: () => Date.now(),
  later: (callback, ms) => setTimeout(callback, ms),
  cancel: (timer) => clearTimeout(timer),
  id: () =>
    Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join(""),
});

/** @implements {Socket} */
export class Poller {
  /**
   * @param {() => string} address the socket's URL, continuing from what the page has now
   * @param {Around} [around]
   */
  constructor(address, around = browser()) {
    this.address = address;
    this.around = around;
    this.page = around.id();
    this.cursor = { feed: "", frames: 0 };
    this.renewing = false;
    this.ending = new AbortController();
    /** @type {Record<string, ((event: any) => void)[]>} */
    this.listeners = { message: [], close: [] };
    /** @type {any} */
    this.timer = null;
    void this.ask();
  }

  /** @param {string} kind @param {(event: any) => void} listener */
  addEventListener(kind, listener) {
    this.listeners[kind]?.push(listener);
  }

  /** Only a request for a snapshot matters here, because each poll says which version the page has. @param {any} text */
  send(text) {
    this.renewing ||= !("since" in JSON.parse(text));
  }

  close() {
    this.ending.abort();
    this.around.cancel(this.timer);
  }

  question() {
    const address = new URL(this.address());
    address.protocol = address.protocol === "wss:" ? "https:" : "http:";
    if (this.renewing) address.searchParams.delete("since");
    const { feed, frames } = this.cursor;
    for (const [name, value] of Object.entries({ page: this.page, feed, frames })) {
      address.searchParams.set(name, String(value));
    }
    return address.href;
  }

  async ask() {
    const began = this.around.now();
    const answer = await this.around.fetch(this.question(), this.ending.signal).catch(() => null);
    if (this.ending.signal.aborted) return;
    if (answer?.status !== 200) {
      this.close();
      this.tell("close", { code: answer?.status === STATUS_FULL ? CODE_FULL : 0 });
      return;
    }
    for (const message of answer.messages) {
      if (message.type === "cursor") this.cursor = { feed: message.feed, frames: message.frames };
      else if (!this.ending.signal.aborted) this.tell("message", { data: message });
      if (message.type === "snapshot") this.renewing = false;
    }
    const waited = this.around.now() - began;
    this.timer = this.around.later(() => void this.ask(), Math.max(0, LEAST_MS - waited));
  }

  /** @param {string} kind @param {any} event */
  tell(kind, event) {
    for (const listener of this.listeners[kind] ?? []) listener(event);
  }
}
