/** The start of the Ring page: draws what the server sent, then loads everything interactive. */

import { tellOutside, wireCaption } from "./caption.js";
import { wireCenter } from "./center.js";
import { byId } from "./dom.js";
import { withLastChange } from "./lastchange.js";
import { readLink } from "./link.js";
import { wireLegend } from "./legend.js";
import { Loader } from "./loader.js";
import { presetPins } from "./looks.js";
import { isExternal } from "./members.js";
import { Stage } from "./stage.js";
import { Store } from "./store.js";
import { declare } from "./strategies.js";

/** @import { Boot, Moment, Page } from "./types.js" */

const LENS_AT = 0.07;

/** @type {Boot} */
const boot = JSON.parse(byId("boot").textContent ?? "");
declare(boot.strategies);
const wanted = readLink(location.search);

/** @type {Moment} */
const asked = { v: boot.v, at: boot.at, state: boot.state, event: boot.event, before: null, calm: true };
const isHead = boot.v === boot.head;
const start = isHead ? withLastChange(asked, boot.change, boot.epoch) : asked;
/** @type {Page} */
const page = {
  head: isHead ? start : { ...start, v: boot.head },
  view: start,
  plan: null,
  underWay: null,
  busy: null,
  epoch: boot.epoch,
  life: 0,
  floor: boot.floor,
  link: { state: "connecting", since: Date.now() },
  mayOperate: boot.may_operate,
  watching: null,
  offset: boot.now - Date.now(),
  key: wanted.key,
  escapes: wanted.escapes,
  lookup: null,
  selected: wanted.node,
  side: "after",
  pins: presetPins(boot.state),
  colour: "pins",
  lens: LENS_AT,
  screen: "ring",
  tab: "nodes",
  rows: [],
  drawn: 0,
  frames: {},
};

const store = new Store(page);
const loader = new Loader(store, boot.urls);
wireLegend(store);
const stage = new Stage(store, boot.urls, () => loader.data());
void begin();

/** Not awaited: this file is done before those come that import of its modules, as a bundle has them in one file. */
async function begin() {
  if (isExternal(boot.state)) tellOutside(await import("./outside.js"));
  wireCaption(store);
  wireCenter(store);
  const { wireAll } = await import("./parts.js");
  await wireAll({ boot, wanted, store, loader, stage });
}
