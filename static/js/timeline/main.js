/** Keeps the timeline up to date: an event reloads the rows and highlights the new ones. */

import { coalesce } from "../lib/coalesce.js";
import { connect } from "../lib/live.js";
import { showLost, showStatus } from "../lib/status.js";
import { watchTimes } from "../lib/times.js";

/** At most one fetch in this time, however many events come. */
const REFRESH_EVERY_MS = 1000;

const main = /** @type {HTMLElement} */ (document.querySelector("#main"));
const log = () => /** @type {HTMLElement | null} */ (document.querySelector("#log"));
const live = /** @type {HTMLElement} */ (document.querySelector("#live"));
const lost = /** @type {HTMLElement} */ (document.querySelector("#lost"));
const have = { v: Number(main.dataset.version), epoch: main.dataset.epoch ?? "" };
let watching = /** @type {number | null} */ (null);
let state = /** @type {{state: import("../lib/status.js").State, since: number | null}} */ ({
  state: "connecting",
  since: null,
});
/** The newest version that the reader has seen: rows above it are fresh. */
let seen = have.v;

const refresh = coalesce(() => log()?.dispatchEvent(new Event("ringviz:changed")), REFRESH_EVERY_MS, 100);

function show() {
  showStatus(live, { state: state.state, watching, at: state.since });
  showLost(lost, state.state, state.since);
  document.body.classList.toggle("lost", state.state === "lost");
}

function markFresh() {
  const rows = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#log tr[data-v]"));
  for (const row of rows) {
    row.classList.toggle("fresh", Number(row.dataset.v) > seen);
  }
  seen = Math.max(seen, Number(log()?.dataset.head ?? 0));
}

/** @type {string[]} the works that the reader has unfolded: rows that are fetched again keep them so */
let unfolded = [];
const works = () => /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("#log details.work"));

function keepUnfolded() {
  unfolded = [...works()].filter(({ open }) => open).map(({ id }) => id);
}

function unfoldAgain() {
  for (const work of works()) work.open = unfolded.includes(work.id);
}

/** What the filter asked for last. */
let asked = location.pathname + location.search;

/**
 * Ignores a filter that did not change. Enter in a field is both a change and a submission, but must be one history entry.
 * @param {Event} event
 */
function skipTheSame(event) {
  const { elt, pathInfo } = /** @type {CustomEvent} */ (event).detail;
  if (!(elt instanceof HTMLFormElement)) return;
  if (pathInfo.finalRequestPath === asked) event.preventDefault();
  asked = pathInfo.finalRequestPath;
}

watchTimes(main);
document.body.addEventListener("htmx:beforeRequest", skipTheSame);
document.body.addEventListener("htmx:beforeSwap", keepUnfolded);
document.body.addEventListener("htmx:afterSwap", () => {
  unfoldAgain();
  markFresh();
});
document.body.addEventListener("htmx:historyRestore", () => {
  asked = location.pathname + location.search;
});
connect({
  url: main.dataset.socket ?? "",
  have: () => have,
  onSnapshot: (message) => {
    Object.assign(have, { v: message.v, epoch: message.epoch });
    refresh();
  },
  onEvent: (event) => {
    have.v = event.v;
    refresh();
  },
  onFrame: (topic, data) => {
    if (topic === "watchers") {
      watching = data.count ?? null;
      show();
    }
  },
  onState: (next) => {
    state = next;
    show();
  },
});
show();
