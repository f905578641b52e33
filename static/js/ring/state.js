/**
 * The state of a cluster as its events make it. Pure: the same rules as `ringviz/core/state.py`, held together by the golden
 * files of tests/contract. Payloads carry the absolute state of what changed, so nothing is added up here.
 */

/** @import { Node, Payload, State } from "./types.js" */

/** An event kind that this page does not know: the server is newer than the page. */
export class UnknownKind extends Error {}

/** @typedef {(state: State, payload: any) => State} Rule */

/** @type {Rule} */
const withNode = (state, payload) => settled({ ...state, nodes: put(state.nodes, payload.node) }, payload);

/** @type {Rule} what was about to join is as it was before, or gone */
function ended(state, payload) {
  const nodes = state.nodes.filter(({ number }) => number !== payload.gone);
  return settled({ ...state, nodes: payload.node ? put(nodes, payload.node) : nodes }, payload);
}

/** @type {Record<string, Rule>} */
const RULES = {
  // The last three are missing in a log that was begun before there were servers.
  cluster_created: (_state, { cluster, keys, nodes, work = [], unfilled = [], workload = null }) => ({
    cluster,
    keys,
    nodes,
    work,
    unfilled,
    workload,
  }),
  cluster_formed: (state, payload) => settled({ ...state, nodes: payload.nodes }, payload),
  work_asked: (state, { asked, node }) => ({
    ...state,
    nodes: node ? put(state.nodes, node) : state.nodes,
    work: [...state.work.filter(({ id }) => id !== asked.id), asked],
  }),
  work_cancelling: (state, { asked }) => ({
    ...state,
    work: state.work.map((one) => (one.id === asked.id ? { ...one, cancelling: true } : one)),
  }),
  work_ended: ended,
  workload_set: (state, { workload }) => ({ ...state, workload }),
  node_added: withNode,
  node_killed: withNode,
  node_revived: withNode,
  node_drained: withNode,
  node_reweighted: withNode,
  node_edited: withNode,
  node_suspected: withNode,
  node_cleared: withNode,
  node_frozen: withNode,
  node_thawed: withNode,
  node_restarted: withNode,
  node_failed_over: withNode,
  node_removed: (state, payload) =>
    settled({ ...state, nodes: state.nodes.filter(({ number }) => number !== payload.number) }, payload),
  cluster_reconfigured: (state, payload) => settled({ ...state, cluster: payload.cluster }, payload),
  keys_imported: (state, payload) => settled({ ...state, keys: payload.keys }, payload),
  keys_refilled: (state, payload) => settled(state, payload),
  keys_lost: (state, payload) => settled(state, payload),
  external_seen: (state, { nodes }) => ({ ...state, nodes }),
};

/**
 * The state after an event. Never changes its arguments; parts that did not change are shared with `state`.
 * @param {State} state
 * @param {string} kind
 * @param {Payload} payload
 * @returns {State}
 * @throws {UnknownKind}
 */
export function apply(state, kind, payload) {
  if (!Object.hasOwn(RULES, kind)) throw new UnknownKind(kind);
  return RULES[kind](state, payload);
}

/**
 * The nodes, with this one in the place of what bears its number, or added.
 * @param {Node[]} nodes
 * @param {Node} node
 */
function put(nodes, node) {
  const others = nodes.filter(({ number }) => number !== node.number);
  const at = others.findIndex(({ number }) => number > node.number);
  return others.toSpliced(at < 0 ? others.length : at, 0, node);
}

/**
 * What events of many kinds bring: new figures, the end of an intent, which buckets are unfilled.
 * @param {State} state
 * @param {Payload} payload
 * @returns {State}
 */
function settled(state, { changed = [], work = 0, unfilled }) {
  const next = {
    ...state,
    work: work ? (state.work ?? []).filter(({ id }) => id !== work) : state.work,
    unfilled: unfilled ?? state.unfilled,
  };
  if (changed.length === 0) return next;
  const figures = new Map(changed.map((one) => [one.number, one]));
  return { ...next, nodes: state.nodes.map((node) => ({ ...node, ...figures.get(node.number) })) };
}
