/** The rules of a live connection, without a socket, timer or clock: decides what to do with each message. */

/**
 * @typedef {{v: number, epoch: string}} Have what the page shows: a version, and the epoch of its stream
 * @typedef {{type: "event", v: number, kind: string, at: string, payload: any}} LiveEvent
 * @typedef {{type: "snapshot", v: number, epoch: string, parts: any}} Snapshot parts: the state of each subject, by name
 * @typedef {{do: "nothing"} | {do: "apply", event: LiveEvent} | {do: "replace", snapshot: Snapshot}
 *   | {do: "frame", topic: string, data: any} | {do: "ask", since: number} | {do: "renew"} | {do: "end"}} Verdict
 *   renew: the server is newer and sent an event that the page cannot read; only a snapshot helps
 */

/** The server sends something every second (live/hub.py). After this much silence the page is no longer live. */
export const HEARD_WITHIN_MS = 3_000;
/** After this much silence of another process the page says so. By then it would know if the server itself were silent. */
export const BLAME_AFTER_MS = HEARD_WITHIN_MS + 2_000;
/** After this much silence the page opens a new connection. Until then the old one may only be slow. */
export const GIVEN_UP_AFTER_MS = 10_000;

const FIRST_PAUSE_MS = 500;
const SHORTEST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** Close codes of the server (live/consumer.py). */
export const CODE_GONE = 4404;
export const CODE_FULL = 4429;

/**
 * How long to wait before the next attempt: longer each time, with random jitter, so that after a restart of the server not
 * all pages reconnect at the same moment.
 * @param {number} attempt 0 for the first one after a working connection
 * @param {number} random in [0, 1)
 * @returns {number} milliseconds, 250 to 10,000
 */
export function pauseMs(attempt, random) {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt, 10));
  return Math.round(SHORTEST_PAUSE_MS + random * (longest - SHORTEST_PAUSE_MS));
}

/**
 * @param {string} url path or URL of the socket
 * @param {Have} have
 * @param {string} page the page's URL
 * @returns {string} the URL to connect to, continuing from what the page has
 */
export function socketAddress(url, have, page) {
  const address = new URL(url, page);
  address.protocol = address.protocol === "https:" || address.protocol === "wss:" ? "wss:" : "ws:";
  address.hash = "";
  address.searchParams.set("since", String(have.v));
  address.searchParams.set("epoch", have.epoch);
  return address.href;
}

/** The messages of one connection, judged in the order of arrival. */
export class Conversation {
  /**
   * @param {() => Have} have called for each message, because applying a verdict changes the result
   * @param {(kind: string) => boolean} declares whether the page knows this kind of event
   */
  constructor(have, declares = () => true) {
    this.have = have;
    this.declares = declares;
    /** Whether a snapshot was requested. It replaces all events until it arrives. */
    this.renewing = false;
    this.greeted = false;
    /** Whether the server cannot read the log, so the last message is all that is known. */
    this.silent = false;
    this.head = 0;
    this.epoch = "";
    /** @type {number | null} the version of a requested resync, until something is applied */
    this.asked = null;
    /** @type {Map<string, number>} */
    this.frames = new Map();
  }

  /** Whether the page has everything that the server has announced. */
  get current() {
    const { v, epoch } = this.have();
    return this.greeted && epoch === this.epoch && v >= this.head;
  }

  /**
   * @param {any} message the server's message, decoded
   * @returns {Verdict}
   */
  take(message) {
    switch (message.type) {
      case "hello":
        this.greeted = true;
        this.head = message.head;
        this.epoch = message.epoch;
        return { do: "nothing" };
      case "snapshot":
        this.asked = null;
        this.renewing = false;
        this.epoch = message.epoch;
        this.head = message.v;
        return { do: "replace", snapshot: message };
      case "event":
        return this.takeEvent(message);
      case "heartbeat":
        this.head = Math.max(this.head, message.v);
        this.asked = null;
        return this.askIfBehind();
      case "frame":
        return this.takeFrame(message);
      case "log":
        this.silent = !message.readable;
        return { do: "nothing" };
      case "gone":
        return { do: "end" };
      default:
        return { do: "nothing" };
    }
  }

  /** @param {LiveEvent} event @returns {Verdict} */
  takeEvent(event) {
    const { v, epoch } = this.have();
    if (epoch !== this.epoch || event.v <= v) {
      return { do: "nothing" };
    }
    this.head = Math.max(this.head, event.v);
    if (this.renewing) {
      return { do: "nothing" };
    }
    if (!this.declares(event.kind)) {
      this.renewing = true;
      return { do: "renew" };
    }
    if (event.v === v + 1) {
      this.asked = null;
      return { do: "apply", event };
    }
    return this.askIfBehind();
  }

  /**
   * Keeps the newest value of a topic and ignores late ones.
   * @param {{topic: string, n: number, data: any}} frame
   * @returns {Verdict}
   */
  takeFrame({ topic, n, data }) {
    if (n <= (this.frames.get(topic) ?? 0)) {
      return { do: "nothing" };
    }
    this.frames.set(topic, n);
    return { do: "frame", topic, data };
  }

  /** Requests a missing range once; later events request nothing until it is filled. @returns {Verdict} */
  askIfBehind() {
    const { v, epoch } = this.have();
    if (epoch !== this.epoch || v >= this.head || this.asked === v || this.renewing) {
      return { do: "nothing" };
    }
    this.asked = v;
    return { do: "ask", since: v };
  }
}
