/** The Ring page: makes its parts and joins them. Everything that happens goes through the store. */

import { connect } from "../lib/live.js";
import { Acting } from "./acting.js";
import { wireAdd } from "./add.js";
import { wireAnnouncements } from "./announce.js";
import { wireCaption } from "./caption.js";
import { wireCard } from "./card.js";
import { wireCenter } from "./center.js";
import { byId } from "./dom.js";
import { anyKey, wireFind } from "./find.js";
import { wireDialog } from "./forms.js";
import { wireKeyboard } from "./keyboard.js";
import { showProgress, wireKeyset } from "./keyset.js";
import { wireLens } from "./lens.js";
import { readLink, wireLink } from "./link.js";
import { Loader } from "./loader.js";
import { wireMirror } from "./mirror.js";
import { wireMore } from "./more.js";
import { wireMoved } from "./moved.js";
import { wireNodes } from "./nodes.js";
import { makeNotice, wireLost } from "./notice.js";
import { wirePointer } from "./pointer.js";
import { wireSettings } from "./settings.js";
import { Stage } from "./stage.js";
import { Store } from "./store.js";
import { wireTabs } from "./tabs.js";
import { wireTimebar } from "./timebar.js";
import { wirePresent, wireTools } from "./tools.js";
import { Travel } from "./travel.js";

/** @import { Boot, Event, Moment, Page } from "./types.js" */

/** Which of the cluster's keys the page begins with. */
const EXAMPLE = 20;
const LENS_AT = 0.07;

/** @type {Boot} */
const boot = JSON.parse(byId("boot").textContent ?? "");
const wanted = readLink(location.search);

/** @type {Moment} */
const start = { v: boot.v, at: boot.at, state: boot.state, event: boot.event, before: null, calm: true };
/** @type {Page} */
const page = {
  head: boot.v === boot.head ? start : { ...start, v: boot.head },
  view: start,
  plan: null,
  epoch: boot.epoch,
  floor: boot.floor,
  link: { state: "connecting", since: Date.now() },
  watching: null,
  offset: boot.now - Date.now(),
  key: wanted.key,
  lookup: null,
  selected: wanted.node,
  side: "after",
  pins: [],
  colour: "pins",
  lens: LENS_AT,
  screen: "ring",
  tab: "nodes",
  rows: [],
  drawn: 0,
};

const { urls } = boot;
const store = new Store(page);
const loader = new Loader(store, urls);
const travel = new Travel(store, urls);
const stage = new Stage(store, () => loader.data());
const notice = makeNotice();
const acting = new Acting(store, urls, { book: loader.book, mayOperate: boot.may_operate, notice, receive });

/**
 * The next event of the cluster, wherever it came from.
 * @param {Event} event
 */
function receive(event) {
  const { plan } = store.page;
  const done = acting.isCommitted(event);
  travel.receive(event);
  acting.headMoved(plan && !done ? plan.fields : null, event);
}

const open = wireCard(store, acting);
const openAdd = wireAdd(store, acting);
const openMoved = wireMoved(store, urls);
wireCaption(store);
wireCenter(store, () => ({
  ...acting.powers,
  revive: (number) => void acting.intend({ action: "revive", node: String(number) }),
}));
wireNodes(store, acting, open);
wireMore(store, { acting, open, openMoved, openAdd, timeline: `${urls.page}timeline/` });
wireSettings(store, acting);
wireKeyset(store, acting, urls);
wireMirror(store, acting, loader, open);
wireLens(store, stage);
wireTabs(store);
wirePointer(store, stage, (number) => {
  if (acting.powers.ask) void acting.intend({ action: "kill", node: String(number) });
  else store.set({ selected: store.page.selected === number ? null : number });
});
const tools = wireTools(store, acting, travel);
const present = wirePresent(() => stage.restyle());
const player = wireTimebar(store, travel, urls);
const say = wireAnnouncements(store);
wireLink(store, say);
const help = /** @type {HTMLDialogElement} */ (byId("help-dialog"));
wireDialog(help);
byId("help-button").addEventListener("click", () => help.showModal());
wireKeyboard(store, travel, {
  add: openAdd,
  side: tools.side,
  present: present.toggle,
  leave: present.leave,
  calm: tools.calm,
  play: player.toggle,
  help: () => help.showModal(),
  open,
  say,
});

/** @type {{close(): void} | null} */
let link = null;

/** Follows the cluster from the version that the page has; again when somebody does not want to wait. */
function follow() {
  link?.close();
  link = connect({
    url: urls.socket,
    have: () => ({ v: store.page.head.v, epoch: store.page.epoch }),
    onSnapshot: (message) => travel.restart(message, new Date(Date.now() + store.page.offset).toISOString()),
    onEvent: receive,
    onFrame: (topic, data) => {
      if (topic === "watchers") store.set({ watching: data.count ?? null });
      if (topic === "import") showProgress(data);
    },
    onState: ({ state, since }) => store.set({ link: { state, since: since ?? Date.now() } }),
  });
}
wireLost(store, follow);

/** What the address asks for: a moment, a plan, a key. Then the socket, which needs the head. */
async function begin() {
  if (boot.v !== boot.head) {
    const head = await travel.fetch(boot.head);
    store.set({ head });
  }
  follow();
  if (wanted.v !== null) await travel.go(boot.v);
  else if (wanted.plan) await acting.reported(acting.plan(wanted.plan), wanted.plan);
  const { state } = store.page.view;
  const shown = !wanted.key && state.nodes.length <= 24 && state.cluster.strategy === "ring";
  wireFind(store, urls, loader, shown ? await anyKey(urls, EXAMPLE) : "");
}

void begin();
