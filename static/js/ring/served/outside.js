/** The facts about an external cluster and each of its nodes. Nothing is predicted. */

import { count, moment, percent } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { activeNodes } from "../change.js";
import { byId, h } from "../dom.js";
import { isMember, replicaWords, stateWord } from "../members.js";
import { covered, slotCount, SLOTS } from "../slots.js";
import { countOf, memoryWords, size, totalOf } from "./counts.js";
import { fresh } from "./fresh.js";

/** @import { Node, Page, State, Stored } from "../types.js" */
/** @import { Store } from "../store.js" */

const MOST_RANGES = 6;
const EVERY_MS = 1000;

/** @typedef {[name: string, value: string]} Fact */

/** @param {Store} store */
export function wireOutside(store) {
  const root = byId("outside");
  let shown = "";
  const fill = () => {
    const facts = clusterFacts(store.page, Date.now());
    if (shown === JSON.stringify(facts)) return;
    shown = JSON.stringify(facts);
    root.replaceChildren(...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
  };
  store.on(["view", "frames"], fill);
  setInterval(fill, EVERY_MS); // counts expire by themselves
}

/**
 * @param {Readonly<Page>} page
 * @param {number} now
 * @returns {Fact[]}
 */
export function clusterFacts(page, now) {
  const { state } = page.view;
  const frame = fresh(page, "stored", now);
  const bytes = state.nodes.filter(isMember).map(({ number }) => frame?.nodes[number]?.bytes ?? null);
  const known = bytes.length > 0 && bytes.every((one) => one !== null);
  return [
    [_("Primaries"), count(activeNodes(state).length)],
    [_("Replicas"), count(state.nodes.reduce((sum, { replicas = [] }) => sum + replicas.length, 0))],
    [_("Slots"), interpolate(_("%(n)s of %(all)s"), { n: count(covered(state.nodes)), all: count(SLOTS) })],
    [_("Stored keys"), totalOf(page, now) ?? _("unknown")],
    [_("Memory"), known ? size(bytes.reduce((sum, one) => sum + (one ?? 0), 0)) : _("unknown")],
    ...doubts(Object.values(frame?.nodes ?? {}), frame?.lacks ?? []),
  ];
}

/**
 * What is wrong, and why counts are unknown. Empty if all is well.
 * @param {Stored[]} told
 * @param {string[]} lacks
 * @returns {Fact[]}
 */
function doubts(told, lacks) {
  const shared = told.filter((one) => one.shared).length;
  const open = new Set(told.flatMap((one) => (one.open ?? []).map(({ slot }) => slot))).size;
  const uncounted = ngettext(
    "%(n)s node: others announce its address",
    "%(n)s nodes: others announce their address",
    shared,
  );
  /** @type {Fact[]} */
  const facts = [];
  if (open > 0) facts.push([_("Open slots"), interpolate(_("%(n)s, in the middle of a move"), { n: count(open) })]);
  if (shared > 0) facts.push([_("Not counted"), interpolate(uncounted, { n: count(shared) })]);
  if (lacks.length > 0) facts.push([_("The user may not run"), lacks.join(", ")]);
  return facts;
}

/**
 * The facts on a node's card.
 * @param {Readonly<Page>} page
 * @param {Node} node
 * @param {number} [now]
 * @returns {Fact[]}
 */
export function nodeFacts(page, node, now = Date.now()) {
  const one = fresh(page, "stored", now)?.nodes[node.number];
  const since = interpolate(_("%(state)s since %(time)s"), { state: stateWord(node.state), time: moment(node.since) });
  return [
    [_("State"), since],
    [_("Stored keys"), countOf(page, node, now).text],
    [_("Memory"), one && one.bytes !== null ? memoryWords(one.bytes, one.limit ?? 0) : _("unknown")],
    [_("Slots"), slotWords(node)],
    [_("Share"), percent(node.ownership, 2)],
    ...(one?.open ?? []).slice(0, MOST_RANGES).map(openFact),
    [_("Address"), addressWords(node, one)],
    [_("Replicas"), replicaWords(node)],
    ...(node.replicas ?? []).map((replica, i) => replicaFact(replica, i === 0 ? one?.replica : null)),
  ];
}

/** @type {(open: {slot: number, leaving: boolean, peer: string}) => Fact} */
function openFact({ slot, leaving, peer }) {
  const text = leaving
    ? _("%(slot)s, moving to %(node)s: its keys may be on either node")
    : _("%(slot)s, moving from %(node)s: its keys may be on either node");
  return [_("Open slot"), interpolate(text, { slot, node: peer })];
}

/**
 * @param {Node} node
 * @param {Stored | undefined} told
 */
function addressWords({ address, hostname, state }, told) {
  if (!address) return state === "down" ? _("unknown: the other members no longer have it") : _("unknown");
  const words = hostname ? interpolate(_("%(address)s, announced as %(name)s"), { address, name: hostname }) : address;
  if (told?.unaware) return interpolate(_("%(address)s (the member itself does not know it)"), { address: words });
  if (told?.shared) return interpolate(_("%(address)s, announced by several members: not counted"), { address: words });
  return words;
}

/**
 * @param {{address: string, state: string, slots?: number, hostname?: string}} replica
 * @param {{keys: number | null, up: boolean} | null | undefined} counted
 * @returns {Fact}
 */
function replicaFact({ address, state, slots = 0, hostname }, counted) {
  const known = counted?.up ? counted.keys : null;
  const keys = known === null ? "" : interpolate(ngettext("%(n)s key", "%(n)s keys", known), { n: count(known) });
  const lists = ngettext("still lists %(n)s slot", "still lists %(n)s slots", slots);
  const told = slots > 0 ? interpolate(lists, { n: count(slots) }) : "";
  return [_("Replica"), [address, hostname, stateWord(state), keys, told].filter(Boolean).join(", ")];
}

/** @param {Node} node */
function slotWords(node) {
  const { slots = [] } = node;
  const ranges = slots.slice(0, MOST_RANGES).map(([first, last]) => (first === last ? first : `${first}–${last}`));
  const more = slots.length > MOST_RANGES ? ", …" : "";
  return slots.length > 0 ? `${count(slotCount(node))}: ${ranges.join(", ")}${more}` : "0";
}
