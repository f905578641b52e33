/** An external cluster in words: its state, and what changed between two looks. Pure. */

import { count } from "../lib/format.js";
import { _, interpolate, ngettext } from "../lib/i18n.js";
import { activeNodes } from "./change.js";
import { replicaWords } from "./members.js";
import { claimed, covered, slotCount, SLOTS } from "./slots.js";

/** @import { Change, Node, State } from "./types.js" */

const MOST_PAIRS = 3;

/** @typedef {{title: string, text: string}} Words */

/**
 * The calm picture.
 * @param {State} state
 * @returns {Words}
 */
export function outsideWords(state) {
  const nodes = activeNodes(state).filter(slotCount).length;
  const slots = covered(state.nodes);
  const title =
    slots === SLOTS
      ? ngettext("%(n)s node owns all %(all)s slots", "%(n)s nodes own all %(all)s slots", nodes)
      : ngettext("%(n)s node owns %(slots)s of %(all)s slots", "%(n)s nodes own %(slots)s of %(all)s slots", nodes);
  const figures = { n: count(nodes), slots: count(slots), all: count(SLOTS) };
  return {
    title: interpolate(title, figures),
    text: `${_("Somebody else runs this cluster. Slots, replicas and keys are as its servers report them.")}${uncovered(state)}`,
  };
}

/**
 * What changed since the previous look, the most important first.
 * @param {Change} change
 * @returns {Words}
 */
export function seenWords({ before, after, movement }) {
  const [title = _("The cluster changed"), ...more] = [
    ...states(before, after),
    ...moves(before, after, movement?.pairs ?? []),
    ...members(before, after),
    ...replicas(before, after),
  ];
  return { title, text: (more.map((words) => `${words}.`).join(" ") + uncovered(after)).trim() };
}

/** @param {State} state */
function uncovered({ nodes }) {
  const served = covered(nodes);
  const down = claimed(nodes) - served;
  const left = SLOTS - served - down;
  const ofDown = ngettext(
    "%(n)s slot belongs to a node that is down: its keys can be neither read nor written.",
    "%(n)s slots belong to nodes that are down: their keys can be neither read nor written.",
    down,
  );
  const ofNobody = ngettext(
    "%(n)s slot has no owner: its keys can be neither read nor written.",
    "%(n)s slots have no owner: their keys can be neither read nor written.",
    left,
  );
  return [
    down > 0 ? ` ${interpolate(ofDown, { n: count(down) })}` : "",
    left > 0 ? ` ${interpolate(ofNobody, { n: count(left) })}` : "",
  ].join("");
}

/** @type {(nodes: Node[], number: number) => Node | undefined} */
const byNumber = (nodes, number) => nodes.find((node) => node.number === number);

/** @type {(node: Node, before: State) => Node | undefined} whose replica it was */
const followed = ({ address }, before) =>
  before.nodes.find(({ replicas = [] }) => replicas.some((one) => address !== "" && one.address === address));

/**
 * @param {State} before
 * @param {State} after
 */
function states(before, after) {
  const words = [];
  for (const node of after.nodes) {
    const was = byNumber(before.nodes, node.number);
    const leader = was ? undefined : followed(node, before);
    const values = { node: node.name, other: leader?.name ?? "" };
    if (leader) words.unshift(interpolate(_("%(node)s took over from %(other)s, whose replica it was"), values));
    if (!was || was.state === node.state) continue;
    if (node.state === "down") words.push(interpolate(_("%(node)s is down"), values));
    else if (node.state === "suspected") words.push(interpolate(_("%(node)s does not answer"), values));
    else words.push(interpolate(_("%(node)s answers again"), values));
  }
  return words;
}

/**
 * @param {State} before
 * @param {State} after
 * @param {[from: number, to: number, slots: number][]} pairs
 */
function moves(before, after, pairs) {
  const name = (/** @type {number} */ number) =>
    (byNumber(after.nodes, number) ?? byNumber(before.nodes, number))?.name ?? _("nobody");
  const words = pairs.slice(0, MOST_PAIRS).map(([from, to, n]) => {
    const text = ngettext("%(n)s slot went from %(from)s to %(to)s", "%(n)s slots went from %(from)s to %(to)s", n);
    return interpolate(text, { n: count(n), from: name(from), to: name(to) });
  });
  const left = pairs.slice(MOST_PAIRS).reduce((sum, [, , n]) => sum + n, 0);
  const others = ngettext("%(n)s other slot changed owner", "%(n)s other slots changed owner", left);
  return left > 0 ? [...words, interpolate(others, { n: count(left) })] : words;
}

/**
 * @param {State} before
 * @param {State} after
 */
function members(before, after) {
  const fresh = after.nodes.filter((node) => !byNumber(before.nodes, node.number) && !followed(node, before));
  const gone = before.nodes.filter((node) => !byNumber(after.nodes, node.number));
  return [
    ...fresh.map(({ name }) => interpolate(_("%(node)s joined"), { node: name })),
    ...gone.map((node) => {
      const leader = followed(node, after);
      const text = leader ? _("%(node)s is a replica of %(other)s now") : _("%(node)s is no longer a member");
      return interpolate(text, { node: node.name, other: leader?.name ?? "" });
    }),
  ];
}

/**
 * @param {State} before
 * @param {State} after
 */
function replicas(before, after) {
  return after.nodes.flatMap((node) => {
    const was = byNumber(before.nodes, node.number);
    // A change of the node's state already explains its replicas: a node that is down lost its replica to a failover.
    if (!was || was.state !== node.state || node.state === "down" || replicaWords(was) === replicaWords(node))
      return [];
    return [interpolate(_("Replicas of %(node)s: %(n)s"), { node: node.name, n: replicaWords(node) })];
  });
}
