/** Starts the Locks page: shows the server's data and keeps it up to date. */

import { ServerClock, keepClock } from "../lib/clock.js";
import { byId, button, h } from "../lib/dom.js";
import { count } from "../lib/format.js";
import { wireDialog } from "../lib/forms.js";
import { getJson } from "../lib/http.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { wirePresent } from "../lib/present.js";
import { Store } from "../lib/store.js";
import { makeAnnouncer } from "./announce.js";
import { Board, span, writeSummary } from "./board.js";
import { nowOf, startClockwork } from "./clockwork.js";
import { wireConnection } from "./connection.js";
import { Faces } from "./faces.js";
import { wireFinder } from "./finder.js";
import { follow } from "./follow.js";
import { wireKeyboard } from "./keyboard.js";
import { asksForLess, chosen, lanesOf } from "./lanes.js";
import { EVERYTHING, readLink, writeLink } from "./link.js";
import { writeLeft } from "./lockrow.js";
import { NOTHING } from "./subject.js";
import { tableOf } from "./table.js";
import { brief } from "./text.js";
import { emptyWords, wireWatching } from "./watching.js";
import { alertRank, alertWords, lasting } from "./words.js";

/** @import { Boot, Lane, Page } from "./types.js" */

/** @type {Boot} */
const boot = JSON.parse(byId("boot").textContent ?? "");
const wanted = readLink(location.search);
const source = brief(boot.name);

/** @type {Store<Page>} */
const store = new Store(
  /** @type {Page} */ ({
    table: tableOf(boot),
    state: boot.state ?? NOTHING,
    link: { state: "connecting", since: Date.now() },
    query: wanted.query,
    selected: wanted.lock,
    screen: "board",
    v: boot.v,
    epoch: boot.epoch,
    drift: null,
  }),
);
const clock = new ServerClock(async () => (await getJson(boot.urls.clock)).now, boot.now || Date.now());
const now = () => nowOf(store.page, clock);
const faces = new Faces();
const say = makeAnnouncer();
const open = (/** @type {string} */ id) => store.set({ selected: id });

const board = new Board(store, faces, open);
wireFinder(store, boot.urls.csv);

/** @type {((lanes: Lane[], now: number) => void) | null} */
let mirror = null;
/** @type {import("./many.js").ManyView | null} */
let many = null;
/** @type {import("./detail.js").DetailView | null} */
let detail = null;
/** @type {{open: (row: any, detail: any) => void, tick: (now: number) => void} | null} */
let breaking = null;

/** Which part of the table is shown, and how. */
function show() {
  const { table, query, screen } = store.page;
  const at = now();
  const isMany = table.many !== null;
  const lanes = isMany ? [] : lanesOf(table, at - span().past);
  const fitting = chosen(lanes, query);
  const empty = !isMany && lanes.length === 0 && table.status?.state !== "down";
  const nothingFits = !isMany && !empty && fitting.length === 0 && asksForLess(query);
  document.body.dataset.lanes = String(isMany ? table.counts.lanes : lanes.length);
  byId("none").hidden = !empty;
  byId("find").hidden = empty;
  byId("csv").hidden = empty;
  byId("screen").hidden = empty || isMany;
  byId("nope").hidden = !nothingFits;
  byId("board").hidden = isMany || empty || nothingFits || screen !== "board";
  byId("mirror").hidden = isMany || empty || nothingFits || screen !== "table";
  byId("many").hidden = !isMany;
  writeSummary(table, lanes.filter(({ rows }) => rows.length === 0).length);
  if (empty) [byId("none-title").textContent, byId("none-words").textContent] = emptyWords(table, source);
  if (isMany) void showMany();
  else if (screen === "table") void showTable(fitting, at);
  else board.show(fitting);
  writeWorst();
  writeWaits(at);
}

async function showMany() {
  if (many) return many.update();
  const { ManyView } = await import("./many.js");
  many ??= new ManyView(store, boot.urls.find, { open, now });
}

/** @param {Lane[]} lanes @param {number} at */
async function showTable(lanes, at) {
  const { makeMirror } = await import("./mirror.js");
  mirror ??= makeMirror(open);
  mirror(lanes, at);
}

/** On a phone: the worst problem, above the lanes. */
function writeWorst() {
  const [worst] = [...store.page.table.rows.values()]
    .flatMap((row) => row.alerts.map((alert) => ({ row, alert })))
    .sort((a, b) => alertRank(a.alert.kind) - alertRank(b.alert.kind));
  const box = byId("worst");
  box.hidden = worst === undefined;
  if (!worst) return;
  box.dataset.id = worst.row.id;
  box.replaceChildren(h("b", {}, `${alertWords(worst.alert)}:`), " ", h("bdi", {}, brief(worst.row.name, 60)));
}

/** The row of all waits, below the lanes. @param {number} at */
function writeWaits(at) {
  const { counts, rows } = store.page.table;
  const words = ngettext("wait", "waits", counts.waits);
  const since = [...rows.values()].flatMap(({ waiting }) => waiting.map((one) => one.since ?? at));
  const longest = since.length ? interpolate(_("longest %(time)s"), { time: lasting(at - Math.min(...since)) }) : "";
  byId("waits-now").replaceChildren(
    h("div", { class: "left" }, count(counts.waits), h("small", {}, ` ${words}`)),
    h("div", { class: "n" }, longest),
  );
}

store.on(["table", "query", "screen", "selected"], show);
store.on(["table", "link"], () => board.ruler());
store.on(["query", "selected"], ({ query, selected }) => {
  const address = location.pathname + writeLink(selected, query, location.search);
  if (address !== location.pathname + location.search) history.replaceState(null, "", address);
});

/** The panel of a lock and the break dialog are loaded when a lock is first opened. */
async function needDetail() {
  if (detail) return;
  const { DetailView } = await import("./detail.js");
  if (boot.may_break && boot.may_operate) {
    const { wireBreaking } = await import("./breaking.js");
    const broken = () => say(_("The lock was broken."));
    breaking ??= wireBreaking({ url: boot.urls.break, now, broken, changed: () => detail?.refresh() });
  }
  detail ??= new DetailView(store, boot.urls, {
    open,
    close,
    breakLock: (row, found) => breaking?.open(row, found),
    now,
    source,
    mayOperate: boot.may_operate,
    mayBreak: boot.may_break,
  });
}
store.on(["selected"], ({ selected }) => selected !== null && void needDetail().then(focusDetail));

/** A lock that a person opened gets the focus; narrow screens show nothing else. */
function focusDetail() {
  if (matchMedia("(max-width: 1000px)").matches) scrollTo(0, 0);
}

/** @returns {boolean} whether there was something to close */
function close() {
  const { selected } = store.page;
  if (selected === null) return false;
  store.set({ selected: null });
  /** @type {HTMLElement | null} */ (document.querySelector(`[data-id="${selected}"] .open`))?.focus();
  return true;
}

byId("worst").addEventListener("click", ({ currentTarget }) =>
  open(/** @type {HTMLElement} */ (currentTarget).dataset.id ?? ""),
);

const nope = byId("nope");
nope.append(
  _("No locks match."),
  " ",
  button(_("Show all locks"), () => {
    /** @type {HTMLInputElement} */ (byId("q")).value = "";
    store.set({ query: EVERYTHING });
  }),
);

const help = /** @type {HTMLDialogElement} */ (byId("help-dialog"));
wireDialog(help);
byId("help-button").addEventListener("click", () => help.showModal());
const present = wirePresent();
wireKeyboard({
  table: () => store.page.table.many || store.set({ screen: store.page.screen === "table" ? "board" : "table" }),
  present: present.toggle,
  help: () => help.showModal(),
  escape: () => {
    const active = document.activeElement;
    if (active instanceof HTMLInputElement) active.blur();
    else if (!present.leave()) close();
  },
});

const notice = (/** @type {string} */ text) => {
  const strip = byId("notice");
  strip.hidden = text === "";
  strip.replaceChildren(
    text,
    h("span", { class: "sp" }),
    button(_("Close"), () => notice("")),
  );
};
if (boot.error || boot.missing) notice(boot.error || boot.missing);
/** @type {ReturnType<typeof import("./stage/panel.js").stagePanel> | null} */
let stage = null;
const { stage: stageUrl, stage_ask: stageAsk } = boot.urls;
if (stageUrl && stageAsk) {
  void import("./stage/panel.js").then(({ stagePanel }) => {
    stage = stagePanel({ stage: stageUrl, ask: stageAsk, mayOperate: boot.may_operate }, notice);
  });
}
const live = follow(store, boot, {
  say,
  frames: { stage: (data) => stage?.onFrame(data) },
  others: (kind) => stage?.onEvent(kind),
});
const writeLost = wireConnection(store, live.begin);
const writeWatch = wireWatching(store, {
  now,
  source,
  pauseUrl: boot.urls.pause,
  mayOperate: boot.may_operate,
  notice,
});
live.begin();
keepClock(clock, () => store.set({ drift: clock.off() }));
startClockwork(store, clock, (at, digits) => {
  board.tick(at, digits);
  if (!digits) return;
  detail?.tick(at);
  breaking?.tick(at);
  for (const id of ["mirror", "many"]) if (!byId(id).hidden) writeLeft(byId(id), at);
});
setInterval(() => {
  writeLost();
  writeWatch();
  live.look();
  show();
}, 1000);
