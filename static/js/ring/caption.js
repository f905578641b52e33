/** The title of the picture and its sentence. */

import { count } from "../lib/format.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { activeNodes, shownChange, subjectOf } from "./change.js";
import { byId } from "./dom.js";
import { facesOf } from "./faces.js";
import { MOST_COLOURED } from "./looks.js";
import { isExternal, isManaged, isMember } from "./members.js";
import { abilitiesOf, copiesOf, ruleOf } from "./strategies.js";
import { ring } from "./subject.js";
import { changeSentence, changeTitle } from "./words.js";
import { busyWith } from "./underway.js";

/** @import { Words } from "./outside.js" */
/** @import { Change, Page, State } from "./types.js" */
/** @import { Store } from "./store.js" */

/**
 * How clusters that somebody else runs are told of: only their pages load these words.
 * @type {{outsideWords: (state: State) => Words, seenWords: (change: Change) => Words} | null}
 */
let outside = null;

/** @param {NonNullable<typeof outside>} words */
export const tellOutside = (words) => {
  outside = words;
};

/** @param {Store} store */
export function wireCaption(store) {
  const title = byId("capt");
  const text = byId("capp");
  store.on(["view", "plan", "underWay", "busy", "pins", "colour"], (page) => {
    const words = captionOf(page);
    title.textContent = words.title;
    text.textContent = words.text;
    title.title = words.title;
    // The room is fixed: what is longer than it scrolls, also by keys.
    text.toggleAttribute("tabindex", false);
    if (text.scrollHeight > text.clientHeight + 1) text.tabIndex = 0;
    document.title = `${words.title} · ${page.view.state.cluster.name} · Ringviz`;
  });
}

/**
 * @param {Readonly<Page>} page
 * @returns {{title: string, text: string}}
 */
export function captionOf(page) {
  const work = busyWith(page);
  if (work && page.busy) return page.busy.busyCaption(page, work);
  const change = shownChange(page);
  const { state } = page.view;
  if (!change) return isExternal(state) && outside ? outside.outsideWords(state) : calm(state);
  if (ring.kind(change.kind).bySlots && outside) return outside.seenWords(change);
  const number = subjectOf(change)?.number;
  const face = number ? facesOf(page).of(number) : null;
  const title = changeTitle(change, face?.label ?? "");
  const note = page.plan?.note ? `${page.plan.note} ` : "";
  return {
    title: withShortage(title, change),
    text: note + whole(face) + changeSentence(change, Boolean(whole(face))),
  };
}

/** @param {{label: string, name: string} | null} face */
const whole = (face) =>
  face && face.label !== face.name ? `${interpolate(_("Short for %(name)s."), { name: face.name })} ` : "";

/**
 * How many copies each key can have, when that is less than was asked for; else null.
 * @param {State} state
 */
export function shortage(state) {
  const active = activeNodes(state).length;
  const copies = copiesOf(state.cluster);
  // There the copies are what a replicated ring would choose: none is kept, so none is missing.
  if (isManaged(state)) return null;
  return active > 0 && active < copies ? { have: active, asked: copies } : null;
}

/**
 * @param {string} title
 * @param {Change} change
 */
function withShortage(title, { after, planned }) {
  const short = shortage(after);
  if (!short || planned) return title;
  return interpolate(_("%(title)s: keys have %(have)s of %(asked)s copies"), { title, ...short });
}

/** @param {State} state */
function calm(state) {
  const nodes = activeNodes(state).length;
  const title = calmTitle(state, nodes);
  return { title: interpolate(title, figures(state, nodes)), text: calmText(state, nodes) };
}

/**
 * @param {State} state
 * @param {number} nodes
 */
const figures = (state, nodes) => ({
  n: count(nodes),
  all: count(state.nodes.length),
  keys: count(state.keys.count),
  tokens: count(state.nodes.reduce((sum, node) => sum + (isMember(node) ? node.tokens : 0), 0)),
});

/**
 * @param {State} state
 * @param {number} nodes
 */
function calmTitle({ nodes: all, keys, cluster, work }, nodes) {
  if (nodes === 0 && work?.some(({ action }) => action === "form")) return _("The servers are starting");
  if (nodes === 0) return all.length === 0 ? _("No node yet") : _("No node is active");
  if (keys.count === 0) return ngettext("%(n)s node, no keys yet", "%(n)s nodes, no keys yet", nodes);
  if (nodes === 1) return _("1 node owns all %(keys)s keys");
  if (all.length > MOST_COLOURED && abilitiesOf(cluster).ranges) return _("%(n)s nodes, %(tokens)s tokens");
  if (nodes < all.length) return _("%(n)s of %(all)s nodes share %(keys)s keys");
  return _("%(n)s nodes share %(keys)s keys");
}

/**
 * @param {State} state
 * @param {number} nodes
 */
function calmText(state, nodes) {
  const { nodes: all, keys, cluster } = state;
  if (nodes === 0) return _("A key has no owner until a node is active.");
  if (!abilitiesOf(cluster).ranges) return ruleOf(cluster);
  if (isManaged(state)) {
    return _("Every key is stored on a real server: that of the node whose token comes next, clockwise.");
  }
  if (keys.count === 0) return _("Arcs show each node\u2019s share of the hash space. You can already look up a key.");
  if (all.length > MOST_COLOURED) return _("Pin up to six nodes to see them in colour, or move the lens.");
  return ruleOf(cluster);
}
