/** The words in the middle of the ring: what to do in a calm picture, the big figure after a change. */

import { count, fixed, percent } from "../lib/format.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { shortage } from "./caption.js";
import { activeNodes, fairKeys, fairShare, moduloMoved, movedRatio, shownChange, subjectOf } from "./change.js";
import { byId, h, narrow } from "./dom.js";
import { facesOf } from "./faces.js";
import { MOST_COLOURED } from "./looks.js";
import { isExternal, isManaged, isMember } from "./members.js";
import { powersOf } from "./powers.js";
import { riskWords } from "./risk.js";
import { SLOTS } from "./slots.js";
import { abilitiesOf } from "./strategies.js";
import { ring } from "./subject.js";
import { busyWith } from "./underway.js";

/** @import { Powers } from "./powers.js" */
/** @import { Change, Movement, Node, Page } from "./types.js" */
/** @import { Store } from "./store.js" */

/** @param {Store} store */
export function wireCenter(store) {
  const core = byId("core");
  const draw = (/** @type {Readonly<Page>} */ page) => {
    const parts = content(page, powersOf(page, page.mayOperate)).filter((part) => part !== null);
    const same = parts.length === core.children.length && parts.every((part, i) => part.isEqualNode(core.children[i]));
    if (!same) core.replaceChildren(...parts);
  };
  store.on(["view", "plan", "underWay", "busy", "pins", "link", "mayOperate", "drawn"], draw);
  // Frames come ten times a second: only what is under way is told by them. Others write into the middle as well.
  store.on(["frames"], (page) => busyWith(page) && draw(page));
}

/**
 * @param {Readonly<Page>} page
 * @param {Powers} powers
 */
function content(page, powers) {
  const change = shownChange(page);
  const work = busyWith(page);
  if (page.drawn === 0) return [say(_("Loading the ring"))];
  if (work && page.busy) return page.busy.busyCenter(page, work, Date.now());
  if (work && activeNodes(page.view.state).length > 0) return fullest(page); // until its words are loaded
  if (!change) return calm(page, powers);
  const short = shortage(change.after);
  if (short && !change.planned) return copiesShort(change, short, powers);
  if (!change.movement) return calm(page, powers);
  return changed(change, change.movement);
}

/** @type {(text: string, extra?: string) => HTMLElement} */
const say = (text, extra = "") => h("div", { class: `say ${extra}` }, text);
/** @type {(text: string) => HTMLElement} */
const sub = (text) => h("div", { class: "sub" }, text);
/** @type {(figure: string, unit: string) => HTMLElement} */
const big = (figure, unit) => h("div", { class: "big" }, figure, h("small", {}, unit));

/**
 * @param {Readonly<Page>} page
 * @param {Powers} powers
 */
function calm(page, { ask, direct, operate }) {
  const { state } = page.view;
  const nodes = activeNodes(state).length;
  if (nodes === 0)
    return [big("0", ""), say(_("nodes on the ring")), operate ? sub(_("Add one, and every key has an owner.")) : null];
  if (isExternal(state)) return counted();
  if (state.keys.count === 0) {
    return [
      big("0", ""),
      say(_("keys")),
      sub(operate ? _("The ring is ready. Give it a pattern or a file.") : _("The ring is ready.")),
    ];
  }
  if (state.nodes.length > MOST_COLOURED || !abilitiesOf(state.cluster).ranges) return fullest(page);
  const [work] = state.work ?? [];
  if (work && work.action === "form")
    return [say(_("The servers are starting")), sub(_("First the servers find each other, then the keys are stored."))];
  // Where there is nothing to click, in the past or without a connection, the balance is what the moment says.
  if (!ask) return fullest(page);
  return invitation(direct, state);
}

/** How many keys there are only the servers know: served/counts.js fills it in. */
const counted = () => [
  h("div", { class: "big", "data-stored-total": true }, "–"),
  say(_("keys stored")),
  sub(_("Read-only: nothing here can change it.")),
];

/**
 * @param {boolean} direct
 * @param {import("./types.js").State} state
 */
function invitation(direct, state) {
  const touch = narrow();
  const risk = isManaged(state) ? h("div", { class: "sub", id: "risk" }, riskWords(state)) : null;
  const what = touch ? _("Tap any arc") : _("Click any arc");
  const why = direct ? _("to kill that node") : _("to preview losing that node");
  const lines = h("div", { class: "say xl" }, what, h("br"), why);
  if (!direct) return [lines, sub(_("Nothing happens to the ring")), risk];
  if (risk) return [lines, risk];
  return [lines, sub(touch ? _("Everyone watching will see it") : _("or press A to add one"))];
}

/** @param {Readonly<Page>} page */
function fullest(page) {
  const { state } = page.view;
  const ratio = (/** @type {import("./types.js").Node} */ node) => node.keys / (fairKeys(state, node) || 1);
  const node = activeNodes(state).reduce((most, one) => (ratio(one) > ratio(most) ? one : most));
  const values = { node: facesOf(page).of(node.number).label, keys: count(node.keys), all: count(state.keys.count) };
  return [
    big(fixed(ratio(node), 2), "×"),
    say(_("of the fair share, on the fullest node")),
    sub(interpolate(_("%(node)s: %(keys)s of %(all)s keys"), values)),
  ];
}

/**
 * @param {Change} change
 * @param {{have: number, asked: number}} short
 * @param {Powers} powers
 */
function copiesShort({ after }, { have, asked }, { operate }) {
  const down = after.nodes.filter((node) => !isMember(node));
  const text = ngettext("%(keys)s keys are %(n)s copy short.", "%(keys)s keys are %(n)s copies short.", asked - have);
  const only = down.length === 1 ? down[0] : null;
  return [
    h("div", { class: "big" }, String(have), h("small", {}, ` ${interpolate(_("of %(n)s"), { n: asked })}`)),
    say(_("copies of every key")),
    sub(interpolate(text, { keys: count(after.keys.count), n: asked - have })),
    operate && only ? reviveButton(only) : null,
  ];
}

/** @param {Node} node */
const reviveButton = ({ number, name }) =>
  h("button", { class: "btn pri", "data-revive": number }, interpolate(_("Revive %(node)s"), { node: name }));

/**
 * @param {Change} change
 * @param {Movement} movement
 */
function changed(change, movement) {
  const { planned, before, after, kind, payload } = change;
  const { bySlots, ofNode } = ring.kind(kind);
  if (bySlots) return slotsMoved(movement);
  if (movement.moved === 0 && before.cluster.copies !== after.cluster.copies) return newCopies(change, movement);
  if (movement.keys > 0 && movement.moved === 0) return nothing(planned);
  const ratio = movedRatio(movement);
  const figure = percent(ratio).replace(/\s*%/, "");
  const keys = movement.keys > 0;
  const said = keys
    ? planned
      ? _("of keys would change owner")
      : _("of keys changed owner")
    : planned
      ? _("of the hash space would change owner")
      : _("of the hash space changed owner");
  if (payload.loss) return lost(change, movement);
  const fairBefore = fairShare(before, subjectOf(change));
  const fair = fairBefore > 0 ? percent(fairBefore) : "";
  const of = interpolate(_("%(moved)s of %(keys)s."), { moved: count(movement.moved), keys: count(movement.keys) });
  const share = fair && ofNode ? ` ${interpolate(_("Fair share before: %(share)s."), { share: fair })}` : "";
  return [big(figure, "%"), say(said), keys ? sub(of + share) : null, keys ? bars(movement, change) : null];
}

/** @param {Movement} movement of a slot map, its pairs count slots */
function slotsMoved(movement) {
  const slots = movement.pairs.reduce((sum, [, , n]) => sum + n, 0);
  const of = interpolate(_("%(moved)s of %(all)s."), { moved: count(slots), all: count(SLOTS) });
  return [big(percent(slots / SLOTS).replace(/\s*%/, ""), "%"), say(_("of the slots changed owner")), sub(of)];
}

/**
 * What died with a server: no key of it arrived anywhere.
 * @param {Change} change
 * @param {Movement} movement
 */
function lost(change, movement) {
  const { planned, payload } = change;
  const keys = payload.loss?.keys ?? 0;
  const text = planned
    ? _("%(lost)s of %(keys)s. They would be stored again from the key set.")
    : _("%(lost)s of %(keys)s. Lost with the node, not moved.");
  return [
    big(percent(movement.keys > 0 ? keys / movement.keys : 0).replace(/\s*%/, ""), "%"),
    say(planned ? _("of keys would be lost") : _("of keys were lost")),
    sub(interpolate(text, { lost: count(keys), keys: count(movement.keys) })),
    movement.keys > 0 ? bars(movement, change) : null,
  ];
}

/** @param {boolean} planned */
const nothing = (planned) => [big("0", ""), say(planned ? _("keys would change owner") : _("keys changed owner"))];

/**
 * Another number of copies moves no key: what counts is the copies to be made.
 * @param {Change} change
 * @param {Movement} movement
 */
const newCopies = ({ planned, after }, { copies }) => [
  big(count(copies.moved), ""),
  say(
    interpolate(isManaged(after) ? _("of %(n)s copies a replicated ring would make") : _("of %(n)s copies to make"), {
      n: count(copies.total),
    }),
  ),
  sub(
    isManaged(after)
      ? _("A what-if: its servers keep no such copies.")
      : planned
        ? _("No key would change owner.")
        : _("No key changed owner."),
  ),
];

/**
 * What this strategy moved beside what had to move, where that may be less, and beside what modulo would have moved.
 * @param {Movement} movement
 * @param {Change} change
 */
function bars(movement, change) {
  const { keys, moved, needless } = movement;
  const { cluster } = change.after;
  if (!ring.kind(change.kind).ofNode) return null;
  const { minimal, ranges } = abilitiesOf(cluster);
  const modulo = moduloMoved(change, movement);
  if (minimal && modulo === null) return null;
  return compare([
    row(ranges ? _("This ring") : _("Changed"), moved / keys, minimal ? "" : "alt"),
    ...(minimal ? [] : [row(_("Needed"), (moved - needless) / keys)]),
    ...(modulo === null ? [] : [row(_("Modulo"), modulo / keys, "alt")]),
  ]);
}

/** @typedef {[name: string, ratio: number, look: string]} Bar */

/** @type {(name: string, ratio: number, look?: string) => Bar} */
const row = (name, ratio, look = "") => [name, ratio, look];

/** @param {Bar[]} rows */
const compare = (rows) =>
  h(
    "div",
    { class: "cmp" },
    ...rows.map(([name, ratio, look]) =>
      h(
        "div",
        { class: look },
        h("span", {}, name),
        h("b", { "--w": `${ratio * 100}%` }),
        h("span", {}, percent(ratio)),
      ),
    ),
  );
