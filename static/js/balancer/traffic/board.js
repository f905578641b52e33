/** The view of running requests: policies, lanes, curves, totals and tables, from frames and events. */

import { byId } from "../../lib/dom.js";
import { _, interpolate } from "../../lib/i18n.js";
import { ring } from "../../ring/subject.js";
import { nextName } from "../../ring/naming.js";
import { wireChooser } from "./chooser.js";
import { planOf } from "./controls.js";
import { wordsOf } from "./follow.js";
import { History } from "./history.js";
import { Lanes } from "./lanes.js";
import { Percentiles } from "./percentiles.js";
import { standingOf } from "./standing.js";
import { balancer } from "./subject.js";
import { writeSums } from "./sums.js";
import { writeTables } from "./tables.js";

/** @import { Context } from "./main.js" */
/** @import { LiveEvent, Moment } from "./types.js" */

const TABLES_MS = 1000;

/**
 * @param {Context} context
 * @returns {{history: History, restyle: () => void, toggleTables: () => void}} restyle: the text size changed
 */
export function wireBoard(context) {
  const { store } = context;
  const history = new History();
  wireChooser(context);
  const lanes = new Lanes(context, history);
  const curves = new Percentiles(history);
  for (const [number, cause] of Object.entries(store.page.head.causes)) {
    if (number === "*") continue;
    const at = Date.parse(cause.at);
    history.mark({ at, kind: "health", node: number, text: cause.text, v: cause.v });
  }
  keepOuts(history, store.page.head, Date.now() + store.page.offset);
  context.onEvent((event) => note(history, event, store.page.head));
  store.onFrame((frame) => {
    if (frame) history.add(frame);
    if (store.past) return;
    lanes.write();
    curves.write();
    writeSums(frame);
  });
  store.onState(() => {
    lanes.write();
    byId("curves").hidden = byId("ends").hidden = store.past;
    writeSums(store.past ? null : store.page.frame);
    if (!store.past) curves.write();
  });
  const toggleTables = wireTables(context, history);
  const add = /** @type {HTMLAnchorElement | null} */ (document.getElementById("add"));
  if (add) {
    store.on(["head"], ({ head }) => {
      add.href = planOf(context.urls.ring, { action: "add", name: nextName(head.state.nodes) });
    });
  }
  return {
    history,
    restyle: () => {
      lanes.restyle();
      curves.restyle();
    },
    toggleTables,
  };
}

/**
 * Applies an event to the picture: a mark, and the nodes' health from now on.
 * @param {History} history
 * @param {LiveEvent} event
 * @param {Moment} head after it
 */
function note(history, event, head) {
  const at = Date.parse(event.at);
  const { kind, payload, v } = event;
  const text = wordsOf(event).text;
  if (balancer.knows(kind)) {
    const switched = payload.traffic?.on && payload.before?.on && payload.traffic.policy !== payload.before.policy;
    if (switched) history.mark({ at, kind: "policy", node: "", text, v });
    else if (typeof payload.node === "number")
      history.mark({ at, kind: "health", node: String(payload.node), text, v });
  } else if (ring.knows(kind) && ring.kind(kind).ofNode && payload.node) {
    history.mark({ at, kind: "fault", node: String(payload.node.number), text, v });
  }
  keepOuts(history, head, at);
}

/**
 * @param {History} history
 * @param {Moment} head
 * @param {number} at
 */
function keepOuts(history, head, at) {
  for (const node of head.state.nodes) {
    const key = String(node.number);
    const { state, reason, odd } = standingOf(node, head.balancer.standings[key]);
    history.stands(key, at, odd ? interpolate(_("%(state)s: %(reason)s"), { state, reason }) : "");
  }
}

/**
 * @param {Context} context
 * @param {History} history
 */
function wireTables({ store }, history) {
  const host = byId("tables");
  const screen = byId("screen");
  const write = () => {
    const { view, head, frame } = store.page;
    if (!host.hidden && view.balancer.traffic.on) writeTables(view, view === head ? frame : null, history);
  };
  const toggle = () => {
    host.hidden = !host.hidden;
    screen.ariaExpanded = String(!host.hidden);
    write();
    if (!host.hidden) host.scrollIntoView({ block: "nearest" });
  };
  screen.addEventListener("click", toggle);
  store.onState(write);
  setInterval(write, TABLES_MS);
  return toggle;
}
