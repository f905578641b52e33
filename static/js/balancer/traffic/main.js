/** Starts the Balancer page: shows the server's data, follows the stream, and gives each part a context. */

import { wireAsking } from "../../lib/asking-lines.js";
import { byId } from "../../lib/dom.js";
import { declare as declareStrategies } from "../../ring/strategies.js";
import { wireKeys } from "../../lib/keys.js";
import { wirePresent } from "../../lib/present.js";
import { wireBar } from "./bar.js";
import { wireBoard } from "./board.js";
import { Deeds } from "./deeds.js";
import { wireFields } from "./fields.js";
import { follow } from "./follow.js";
import { wireIdle } from "./idle.js";
import { readLink, wireLink } from "./link.js";
import { declare } from "./policies.js";
import { wirePast } from "./past.js";
import { startRecent } from "./recent.js";
import { makeSay } from "./say.js";
import { TrafficStore } from "./store.js";
import { wireSentence } from "./sentence.js";
import { startTrial } from "./trial.js";
import { startWhy } from "./why.js";

/** @import { Boot, LiveEvent, Urls } from "./types.js" */

/**
 * The context that every part of the page gets.
 *
 * @typedef {{
 *   boot: Boot, store: TrafficStore, urls: Urls, mayOperate: boolean, deeds: Deeds,
 *   say: (text: string) => void, notice: (text: string) => void, onEvent: (listener: (event: LiveEvent) => void) => void,
 * }} Context
 *   deeds: an operator's actions; say: speaks through the screen reader; notice: shows text under the top bar, "" hides
 *   it; onEvent: calls back with every event of the stream, once, after it was folded
 */

/** @type {Boot} */
const boot = JSON.parse(byId("boot").textContent ?? "");
declareStrategies(boot.strategies);
declare(boot.told);

const store = new TrafficStore(boot);
/** @type {((event: LiveEvent) => void)[]} */
const listeners = [];
const { say, notice } = makeSay();
const asking = wireAsking();
store.on(["link"], ({ link }) => asking.listen(link.state !== "lost"));
const { begin, receive } = follow(store, boot, {
  heard: (event) => {
    asking.happened(event);
    for (const listener of listeners) listener(event);
  },
});
const deeds = new Deeds(store, boot, { asking, notice, receive });

/** @type {Context} */
const context = {
  boot,
  store,
  urls: boot.urls,
  mayOperate: boot.may_operate,
  deeds,
  say,
  notice,
  onEvent: (listener) => void listeners.push(listener),
};

const { search } = location;
const wanted = readLink(search, boot.balancer.traffic);
wireSentence(context);
wireFields(context);
wireIdle(context, wanted);
const { history: seen, restyle, toggleTables } = wireBoard(context);
const { help } = wireBar(context, begin);
wireLink(context);
startTrial(context, search);
startWhy(context);
const past = wirePast(context);
const present = wirePresent(restyle);
wireKeys({
  ArrowLeft: () => past.step(-1),
  ArrowRight: () => past.step(1),
  t: toggleTables,
  p: present.toggle,
  "?": help,
  Escape: () => void (present.leave() || past.live()),
});
void Promise.all([past.ready, startRecent(context, seen)]).then(begin);
