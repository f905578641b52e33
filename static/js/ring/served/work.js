/** The strip of running work: open requests, their progress, what is waiting; or that everything is idle. */

import { clock, count, fixed } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { BLAME_AFTER_MS } from "../../lib/live-core.js";
import { button, byId, h, keepFocus } from "../dom.js";
import { isMember, nodeWord } from "../members.js";
import { verdictAt, verdictWords } from "../verdict.js";
import { workWords } from "../kinds/work.js";
import { fresh } from "./fresh.js";

/** @import { Acting } from "../acting.js" */
/** @import { Node, Page, SuspicionFrame, Work, WorkFrame } from "../types.js" */
/** @import { Store } from "../store.js" */

/** Often enough for the tenths of a second that are left until a verdict. */
const EVERY_MS = 100;
/** Silent nodes to list, so that the ring keeps its place even when half of the servers are silent. */
const MOST_NAMED = 3;

/**
 * @param {Store} store
 * @param {Acting} acting
 */
export function wireWork(store, acting) {
  const root = byId("work");
  const begun = Date.now();
  let shown = "";
  const draw = () => {
    const { page } = store;
    const told = toldOf(page, Date.now(), begun);
    const waiting = waitingOf(page, told.work);
    const cancellable = acting.powers.operate ? [told.work, ...waiting].filter((one) => one && canCancel(one)) : [];
    const silent = silentWords(page, Date.now());
    const key = JSON.stringify([told, waiting, cancellable.length, silent]);
    if (key === shown) return;
    shown = key;
    const cancel = (/** @type {Work} */ work) => (cancellable.includes(work) ? [cancelButton(acting, work)] : []);
    keepFocus(root, () =>
      renew(root, [
        // Before the text, whose width changes all the time, so that the button stays under the pointer.
        ...(told.work ? cancel(told.work) : []),
        h("span", { class: told.wrong ? "wn" : null }, told.text),
        h("progress", { max: 1, value: told.done ?? 0, "aria-label": told.text, hidden: told.done === null }),
        ...waiting.flatMap((work) => [...cancel(work), h("span", { class: "sub" }, thenWords(work))]),
        ...silent.map((text) => h("span", { class: "wn" }, text)),
      ]),
    );
  };
  store.on(["view", "frames", "link", "mayOperate"], draw);
  setInterval(draw, EVERY_MS);
}

/**
 * Replaces elements but keeps those that did not change. A button that is replaced ten times a second cannot be clicked,
 * because it is a different one when the finger is lifted.
 * @param {HTMLElement} root
 * @param {HTMLElement[]} wanted
 */
function renew(root, wanted) {
  wanted.forEach((made, i) => {
    const there = root.children[i];
    if (!there) root.append(made);
    else if (!there.isEqualNode(made)) there.replaceWith(made);
  });
  while (root.children.length > wanted.length) root.lastElementChild?.remove();
}

/** @param {Work} work not the start of the first servers, which the cluster needs */
const canCancel = ({ action, cancelling }) => action !== "form" && !cancelling;

/**
 * @param {Acting} acting
 * @param {Work} work
 */
function cancelButton(acting, work) {
  const fields = { action: "cancel", work: String(work.id) };
  const label = interpolate(_("Cancel: %(what)s"), { what: workWords(work.action, work.name) });
  const act = () => void acting.reported(acting.act(fields), fields);
  return button(_("Cancel"), act, { "aria-label": label, "data-key": `cancel${work.id}` });
}

/** @param {Work} work */
const thenWords = ({ action, name, cancelling }) => {
  const text = cancelling ? _("cancelling: %(what)s") : _("then: %(what)s");
  return interpolate(text, { what: workWords(action, name) });
};

/**
 * The strip's first line.
 * @param {Readonly<Page>} page
 * @param {number} now
 * @param {number} begun when the page began to listen
 * @returns {{text: string, done: number | null, work: Work | null, wrong: boolean}} done: 0..1
 */
export function toldOf(page, now, begun) {
  const { view, head, frames } = page;
  const { work, unfilled } = view.state;
  const nothing = { done: null, work: null, wrong: false };
  if (view !== head) return { ...nothing, text: _("Not recorded for this moment. See the events.") };
  const frame = fresh(page, "work", now);
  const open = work.length > 0 || unfilled.length > 0;
  if (!frame) {
    // Whoever hears nothing knows nothing about the supervisor.
    if (page.link.state === "lost") return { ...nothing, text: _("Nothing heard, so what is running is unknown.") };
    // The supervisor may be running, and waiting for the database too.
    if (page.link.state === "silent")
      return { ...nothing, text: _("The database does not answer, so what is running is unknown.") };
    const heard = frames.work?.heard ?? begun;
    if (now - heard < BLAME_AFTER_MS) return { ...nothing, text: _("Checking what is running...") };
    const since = frames.work
      ? ` ${interpolate(_("Last heard at %(time)s."), { time: clock(frames.work.heard) })}`
      : "";
    const text = open
      ? _("The supervisor is not responding. Nothing will happen until it runs (manage.py supervise).")
      : _("The supervisor is not responding (manage.py supervise). Failures will not be detected.");
    return { ...nothing, text: text + since, wrong: true };
  }
  if (frame.phase === "rest") {
    const text = open ? _("Requested. It starts in a moment.") : restWords(frame.extra);
    return { ...nothing, text, work: work[0] ?? null };
  }
  const mine = work.find(({ id }) => id === frame.id) ?? null;
  return {
    text: phaseWords(frame, mine, view.state.cluster.replicas),
    done: doneOf(frame),
    work: mine,
    wrong: Boolean(frame.why),
  };
}

/** @param {number} extra keys that clients stored in addition to the key set */
function restWords(extra) {
  const rest = _("Idle: no keys are moving.");
  if (!extra) return rest;
  const more = ngettext("%(n)s key is extra: a client stored it.", "%(n)s keys are extra: clients stored them.", extra);
  return `${rest} ${interpolate(more, { n: count(extra) })}`;
}

/**
 * What is waiting for its turn.
 * @param {Readonly<Page>} page
 * @param {Work | null} running
 */
export const waitingOf = ({ view, head }, running) =>
  view === head ? view.state.work.filter((work) => work.id !== running?.id) : [];

/** @param {WorkFrame} frame */
function doneOf({ keys_done: keys, keys_total: allKeys, slots_done: slots, slots_total: all }) {
  if (allKeys > 0) return keys / allKeys;
  return all > 0 ? slots / all : null;
}

/**
 * @param {WorkFrame} frame
 * @param {Work | null} work
 * @param {number} [replicas] of each server
 */
function phaseWords(frame, work, replicas = 0) {
  const { keys_done: done, keys_total: all, why, atomic } = frame;
  const what = work ? interpolate(_("%(what)s: "), { what: workWords(work.action, work.name) }) : "";
  const give = work?.cancelling ? `${_("being cancelled.")} ` : "";
  const values = { done: count(done), all: count(all) };
  const text = {
    waiting: _("waiting"),
    starting: _("starting servers"),
    joining: _("the servers find each other"),
    moving: interpolate(_("%(done)s of %(all)s keys moved"), values),
    reassigning: replicas ? _("a replica takes over") : _("buckets go to their next owners"),
    stopping: _("stopping a server"),
    flushing: _("deleting the old keys"),
    counting: _("counting stored keys"),
    refilling: interpolate(_("%(done)s of %(all)s lost keys stored again"), values),
  }[frame.phase];
  const slow =
    frame.phase === "moving" && !atomic ? ` ${_("Slower, slot by slot: this engine has no atomic migration.")}` : "";
  return what + give + (text ?? frame.phase) + slow + (why ? ` (${whyWords(why)})` : "");
}

/**
 * @param {string} why what the supervisor is waiting for, as a code; or a reason in words
 */
const whyWords = (why) =>
  ({
    "no lease": _("it is unknown which supervisor leads: the servers keep running, and nothing else is done"),
    "disk full": _("the disk is full: nothing is started, ended or moved"),
    "read-only": _("the servers' folder is read-only: nothing is started, ended or moved"),
    "no database": _("the supervisor cannot reach the database: the servers keep running, and nothing else is done"),
  })[why] ?? why;

/**
 * Whether the frame is ahead of the event that says the same. A node that has returned since then is a different server.
 * @param {Readonly<Page>} page
 * @param {Node} node
 * @param {SuspicionFrame | null} frame
 */
const isToldOf = ({ offset }, { number, since }, frame) =>
  frame?.node === number && Date.parse(since) < frame.heard + offset;

/**
 * The nodes that do not answer, and when the verdict is due: the node that the frame is about comes first.
 * @param {Readonly<Page>} page
 * @param {number} now
 * @returns {string[]}
 */
export function silentWords(page, now) {
  if (page.view !== page.head) return [];
  const frame = fresh(page, "suspicion", now);
  const silent = page.view.state.nodes
    .filter((node) => isMember(node) && (node.state !== "active" || node.pulse || isToldOf(page, node, frame)))
    .sort((a, b) => Number(b.number === frame?.node) - Number(a.number === frame?.node));
  const said = silent.slice(0, MOST_NAMED).map((node) => {
    const { number, name, state, pulse } = node;
    if (pulse && frame?.node !== number) return `${name}: ${nodeWord({ state, pulse })}.`;
    const base = state === "frozen" ? _("%(node)s is frozen") : _("%(node)s does not answer");
    const who = interpolate(base, { node: name });
    const due = state === "frozen" ? verdictAt(page.view.state.cluster, node) : null;
    if (due !== null) return `${who}, ${verdictWords(due, now + page.offset)}.`;
    if (frame?.node !== number) return `${who}.`;
    if (!frame.misses) return `${who}: ${_("no verdict, because most servers are silent at the same time.")}`;
    const misses = ngettext("%(n)s ping missed", "%(n)s pings missed", frame.misses);
    const left = (frame.verdict_ms ?? 0) - (now - frame.heard);
    const verdict = left <= 0 ? "" : interpolate(_(", verdict in %(s)s s"), { s: fixed(left / 1000, 1) });
    return `${who}: ${interpolate(misses, { n: frame.misses })}${verdict}.`;
  });
  const rest = silent.length - said.length;
  const more = ngettext("and %(n)s more node", "and %(n)s more nodes", rest);
  return rest > 0 ? [...said, interpolate(more, { n: count(rest) })] : said;
}
