/**
 * Follows the cluster's stream: folds events into the head, receives the driver's frames, and notices the supervisor.
 */

import { getJson } from "../../lib/http.js";
import { connect } from "../../lib/live.js";
import { byId } from "../../lib/dom.js";
import { showNewer } from "../../lib/status.js";
import { eventWords, ring } from "../../ring/subject.js";
import { balancer, nothing } from "./subject.js";

/** @import { Boot, LiveEvent, Moment } from "./types.js" */
/** @import { TrafficStore } from "./store.js" */

/** Topics on which the supervisor sends frames as long as it runs. */
const SUPERVISED = new Set(["stored", "work"]);

/**
 * An event in a few words, for either subject.
 * @param {LiveEvent} event
 */
export const wordsOf = ({ kind, payload }) =>
  balancer.knows(kind) ? balancer.kind(kind).words(payload) : eventWords(kind, payload);

/**
 * The moment after an event.
 * @param {Moment} head
 * @param {LiveEvent} event
 * @returns {Moment}
 */
export function after(head, event) {
  const { v, at, kind, payload } = event;
  const next = { ...head, v, at };
  if (balancer.knows(kind)) next.balancer = balancer.apply(head.balancer, kind, payload);
  else if (ring.knows(kind)) next.state = ring.apply(head.state, kind, payload);
  const number = nodeOf(event);
  return number ? { ...next, causes: { ...head.causes, [number]: { v, at, text: wordsOf(event).text } } } : next;
}

/**
 * The number of the node whose health an event reports, "" for none.
 * @param {LiveEvent} event
 */
function nodeOf({ kind, payload }) {
  if (typeof payload.node === "number") return String(payload.node);
  return ring.knows(kind) && ring.kind(kind).ofNode && payload.node ? String(payload.node.number) : "";
}

/**
 * @param {TrafficStore} store
 * @param {Boot} boot
 * @param {{heard: (event: LiveEvent) => void}} given heard: called with every folded event
 * @returns {{begin: () => void, receive: (event: LiveEvent) => void}} begin: connects, or reconnects at once; receive:
 *   takes an event that came with a response
 */
export function follow(store, boot, { heard }) {
  const elsewhere = new Set(boot.elsewhere);
  const declares = (/** @type {string} */ kind) => balancer.knows(kind) || ring.knows(kind) || elsewhere.has(kind);
  const receive = (/** @type {LiveEvent} */ event) => {
    const { head, view } = store.page;
    if (event.v !== head.v + 1 || !declares(event.kind)) return;
    const next = after(head, event);
    store.set({ head: next, ...(view === head ? { view: next } : {}) });
    heard(event);
  };
  const restart = async (/** @type {any} */ { v, epoch, parts }) => {
    const { head, view } = store.page;
    const at = new Date(Date.now() + store.page.offset).toISOString();
    const next = { v, at, state: parts.ring, balancer: parts.balancer ?? nothing(), causes: head.causes };
    store.set({ head: next, epoch, ...(view === head ? { view: next } : {}) });
    const told = await getJson(boot.urls.state).catch(() => null); // the causes of the nodes' health, if available
    const { page } = store;
    if (told?.v !== page.head.v) return;
    const known = { ...page.head, causes: told.causes };
    store.set({ head: known, ...(page.view === page.head ? { view: known } : {}) });
  };
  /** @type {{close(): void} | null} */
  let link = null;
  const begin = () => {
    link?.close();
    link = connect({
      url: boot.urls.socket,
      have: () => ({ v: store.page.head.v, epoch: store.page.epoch }),
      onSnapshot: (snapshot) => void restart(snapshot),
      onEvent: receive,
      declares,
      onNewer: () => showNewer(byId("newer")),
      onFrame: (topic, data) => {
        if (topic === "balancer") store.set({ frame: data.on ? data : null, heard: Date.now() });
        else if (topic === "watchers") store.set({ watching: data.count ?? null });
        else if (SUPERVISED.has(topic)) store.set({ supervised: Date.now() });
      },
      onState: ({ state, since }) => store.set({ link: { state, since: since ?? Date.now() } }),
    });
  };
  return { begin, receive };
}
