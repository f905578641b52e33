/** The current situation in one or two sentences, with the number that matters. Pure. */

import { count } from "../../lib/format.js";
import { _, interpolate, ngettext } from "../../lib/i18n.js";
import { isMember } from "../../ring/members.js";
import { isSlow, pulseWords } from "../../ring/pulse.js";
import { isSame, labelOf, raised } from "./policies.js";

/** @import { Node } from "../../ring/types.js" */
/** @import { Moment, OnFrame, Reached } from "./types.js" */

/**
 * 14.6 -> "15", 4.21 -> "4.2".
 * @param {number} ms
 */
export const msWords = (ms) => (ms < 9.95 ? ms.toFixed(1) : count(ms));

/**
 * @param {Moment} moment
 * @param {OnFrame | null} frame
 * @param {boolean} past
 */
export function headline({ state, balancer }, frame, past) {
  const { traffic } = balancer;
  if (!traffic.on) return idle(state.nodes.filter(isMember).length, past);
  const fault = faultWords(state.nodes);
  const said = past ? askedWords(traffic) : frame ? reachedWords(traffic.policy, frame) : askedWords(traffic);
  return fault ? `${fault} ${said}` : said;
}

/**
 * @param {number} ready
 * @param {boolean} past
 */
function idle(ready, past) {
  if (past) return _("Nothing was running.");
  if (ready === 0) return _("Nothing is running. No node is ready to serve.");
  const text = ngettext(
    "Nothing is running. %(n)s node is ready to serve.",
    "Nothing is running. %(n)s nodes are ready to serve.",
    ready,
  );
  return interpolate(text, { n: numberWords(ready) });
}

/** @param {number} n in words up to nine, capitalised */
function numberWords(n) {
  const words = new Map([
    [1, _("One")],
    [2, _("Two")],
    [3, _("Three")],
    [4, _("Four")],
    [5, _("Five")],
    [6, _("Six")],
    [7, _("Seven")],
    [8, _("Eight")],
    [9, _("Nine")],
  ]);
  return words.get(n) ?? count(n);
}

/**
 * The most important fault, if any.
 * @param {Node[]} nodes
 */
function faultWords(nodes) {
  const pulsing = nodes.find(({ pulse, state }) => pulse && state === "active");
  if (pulsing?.pulse) {
    const { for_ms: forMs, every_ms: every } = pulsing.pulse;
    if (isSlow(pulsing.pulse)) {
      return interpolate(_("%(node)s is %(what)s."), { node: pulsing.name, what: pulseWords(pulsing.pulse) });
    }
    const values = { node: pulsing.name, for: count(forMs), every: count(every) };
    if (every === 1000) return interpolate(_("%(node)s freezes %(for)s ms of every second."), values);
    return interpolate(_("%(node)s freezes %(for)s ms of every %(every)s ms."), values);
  }
  const out =
    nodes.find(({ state }) => state === "frozen" || state === "suspected") ??
    nodes.find(({ state }) => state === "down");
  if (!out) return "";
  const text =
    out.state === "down"
      ? _("%(node)s is down.")
      : out.state === "frozen"
        ? _("%(node)s is frozen.")
        : _("%(node)s does not answer.");
  return interpolate(text, { node: out.name });
}

/** @param {import("./types.js").Traffic} traffic */
function askedWords({ policy, rate }) {
  const text = ngettext("%(policy)s: %(n)s request a second.", "%(policy)s: %(n)s requests a second.", rate);
  return interpolate(text, { policy: raised(labelOf(policy)), n: count(rate) });
}

/**
 * @param {string} policy
 * @param {OnFrame} frame
 */
function reachedWords(policy, frame) {
  const p99 = frame.total.p99_ms;
  if (p99 === null) return interpolate(_("%(policy)s has no answers yet."), { policy: raised(labelOf(policy)) });
  const mine = frame.policies?.find((one) => one.policy === frame.policy);
  const before = otherOf(frame.policies ?? [], mine);
  const values = { policy: raised(labelOf(frame.policy)), p99: msWords(mine?.p99_ms ?? p99) };
  if (!before || before.p99_ms === null) return interpolate(_("%(policy)s holds p99 at %(p99)s ms."), values);
  const other = { ...values, other: labelOf(before.policy), reached: msWords(before.p99_ms) };
  const better = (mine?.p99_ms ?? p99) <= before.p99_ms;
  const text = better
    ? _("%(policy)s holds p99 at %(p99)s ms; %(other)s let it reach %(reached)s ms on the same stream.")
    : _("%(policy)s lets p99 reach %(p99)s ms; %(other)s held it at %(reached)s ms on the same stream.");
  return interpolate(text, other);
}

/**
 * The policy that drove this stream before this one.
 * @param {Reached[]} policies
 * @param {Reached | undefined} mine
 */
const otherOf = (policies, mine) =>
  policies
    .filter((one) => one.p99_ms !== null && one.same && !(mine && isSame(one, mine)))
    .sort((a, b) => b.at - a.at)[0] ?? null;
