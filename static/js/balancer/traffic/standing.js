/** A node's health in words: its state, the reason, and the event that caused it. Pure. */

import { count, moment } from "../../lib/format.js";
import { _, interpolate } from "../../lib/i18n.js";
import { isMember, nodeWord } from "../../ring/members.js";
import { isSlow, pulseWords } from "../../ring/pulse.js";
import { reasonWords, stateWords } from "./policies.js";

/** @import { Node } from "../../ring/types.js" */
/** @import { Causes, Stand } from "./types.js" */

/**
 * The newest event about a node's health: its own, or one about all nodes.
 * @param {number} number
 * @param {Causes} causes
 */
export const causeOf = (number, causes) => causes[String(number)] ?? causes["*"];

/**
 * "since 12:40:42, event 412", or without the event if it is no longer stored.
 * @param {Pick<Node, "number" | "since">} node
 * @param {Causes} causes
 */
export function causeWords({ number, since }, causes) {
  const cause = causeOf(number, causes);
  if (!cause) return interpolate(_("since %(time)s"), { time: moment(since) });
  return interpolate(_("since %(time)s, event %(v)s"), { time: moment(cause.at), v: cause.v });
}

/**
 * @param {Pick<Node, "state" | "pulse">} node
 * @param {Stand | undefined} stand undefined: healthy
 * @returns {{state: string, reason: string, odd: boolean}} odd: it is not up
 */
export function standingOf(node, stand) {
  const { pulse, state } = node;
  if (state === "active" && pulse && isSlow(pulse)) return { state: _("slowed"), reason: pulseWords(pulse), odd: true };
  if (state === "active" && pulse) {
    const values = { for: count(pulse.for_ms), every: count(pulse.every_ms) };
    const text = pulse.every_ms === 1000 ? _("%(for)s ms of each second") : _("%(for)s of every %(every)s ms");
    return { state: _("freezes"), reason: interpolate(text, values), odd: true };
  }
  if (state !== "active") {
    return { state: nodeWord(node), reason: stand ? reasonWords(stand) : _("gets no requests"), odd: true };
  }
  if (stand) return { state: stateWords(stand.state), reason: reasonWords(stand), odd: true };
  return { state: stateWords("up"), reason: _("answers every check"), odd: false };
}

/**
 * Whether a node gets requests, the same as `serves` in balancer/driving/orders.py. A frozen node does until it is
 * declared dead.
 */
export const serves = (/** @type {Node} */ node) => isMember(node) && node.weight > 0;
