/** The interactive parts of the Ring page: panels, tools, keyboard, socket. Loaded after the first picture is drawn. */

import { onEntry } from "../lib/entries.js";
import { connect } from "../lib/live.js";
import { wirePresent } from "../lib/present.js";
import { SIGNED_OUT } from "../lib/session.js";
import { showNewer } from "../lib/status.js";
import { Acting } from "./acting.js";
import { wireAnnouncements } from "./announce.js";
import { byId } from "./dom.js";
import { facesOf } from "./faces.js";
import { anyKey, wireFind } from "./find.js";
import { followWork } from "./following.js";
import { wireDialog } from "../lib/forms.js";
import { wireKeyboard } from "./keyboard.js";
import { wireKeysOpener } from "./keysopen.js";
import { withLastChange } from "./lastchange.js";
import { lazily, once } from "./lazy.js";
import { readLink, wireLink } from "./link.js";
import { isExternal, isManaged, isServed } from "./members.js";
import { wireMore } from "./more.js";
import { wireNodes } from "./nodes.js";
import { makeNotice, wireLost } from "./notice.js";
import { wirePointer } from "./pointer.js";
import { wireSettings } from "./settings.js";
import { abilitiesOf } from "./strategies.js";
import { ring } from "./subject.js";
import { wireTabs } from "./tabs.js";
import { wireTimebar } from "./timebar.js";
import { wireTools } from "./tools.js";
import { isFirstVisit } from "./tour/first.js";
import { Travel } from "./travel.js";
import { wireAsking } from "../lib/asking-lines.js";

/** @import { Notice } from "./acting.js" */
/** @import { Loader } from "./loader.js" */
/** @import { Wanted } from "./link.js" */
/** @import { Stage } from "./stage.js" */
/** @import { Store } from "./store.js" */
/** @import { Boot, Event } from "./types.js" */

/** @typedef {{boot: Boot, wanted: Wanted, store: Store, loader: Loader, stage: Stage}} Begun */
/** @typedef {Begun & {travel: Travel, acting: Acting, notice: Notice, receive: (event: Event) => void,
 *   declares: (kind: string) => boolean}} Whole */

/** The topics of real servers, which send several frames a second. */
const SERVED = new Set(["stored", "work", "suspicion", "traffic"]);
/** The number of the example key, and the most nodes for which there is one. */
const EXAMPLE = 20;
const FEW_NODES = 24;
const NO_KEY = { key: "", escapes: false };

/** @param {Begun} begun */
export async function wireAll(begun) {
  const { boot, wanted, store, stage } = begun;
  const whole = { ...begun, ...makeActing(begun) };
  const lazy = wireLazily(whole);
  const say = wirePanels(whole, lazy);
  const tour = lazily(async () => (await import("./tour/tour.js")).wireTour(store, say));
  byId("tour-again").addEventListener("click", () => tour(true));
  const first = isFirstVisit(wanted);
  wireLink(store, say);
  onEntry((search) => void whole.travel.restore(readLink(search).v));
  await whole.acting.reported(showWanted(whole), {});
  if (boot.missing) whole.notice(boot.missing);
  follow(whole);
  document.addEventListener(SIGNED_OUT, () => store.set({ mayOperate: false }));
  stage.ready = true;
  stage.draw();
  if (first)
    once(
      store,
      ["drawn"],
      ({ drawn }) => drawn > 0,
      async () => tour(false),
    );
  if (isServed(boot.state)) {
    followWork(store, boot.urls);
    void import("./served/wire.js").then(({ wireServed }) => wireServed(store, whole.acting));
  }
  if (boot.may_operate && !isExternal(boot.state)) wireKeysOpener(store, whole.acting, boot.urls);
}

/** @param {Begun} begun */
function makeActing({ boot, store, loader }) {
  const { urls } = boot;
  const notice = makeNotice();
  const travel = new Travel(store, urls, (error) => notice(error instanceof Error ? error.message : String(error)));
  /**
   * Handles the next event of the cluster, from the socket or from an answer.
   * @param {Event} event
   */
  const receive = (event) => {
    if (!declares(event.kind)) return; // the socket delivers it too, and then replaces it by a snapshot
    const { plan } = store.page;
    const done = acting.isCommitted(event);
    travel.receive(event);
    asking.happened(event);
    acting.headMoved(plan && !done ? plan.fields : null, event);
  };
  const asking = wireAsking();
  store.on(["link"], ({ link }) => asking.listen(link.state !== "lost"));
  const acting = new Acting(store, urls, { book: loader.book, notice, asking, receive });
  const elsewhere = new Set(boot.elsewhere);
  const declares = (/** @type {string} */ kind) => ring.knows(kind) || elsewhere.has(kind);
  return { travel, acting, notice, receive, declares };
}

/**
 * Parts that most visits do not open. They are loaded when opened.
 * @param {Whole} whole
 */
function wireLazily({ boot, store, loader, stage, acting }) {
  const { urls } = boot;
  const open = lazily(async () => {
    const served = isManaged(boot.state) ? await import("./served/deeds.js") : null;
    const outside = isExternal(boot.state) ? await import("./served/outside.js") : null;
    return (await import("./card.js")).wireCard(store, acting, served, outside);
  });
  const openAdd = lazily(async () => (await import("./add.js")).wireAdd(store, acting));
  const openMoved = lazily(async () => (await import("./moved.js")).wireMoved(store, urls));
  const mirror = async () => (await import("./mirror.js")).wireMirror(store, acting, loader, open);
  const lens = async () => (await import("./lens.js")).wireLens(store, stage);
  once(store, ["screen"], ({ screen }) => screen === "table", mirror);
  once(store, ["view"], (page) => facesOf(page).crowded, lens);
  return { open, openAdd, openMoved };
}

/**
 * @param {Whole} whole
 * @param {ReturnType<typeof wireLazily>} lazy
 * @returns {(text: string) => void} announces a text to screen readers
 */
function wirePanels({ boot, store, stage, travel, acting }, { open, openAdd, openMoved }) {
  const { urls } = boot;
  wireNodes(store, acting, open);
  wireMore(store, { acting, open, openMoved, openAdd, timeline: `${urls.page}timeline/` });
  const foreign = isExternal(boot.state); // no settings, and no nodes to add
  if (!foreign) wireSettings(store, acting, openAdd);
  wireTabs(store);
  wirePointer(store, stage, (number) => {
    // In a figure, people click marks to see a node's part in it, so a click must not kill.
    if (acting.powers.click && !stage.figures?.scene) void acting.intend({ action: "kill", node: String(number) });
    else store.set({ selected: store.page.selected === number ? null : number });
  });
  byId("core").addEventListener("click", ({ target }) => {
    const node = target instanceof HTMLElement ? target.dataset.revive : null;
    if (node) void acting.intend({ action: "revive", node });
  });
  const { side, calm } = wireTools(store, acting, travel, boot.undoable);
  const { toggle: present, leave } = wirePresent(() => stage.restyle());
  const { toggle: play } = wireTimebar(store, travel, urls);
  const say = wireAnnouncements(store);
  const add = foreign ? null : openAdd;
  wireKeyboard(store, travel, { add, side, present, leave, calm, play, help: wireHelp(), open, say });
  return say;
}

function wireHelp() {
  const dialog = /** @type {HTMLDialogElement} */ (byId("help-dialog"));
  wireDialog(dialog);
  const show = () => dialog.showModal();
  byId("help-button").addEventListener("click", show);
  return show;
}

/**
 * Shows what the URL asks for: a version, a plan, a key; and loads the head, from which the socket continues.
 * @param {Whole} whole
 */
async function showWanted({ boot, wanted, store, loader, travel, acting }) {
  const { urls } = boot;
  if (boot.v !== boot.head) {
    const head = await travel.fetch(boot.head);
    store.set({ head: withLastChange(head, boot.change, boot.epoch) });
  }
  if (wanted.v !== null) await travel.go(boot.v);
  else if (wanted.plan) void acting.reported(acting.plan(wanted.plan), wanted.plan);
  const { nodes, cluster } = store.page.view.state;
  const example = !wanted.key && nodes.length <= FEW_NODES && !abilitiesOf(cluster).told;
  const key = example ? anyKey(urls, EXAMPLE).catch(() => NO_KEY) : Promise.resolve(NO_KEY);
  void key.then((one) => wireFind(store, urls, loader, one));
}

/**
 * Follows the cluster from the page's version; reconnects when somebody does not want to wait.
 * @param {Whole} whole
 */
function follow({ boot, store, travel, receive, declares }) {
  /** @type {{close(): void} | null} */
  let link = null;
  const begin = () => {
    link?.close();
    link = connect({
      url: boot.urls.socket,
      have: () => ({ v: store.page.head.v, epoch: store.page.epoch }),
      onSnapshot: (message) => travel.restart(message, new Date(Date.now() + store.page.offset).toISOString()),
      onEvent: receive,
      declares,
      onNewer: () => showNewer(byId("newer")),
      onFrame: (topic, data) => {
        if (topic === "watchers") store.set({ watching: data.count ?? null });
        if (topic === "stored" && "silent_since" in data)
          void import("./silence.js").then((it) => it.showSilence(data));
        if (topic === "space") void import("./room.js").then((it) => it.showRoom(data));
        if (SERVED.has(topic)) store.set({ frames: { ...store.page.frames, [topic]: { ...data, heard: Date.now() } } });
        if (topic === "import") void import("./keyset.js").then(({ showProgress }) => showProgress(data));
      },
      onState: ({ state, since }) => store.set({ link: { state, since: since ?? Date.now() } }),
    });
  };
  begin();
  wireLost(store, begin);
}
