/** The page's live connection: reconnects automatically and applies every event exactly once, in order. */

import {
  CODE_FULL,
  CODE_GONE,
  Conversation,
  GIVEN_UP_AFTER_MS,
  HEARD_WITHIN_MS,
  pauseMs,
  socketAddress,
} from "./live-core.js";
import { hearServer } from "./server-time.js";
import { transport } from "./transport.js";

/**
 * @typedef {import("./live-core.js").Have} Have
 * @typedef {import("./live-core.js").LiveEvent} LiveEvent
 * @typedef {import("./live-core.js").Snapshot} Snapshot
 * @typedef {"connecting" | "live" | "lost" | "silent" | "ahead" | "gone"} State
 *   ahead: connected, but the log has more than the page shows. gone: the stream was deleted, so nothing more comes.
 *   silent: connected, but the server cannot read the log, so the page may be out of date.
 * @typedef {{state: State, since: number | null}} LinkState
 *   lost: no message for 3 s, or the connection ended.
 *   since: for "lost", the time of the last message (ms since 1970 by this machine's clock); for "silent", when the server
 *   said so; otherwise null.
 * @typedef {{
 *   url: string,
 *   have: () => Have,
 *   onSnapshot: (message: Snapshot) => void,
 *   onEvent: (event: LiveEvent) => void,
 *   onFrame: (topic: string, data: any) => void,
 *   onState: (state: LinkState) => void,
 *   declares?: (kind: string) => boolean,
 *   onNewer?: () => void,
 * }} Options
 *   have: what the page shows now; onSnapshot and onEvent must change it.
 *   declares: whether the page knows a kind of event. An unknown kind comes from a newer server: onEvent is not called for
 *   it, but onNewer is, and a snapshot replaces the event. Without `declares`, onEvent gets every kind.
 *
 * @typedef {{
 *   send(text: string): void,
 *   close(): void,
 *   addEventListener(kind: "message" | "close", listener: (event: any) => void): void,
 * }} Socket the data of a message is JSON text, or already decoded
 * @typedef {{
 *   open(address: string): Socket,
 *   poll(address: () => string): Promise<Socket>,
 *   now(): number,
 *   random(): number,
 *   later(callback: () => void, ms: number): any,
 *   cancel(timer: any): void,
 *   onWake(callback: () => void): () => void,
 *   page(): string,
 * }} Surroundings the browser's functions; tests pass their own
 */

/** How often the connection is checked for silence. */
const LOOK_EVERY_MS = 500;
/** A check this late was delayed because the machine slept or the tab was hidden, so the silence proves nothing. */
const LATE_MS = 1_000;
/** The attempt number after a refusal by a full server: from here on, pauses are the longest. */
const PATIENT_ATTEMPT = 6;
/** After this many silent sockets, and no working one ever, something on the way is blocking WebSockets. */
const BLOCKED_AFTER = 3;
/** When a polling page tries a socket again, because perhaps only the server was down. */
const SOCKET_SOON_MS = 5_000;
const SOCKET_AGAIN_MS = 60_000;

/** @returns {Surroundings} */
const browser = () => ({
  open: (address) => new WebSocket(address),
  poll: async (address) => new (await import("./polling.js")).Poller(address),
  now: () => Date.now(),
  random: () => Math.random(),
  later: (callback, ms) => setTimeout(callback, ms),
  cancel: (timer) => clearTimeout(timer),
  page: () => location.href,
  onWake(callback) {
    const ifVisible = () => document.visibilityState === "visible" && callback();
    addEventListener("online", callback);
    addEventListener("pageshow", callback);
    document.addEventListener("visibilitychange", ifVisible);
    return () => {
      removeEventListener("online", callback);
      removeEventListener("pageshow", callback);
      document.removeEventListener("visibilitychange", ifVisible);
    };
  },
});

class Link {
  /** @param {Options} options @param {Surroundings} around */
  constructor(options, around) {
    this.options = options;
    this.around = around;
    /** @type {Socket | null} */
    this.socket = null;
    this.conversation = new Conversation(options.have, options.declares);
    this.heardAt = around.now();
    this.openedAt = around.now();
    this.lookAt = 0;
    this.attempt = 0;
    /** How many sockets in a row sent nothing; stays 0 once one has. */
    this.mute = 0;
    this.everHeard = false;
    this.attempts = 0;
    /** @type {any} */
    this.again = null;
    /** @type {any} */
    this.retry = null;
    /** @type {any} */
    this.look = null;
    this.ended = false;
    this.polling = false;
    /** @type {State} */
    this.state = "connecting";
    this.stopWaking = around.onWake(() => this.wake());
    this.open();
    this.watch();
  }

  /** Ends the connection and does not reconnect. */
  close() {
    this.ended = true;
    this.around.cancel(this.retry);
    this.around.cancel(this.look);
    this.around.cancel(this.again);
    this.stopWaking();
    this.drop();
  }

  open() {
    this.retry = null;
    this.openedAt = this.around.now();
    const attempt = ++this.attempts;
    if (this.mute < BLOCKED_AFTER) {
      this.use(this.around.open(this.address()));
      return;
    }
    const late = () => this.ended || this.attempts !== attempt;
    this.around
      .poll(() => this.address())
      .then(
        (poller) => (late() ? poller.close() : this.use(poller, { polling: true })),
        () => late() || this.lose(0),
      );
    this.around.cancel(this.again);
    this.again = this.around.later(() => this.trySocket(), SOCKET_SOON_MS);
  }

  /** The socket's URL, continuing from what the page has. */
  address() {
    return socketAddress(this.options.url, this.options.have(), this.around.page());
  }

  /** @param {Socket} socket @param {{polling?: boolean}} [how] */
  use(socket, { polling = false } = {}) {
    const { have, declares } = this.options;
    this.socket = socket;
    this.polling = polling;
    this.conversation = new Conversation(have, declares);
    socket.addEventListener("message", ({ data }) => socket === this.socket && this.receive(data));
    socket.addEventListener("close", ({ code }) => socket === this.socket && this.lose(code));
  }

  /** Tries a socket while polling; its first message ends the polling. */
  trySocket() {
    const socket = this.around.open(this.address());
    let heard = false;
    socket.addEventListener("message", ({ data }) => {
      if (heard || this.ended) return;
      heard = true;
      this.around.cancel(this.retry);
      this.retry = null;
      this.attempts += 1; // the poller is still loading
      this.drop();
      this.use(socket);
      this.receive(data);
    });
    socket.addEventListener("close", () => {
      if (!heard && !this.ended) this.again = this.around.later(() => this.trySocket(), SOCKET_AGAIN_MS);
    });
  }

  /** @param {any} data */
  receive(data) {
    this.heardAt = this.around.now();
    if (!this.polling) {
      this.everHeard = true;
      this.mute = 0;
    }
    const message = typeof data === "string" ? JSON.parse(data) : data;
    if (typeof message.now === "number") hearServer(message.now, this.heardAt);
    const verdict = this.conversation.take(message);
    switch (verdict.do) {
      case "apply":
        this.options.onEvent(verdict.event);
        break;
      case "replace":
        this.options.onSnapshot(verdict.snapshot);
        break;
      case "frame":
        this.options.onFrame(verdict.topic, verdict.data);
        break;
      case "ask":
        this.socket?.send(JSON.stringify({ type: "resync", since: verdict.since }));
        break;
      case "renew":
        this.socket?.send(JSON.stringify({ type: "resync" }));
        this.options.onNewer?.();
        break;
      case "end":
        this.finish();
        return;
    }
    if (this.conversation.greeted) {
      this.attempt = 0;
      this.say(this.conversation.silent ? "silent" : this.conversation.current ? "live" : "ahead");
    }
  }

  /** The connection is lost: try again after a pause. @param {number} code close code, 0 if the page gave up on it */
  lose(code) {
    // A socket that neither opened nor closed in all this time counts as several refused ones.
    if (!this.everHeard && !this.polling) this.mute += code === 0 ? BLOCKED_AFTER : 1;
    this.drop();
    if (code === CODE_GONE) {
      this.finish();
      return;
    }
    if (code === CODE_FULL) {
      this.attempt = Math.max(this.attempt, PATIENT_ATTEMPT);
    }
    this.say("lost");
    this.retry = this.around.later(() => this.open(), pauseMs(this.attempt, this.around.random()));
    this.attempt += 1;
  }

  /** The stream was deleted. */
  finish() {
    this.close();
    this.say("gone");
  }

  /** Checks regularly whether the connection fell silent without closing. */
  watch() {
    this.lookAt = this.around.now() + LOOK_EVERY_MS;
    this.look = this.around.later(() => {
      if (this.around.now() - this.lookAt > LATE_MS) {
        this.wake();
      } else {
        this.check();
      }
      this.watch();
    }, LOOK_EVERY_MS);
  }

  /** The time since the last message, or since the connection was opened. */
  get quietMs() {
    return this.around.now() - Math.max(this.heardAt, this.openedAt);
  }

  check() {
    if (this.socket && this.quietMs > GIVEN_UP_AFTER_MS) {
      this.lose(0);
    } else if (this.socket && this.quietMs > HEARD_WITHIN_MS) {
      this.say("lost");
    }
  }

  /**
   * The network, the reader or the machine is back, so stop waiting. A quiet connection may be dead, or its messages were
   * not delivered. A new connection tells; until then the state is neither lost nor live.
   */
  wake() {
    if (this.ended) return;
    if (this.retry !== null) {
      this.around.cancel(this.retry);
      this.attempt = 0;
      this.open();
    } else if (this.quietMs > HEARD_WITHIN_MS) {
      this.drop();
      this.open();
      if (this.state !== "lost") {
        this.say("connecting");
      }
    }
  }

  /** Drops the socket and ignores its later messages. */
  drop() {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  /** @param {State} state */
  say(state) {
    const polling = this.polling && state !== "lost";
    if (state !== this.state || polling !== transport.polling) {
      this.state = state;
      transport.polling = polling;
      this.options.onState({ state, since: state === "lost" || state === "silent" ? this.heardAt : null });
    }
  }
}

/**
 * Follows a stream until `close` is called or the stream is deleted. The first state is "connecting"; onState reports every
 * change.
 * @param {Options} options
 * @param {Surroundings} [around]
 * @returns {{close(): void}}
 */
export function connect(options, around = browser()) {
  const link = new Link(options, around);
  return { close: () => link.close() };
}
