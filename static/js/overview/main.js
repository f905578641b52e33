/** Keeps the overview up to date: an event of a place reloads its row with htmx. Also shows how many people watch. */

import { coalesce } from "../lib/coalesce.js";
import { count } from "../lib/format.js";
import { interpolate, ngettext } from "../lib/i18n.js";
import { showLost, showStatus } from "../lib/status.js";
import { watchTimes } from "../lib/times.js";
import { linkPlaces } from "./links.js";

/** @import { LinkState } from "../lib/live.js" */

/** At most one fetch of a row in this time, however many events come. */
const REFRESH_EVERY_MS = 1000;
const SPREAD_MS = 150;

const main = /** @type {HTMLElement} */ (document.querySelector("#main"));
const live = /** @type {HTMLElement} */ (document.querySelector("#live"));
const lost = /** @type {HTMLElement} */ (document.querySelector("#lost"));
const slots = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".slot")]);
const shownPlaces = slots.map((slot) => slot.dataset.place).join(" ");

/** @type {Map<string, () => void>} */
const refreshers = new Map();
/** @type {Map<string, number | null>} */
const watchers = new Map();

/** The one element of a slot, which fetches itself again. @param {string} key */
const row = (key) =>
  /** @type {HTMLElement | null} */ (slots.find(({ dataset }) => dataset.place === key)?.firstElementChild ?? null);

/** @param {string} key */
function refresh(key) {
  const run = () => row(key)?.dispatchEvent(new Event("ringviz:changed"));
  const call = refreshers.get(key) ?? coalesce(run, REFRESH_EVERY_MS, SPREAD_MS);
  refreshers.set(key, call);
  call();
}

/** @param {string} key */
function showWatching(key) {
  const el = row(key)?.querySelector("[data-watching]");
  const people = watchers.get(key);
  if (el) {
    const words = ngettext(", %(n)s watching", ", %(n)s watching", people ?? 0);
    el.textContent = people ? interpolate(words, { n: count(people) }) : "";
  }
}

/**
 * One state for the page: lost or silent if any connection is, live if all are.
 * @param {LinkState[]} states
 */
function showStates(states) {
  const down = states.find(({ state }) => state === "lost") ?? states.find(({ state }) => state === "silent");
  const isLive = states.length > 0 && states.every(({ state }) => state === "live");
  const state = down ? down.state : isLive ? "live" : "connecting";
  showStatus(live, { state, at: down?.since ?? null });
  showLost(lost, state, down?.since ?? null);
  document.body.classList.toggle("lost", state === "lost");
}

const links = linkPlaces({
  changed: refresh,
  watching: (key, people) => {
    watchers.set(key, people);
    showWatching(key);
  },
  state: showStates,
  gone: () => location.reload(),
});

/** A place in view is followed from the version that its row shows; one out of view is left alone. */
const inView = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const key = /** @type {HTMLElement} */ (target).dataset.place ?? "";
    const shown = row(key)?.dataset;
    if (isIntersecting && shown) {
      links.follow({ key, url: shown.socket ?? "", v: Number(shown.version), epoch: shown.epoch ?? "" });
    } else {
      links.leave(key);
    }
  }
});

watchTimes(main);
document.body.addEventListener("htmx:afterSwap", () => {
  for (const { dataset } of slots) {
    showWatching(dataset.place ?? "");
  }
  // The processes are asked for all the time and bring the list of places along: one was made or deleted.
  if (document.getElementById("overview-head")?.dataset.places !== shownPlaces) {
    location.reload();
  }
});
for (const slot of slots) {
  inView.observe(slot);
}
