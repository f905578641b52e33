/** The timeline under the ring: step, play, scrub, go live; and the live state in the top bar. */

import { count, moment } from "../lib/format.js";
import { getJson, HttpError } from "../lib/http.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { showStatus } from "../lib/status.js";
import { onTheme } from "../lib/theme.js";
import { shownChange } from "./change.js";
import { button, byId, h } from "./dom.js";
import { strip } from "./draw/strip.js";
import { facesOf } from "./faces.js";
import { isExternal } from "./members.js";
import { eventWords, glyphOf } from "./subject.js";

/** @import { Area } from "./draw/strip.js" */
/** @import { Faces } from "./faces.js" */
/** @import { EventRow, Page, Urls } from "./types.js" */
/** @import { Store } from "./store.js" */
/** @import { Travel } from "./travel.js" */

const SPEEDS = [1, 2, 4, 0.5];
const STEP_MS = 1400;
const LIMIT = 200;
const WIDE = 761;

/**
 * @param {Store} store
 * @param {Travel} travel
 * @param {Urls} urls
 * @returns {{toggle: () => void}} toggle: plays or stops
 */
export function wireTimebar(store, travel, urls) {
  const svg = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (byId("strip")));
  const player = wirePlayer(store, travel);
  /** @type {Area[]} */
  let areas = [];
  const draw = () => {
    const { page } = store;
    const width = svg.clientWidth;
    writeWords(page, travel);
    if (width > 0 && innerWidth >= WIDE) areas = strip(svg, logOf(page, width));
  };
  const scrub = wireScrub(svg, travel, () => areas);
  store.on(["view", "head", "rows", "plan", "link", "watching"], draw);
  new ResizeObserver(draw).observe(/** @type {Element} */ (svg.parentElement));
  onTheme(draw);
  setInterval(() => {
    if (!scrub.busy() && store.page.view === store.page.head && !document.hidden) draw();
  }, 1000);

  byId("back").addEventListener("click", () => void travel.step(-1));
  byId("forth").addEventListener("click", () => void travel.step(1));
  loadRows(store, urls);
  return player;
}

/**
 * @param {Readonly<Page>} page
 * @param {number} width px
 */
function logOf(page, width) {
  const { rows, view, head, offset, plan, link } = page;
  const faces = facesOf(page);
  const change = plan && shownChange({ plan, view });
  const lost = link.state === "lost";
  return {
    events: rows.map((row) => ({ ...row, label: shortLabel(row.label, faces), glyph: glyphOf(row.kind) })),
    at: view === head ? null : rowAt(rows, view.v),
    head: rowAt(rows, head.v),
    now: lost ? link.since : Date.now() + offset,
    width,
    plan: change
      ? { glyph: glyphOf(change.kind), label: shortLabel(eventWords(change.kind, change.payload).label, faces) }
      : null,
    stale: lost,
    bare: isExternal(view.state),
  };
}

/**
 * The version of the row that represents a version. Events of other subjects have no row; the previous row represents them.
 * @param {EventRow[]} rows rising
 * @param {number} v
 */
const rowAt = (rows, v) => rows.findLast((row) => row.v <= v)?.v ?? v;

/**
 * "+name" with the node's short name.
 * @param {string} label
 * @param {Faces} faces
 */
function shortLabel(label, { prefix, suffix, faces }) {
  if (!prefix && !suffix) return label;
  const found = [...faces.values()].find(({ name }) => label.endsWith(name));
  return found ? label.replace(found.name, found.label) : label;
}

/**
 * @param {Readonly<Page>} page
 * @param {Travel} travel
 */
function writeWords({ view, head, floor, link, watching }, travel) {
  const live = view === head;
  const away = link.state === "lost" || link.state === "gone" || link.state === "silent";
  const state = live ? link.state : "viewing"; // the strip below says that nothing is heard
  showStatus(byId("live"), { state, watching, at: live ? (away ? link.since : null) : view.at });
  const where = interpolate(_("Event %(v)s of %(head)s"), { v: count(view.v), head: count(head.v) });
  const later = head.v - view.v;
  const laterWords = interpolate(ngettext("%(n)s event later", "%(n)s events later", later), { n: count(later) });
  byId("pos").replaceChildren(
    h("b", {}, where),
    h("br"),
    h("span", { class: "sub" }, live ? _("newest") : moment(view.at)),
  );
  const side = byId("head");
  const key = live ? where : laterWords;
  if (side.dataset.key !== key) {
    side.dataset.key = key;
    const goLive = button(_("Go live"), () => travel.live(), { class: "btn pri" });
    side.replaceChildren(
      live ? h("b", {}, where) : goLive,
      h("span", { class: "sub" }, live ? _("the newest") : laterWords),
    );
  }
  /** @type {HTMLButtonElement} */ (byId("back")).disabled = view.v <= floor;
  for (const id of ["forth", "play"]) /** @type {HTMLButtonElement} */ (byId(id)).disabled = live;
  const svg = byId("strip");
  for (const [name, value] of Object.entries({ valuemin: floor, valuemax: head.v, valuenow: view.v })) {
    svg.setAttribute(`aria-${name}`, String(value));
  }
  svg.setAttribute("aria-valuetext", `${where}, ${moment(view.at)}`);
}

/**
 * Plays from the moment shown to the head, one event at a time.
 * @param {Store} store
 * @param {Travel} travel
 */
function wirePlayer(store, travel) {
  const play = byId("play");
  const speed = byId("speed");
  let rate = 0;
  let timer = 0;
  let first = true; // playback is one history entry
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
    play.ariaPressed = "false";
    play.classList.remove("pri");
  };
  const next = async () => {
    const shown = await travel.step(1, first);
    first = false;
    if (shown && timer && store.page.view !== store.page.head) timer = setTimeout(next, STEP_MS / SPEEDS[rate]);
    else stop();
  };
  const toggle = () => {
    if (timer) return stop();
    if (store.page.view === store.page.head) return;
    play.ariaPressed = "true";
    play.classList.add("pri");
    first = true;
    timer = setTimeout(next, 0);
  };
  play.addEventListener("click", toggle);
  speed.addEventListener("click", () => {
    rate = (rate + 1) % SPEEDS.length;
    /** @type {Element} */ (speed.lastElementChild).textContent = `${SPEEDS[rate]}×`;
  });
  return { toggle };
}

/**
 * A click or a drag on the strip shows the nearest event; Home and End show the first and the last.
 * @param {SVGSVGElement} svg
 * @param {Travel} travel
 * @param {() => Area[]} areas
 */
function wireScrub(svg, travel, areas) {
  let down = false;
  let last = 0;
  const go = (/** @type {PointerEvent} */ event) => {
    const x = event.clientX - svg.getBoundingClientRect().left;
    const area = areas().find(({ x0, x1 }) => x >= x0 && x < x1);
    if (!area || area.v === last) return;
    void travel.go(area.v, last === 0); // a drag is one history entry
    last = area.v;
  };
  svg.addEventListener("pointerdown", (event) => {
    down = true;
    last = 0;
    svg.setPointerCapture(event.pointerId);
    go(event);
  });
  svg.addEventListener("pointermove", (event) => down && go(event));
  for (const end of ["pointerup", "pointercancel"]) {
    svg.addEventListener(end, () => {
      down = false;
    });
  }
  svg.addEventListener("keydown", (event) => {
    if (event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    void travel.go(event.key === "Home" ? 0 : Number.MAX_SAFE_INTEGER, true);
  });
  return { busy: () => down };
}

/**
 * Loads the newest events. The strip shows what was loaded; going further back loads earlier events.
 * @param {Store} store
 * @param {Urls} urls
 */
function loadRows(store, urls) {
  const load = async (/** @type {string} */ query) => {
    const { events } = await getJson(`${urls.events}?limit=${LIMIT}${query}`);
    const known = new Map(store.page.rows.map((row) => [row.v, row]));
    for (const row of /** @type {EventRow[]} */ (events)) known.set(row.v, row);
    store.set({ rows: [...known.values()].sort((a, b) => a.v - b.v) });
  };
  let loading = false;
  let life = -1;
  const need = async () => {
    const { view, rows, life: now } = store.page;
    const fresh = life !== now;
    if (loading || (!fresh && view.v >= (rows[0]?.v ?? 0))) return;
    loading = true;
    try {
      await load(fresh ? "" : `&before=${rows[0].v}`);
      life = now;
    } catch (error) {
      // If there is no answer, the page says that the connection is lost, and asks again when it is back.
      if (!(error instanceof HttpError) || error.status !== 0) throw error;
    } finally {
      loading = false;
    }
  };
  store.on(["view", "life", "link"], ({ link }) => link.state !== "lost" && void need());
}
