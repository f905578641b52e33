/** Words for a request in progress: the caption, and the middle of the ring. Loaded when a request is open. */

import { count, percent } from "../lib/format.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { h } from "./dom.js";
import { facesOf } from "./faces.js";
import { workWords } from "./kinds/work.js";
import { movingChange, progressOf } from "./underway.js";

/** @import { Movement, Page, Work } from "./types.js" */

/**
 * @param {Readonly<Page>} page
 * @param {Work} work
 * @returns {{title: string, text: string}}
 */
export function busyCaption(page, work) {
  const name = work.node ? facesOf(page).of(work.node).label : work.name;
  if (work.cancelling) {
    const what = workWords(work.action, name);
    return {
      title: interpolate(_("Cancelling: %(what)s"), { what }),
      text: _("Keys that have already moved are going back."),
    };
  }
  const movement = movingChange(page)?.movement ?? null;
  return { title: busyWords(work.action, name), text: movement ? whereWords(movement) : "" };
}

/**
 * The name of a request in progress: "Draining cache-4".
 * @param {string} action
 * @param {string} name
 */
function busyWords(action, name) {
  const words = new Map([
    ["add", _("%(node)s is joining")],
    ["kill", _("Killing %(node)s")],
    ["freeze", _("Freezing %(node)s")],
    ["thaw", _("Thawing %(node)s")],
    ["restart", _("Restarting %(node)s")],
    ["drain", _("Draining %(node)s")],
    ["remove", _("Removing %(node)s")],
    ["revive", _("%(node)s is coming back")],
    ["reweight", _("Changing the weight of %(node)s")],
    ["configure", _("Changing the settings")],
    ["keys", _("Replacing the keys")],
  ]);
  return interpolate(words.get(action) ?? workWords(action, name), { node: name });
}

/** @param {Movement} movement by giver and receiver */
function whereWords({ moved, pairs }) {
  if (moved === 0) return _("No keys have to move.");
  const from = new Set(pairs.map(([giver]) => giver)).size;
  const to = new Set(pairs.map(([, receiver]) => receiver)).size;
  if (from === 1) {
    const text = ngettext(
      "Its keys are moving to %(n)s node. It keeps its arcs until all have arrived.",
      "Its keys are moving to %(n)s nodes. It keeps its arcs until all have arrived.",
      to,
    );
    return interpolate(text, { n: count(to) });
  }
  if (to === 1) {
    const text = ngettext(
      "Keys are moving to it from %(n)s node. It gets its arcs when all have arrived.",
      "Keys are moving to it from %(n)s nodes. It gets its arcs when all have arrived.",
      from,
    );
    return interpolate(text, { n: count(from) });
  }
  return _("Keys are moving between the nodes. The arcs change when all have arrived.");
}

/**
 * @param {Readonly<Page>} page
 * @param {Work} work
 * @param {number} now ms of this machine
 * @returns {HTMLElement[]} the middle of the ring: how much has moved, or what comes next
 */
export function busyCenter(page, work, now) {
  const progress = progressOf(page, work, now);
  const say = (/** @type {string} */ text) => h("div", { class: "say" }, text);
  const sub = (/** @type {string} */ text) => h("div", { class: "sub" }, text);
  if (!progress) {
    const movement = movingChange(page)?.movement;
    const text = ngettext("%(n)s key to move", "%(n)s keys to move", movement?.moved ?? 0);
    return [
      h("div", { class: "say xl" }, busyCaption(page, work).title),
      ...(movement?.moved ? [sub(interpolate(text, { n: count(movement.moved) }))] : []),
    ];
  }
  const { done, all, slots, allSlots } = progress;
  const ratio = all > 0 ? done / all : slots / allSlots;
  const values = { done: count(done), all: count(all), slots: count(slots), allSlots: count(allSlots) };
  const said = work.cancelling ? _("of the keys are back") : _("of the keys to move have arrived");
  return [
    h("div", { class: "big" }, percent(ratio, 0).replace(/\s*%/, ""), h("small", {}, "%")),
    say(said),
    sub(interpolate(_("%(done)s of %(all)s keys, %(slots)s of %(allSlots)s buckets"), values)),
  ];
}
