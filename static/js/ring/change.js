/** The change that is shown: an event that happened, or a plan. What it moved, from whom and to whom. Pure. */

import { span, TOKEN_SPACE } from "../lib/geometry.js";
import { isMember } from "./members.js";
import { abilitiesOf } from "./strategies.js";
import { ring } from "./subject.js";
import { decodeWords } from "./tokens.js";

/** @import { Change, Event, Moment, Movement, Node, Page, Plan, State } from "./types.js" */
/** @import { Range } from "./draw/types.js" */

/** @type {WeakMap<Moment | Plan, Change>} */
const changes = new WeakMap();

/**
 * The change on the screen, or null in a calm picture. The same object as long as nothing changed.
 * @param {{plan: Plan | null, view: Moment}} page
 * @returns {Change | null}
 */
export function shownChange({ plan, view }) {
  const subject = plan ?? view;
  const known = changes.get(subject);
  if (known) return known;
  const made = plan ? planned(plan, view.state) : happened(view);
  if (made) changes.set(subject, made);
  return made;
}

/**
 * @param {Plan} plan
 * @param {State} before
 * @returns {Change}
 */
const planned = ({ kind, payload, after, v }, before) => {
  const movement = payload.movement ?? null;
  return { kind, payload, movement, before, after, planned: true, v };
};

/**
 * @param {Moment} view
 * @returns {Change | null}
 */
function happened({ calm, event, before, state }) {
  if (calm || !event || !before) return null;
  const movement = movementOf(event, before, state);
  return { kind: event.kind, payload: event.payload, movement, before, after: state, planned: false, v: event.v };
}

/**
 * @param {Event} event
 * @param {State} before
 * @param {State} after
 */
function movementOf({ kind, payload }, before, after) {
  const { moves } = ring.kind(kind);
  if (!moves) return payload.movement ?? null;
  const found = moves(before, after);
  if (found) decoded.set(found.movement, found.ranges);
  return found?.movement ?? null;
}

/** @type {WeakMap<Movement, Range[] | null>} */
const decoded = new WeakMap();

/**
 * The ranges that changed owner, decoded once; null where they are not known.
 * @param {Movement | null} movement
 */
export function rangesOf(movement) {
  const known = movement && decoded.get(movement);
  if (known || !movement?.ranges) return known ?? null;
  const words = decodeWords(movement.ranges);
  /** @type {Range[]} */
  const ranges = [];
  for (let i = 0; i + 3 < words.length; i += 4) {
    ranges.push({ start: words[i], end: words[i + 1], from: words[i + 2], to: words[i + 3] });
  }
  decoded.set(movement, ranges);
  return ranges;
}

/**
 * What share changed owner, 0..1: of the keys, or of the hash space where there are none.
 * @param {Movement} movement
 */
export function movedRatio(movement) {
  if (movement.keys > 0) return movement.moved / movement.keys;
  const ranges = rangesOf(movement) ?? [];
  return ranges.reduce((sum, { start, end }) => sum + span(start, end), 0) / TOKEN_SPACE;
}

/**
 * The node that the change is about, as it is where it still exists, else as it was.
 * @param {Change} change
 * @returns {Node | null}
 */
export function subjectOf({ payload, before }) {
  const number = payload.node?.number ?? payload.number;
  return payload.node ?? before.nodes.find((node) => node.number === number) ?? null;
}

/**
 * Nodes of before and after, sorted by number, each once.
 * @param {Change} change
 * @returns {{number: number, before: Node | null, after: Node | null}[]}
 */
export function bothSides({ before, after }) {
  const was = new Map(before.nodes.map((node) => [node.number, node]));
  const is = new Map(after.nodes.map((node) => [node.number, node]));
  const numbers = [...new Set([...was.keys(), ...is.keys()])].sort((a, b) => a - b);
  return numbers.map((number) => ({ number, before: was.get(number) ?? null, after: is.get(number) ?? null }));
}

/** @param {State} state */
export const activeNodes = (state) => state.nodes.filter((node) => isMember(node) && node.weight > 0);

/**
 * The fair share of a node, 0..1 of all there is: by its weight among those on the ring.
 * @param {State} state
 * @param {Node | null} [node] of weight 1 when left out
 */
export function fairShare(state, node) {
  const weights = activeNodes(state).reduce((sum, { weight }) => sum + weight, 0);
  return weights > 0 ? (node?.weight ?? 1) / weights : 0;
}

/**
 * The keys that a node would hold by its fair share.
 * @param {State} state
 * @param {Node | null} [node]
 */
export const fairKeys = (state, node) => state.keys.count * fairShare(state, node);

/**
 * How many keys modulo would have moved, where that is a fair comparison: with a change of one node, by another strategy.
 * null where it is none, as where the same nodes share the keys: modulo knows no weights.
 * @param {Change} change
 * @param {Movement} movement
 */
export function moduloMoved({ kind, after }, { keys, moved, modulo }) {
  if (!modulo?.moved || keys === 0 || !ring.kind(kind).ofNode) return null;
  // Modulo itself moves exactly these; what moves only what it must is worth setting beside it also where all keys move.
  return abilitiesOf(after.cluster).minimal || modulo.moved !== moved ? modulo.moved : null;
}

/**
 * The nodes that a change is about first: the subject, then its largest receivers or givers.
 * @param {Change} change
 * @param {number} most
 */
export function foremost(change, most) {
  /** @type {Map<number, number>} */
  const sums = new Map();
  for (const [from, to, keys] of change.movement?.pairs ?? []) {
    for (const number of [from, to]) sums.set(number, (sums.get(number) ?? 0) + keys);
  }
  const subject = subjectOf(change)?.number ?? 0;
  sums.delete(0);
  sums.delete(subject);
  const others = [...sums].sort((a, b) => b[1] - a[1]).map(([number]) => number);
  return (subject ? [subject, ...others] : others).slice(0, most);
}
