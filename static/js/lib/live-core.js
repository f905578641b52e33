/** The rules of a live connection, without a socket, a timer or a clock: what a message means for what the page has. */

/**
 * @typedef {{v: number, epoch: string}} Have what the page shows: a version, and the life of the stream that it belongs to
 * @typedef {{type: "event", v: number, kind: string, at: string, payload: any}} LiveEvent
 * @typedef {{type: "snapshot", v: number, epoch: string, parts: any}} Snapshot parts: the state of each subject, by its name
 * @typedef {{do: "nothing"} | {do: "apply", event: LiveEvent} | {do: "replace", snapshot: Snapshot}
 *   | {do: "frame", topic: string, data: any} | {do: "ask", since: number} | {do: "renew"} | {do: "end"}} Verdict
 *   renew: an event came that the page cannot read, since the server is newer; only a snapshot helps
 */

/** The server says something every second (live/hub.py): after such a silence the page is not live. */
export const HEARD_WITHIN_MS = 3_000;
/** After such a silence the connection is given up for a new one; until then it may only be slow. */
export const GIVEN_UP_AFTER_MS = 10_000;

const FIRST_PAUSE_MS = 500;
const SHORTEST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** Closing codes of the server (live/consumer.py). */
export const CODE_GONE = 4404;
export const CODE_FULL = 4429;

/**
 * How long to wait before the next attempt: longer each time, and spread, so that the pages of a restarted server do not
 * all come back in the same moment.
 * @param {number} attempt 0 for the first one after a connection that worked
 * @param {number} random in [0, 1)
 * @returns {number} milliseconds, 250 to 10,000
 */
export function pauseMs(attempt, random) {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempt, 10));
  return Math.round(SHORTEST_PAUSE_MS + random * (longest - SHORTEST_PAUSE_MS));
}

/**
 * @param {string} url path or address of the socket
 * @param {Have} have
 * @param {string} page the address of the page
 * @returns {string} the address to connect to, continuing from what the page has
 */
export function socketAddress(url, have, page) {
  const address = new URL(url, page);
  address.protocol = address.protocol === "https:" || address.protocol === "wss:" ? "wss:" : "ws:";
  address.hash = "";
  address.searchParams.set("since", String(have.v));
  address.searchParams.set("epoch", have.epoch);
  return address.href;
}

/** One connection's messages, judged in the order they come. */
export class Conversation {
  /**
   * @param {() => Have} have read anew for each message: whoever applies a verdict changes it
   * @param {(kind: string) => boolean} declares whether the page was told of this kind of event
   */
  constructor(have, declares = () => true) {
    this.have = have;
    this.declares = declares;
    /** Whether a snapshot is on its way, which stands for every event until it comes. */
    this.renewing = false;
    this.greeted = false;
    /** Whether the server cannot read the log: what came last is all that is known. */
    this.silent = false;
    this.head = 0;
    this.epoch = "";
    /** @type {number | null} the version that a resync was asked for, until something is applied */
    this.asked = null;
    /** @type {Map<string, number>} */
    this.frames = new Map();
  }

  /** Whether the page has everything that the server said there is. */
  get current() {
    const { v, epoch } = this.have();
    return this.greeted && epoch === this.epoch && v >= this.head;
  }

  /**
   * @param {any} message decoded JSON of the server
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
   * The newest value of a topic counts; one that was overtaken does not.
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

  /** A gap is asked for once; until it is filled, what comes behind it asks for nothing more. @returns {Verdict} */
  askIfBehind() {
    const { v, epoch } = this.have();
    if (epoch !== this.epoch || v >= this.head || this.asked === v || this.renewing) {
      return { do: "nothing" };
    }
    this.asked = v;
    return { do: "ask", since: v };
  }
}
