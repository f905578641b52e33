/**
 * The folds that a cluster's events use (kinds/). Pure: the same as `ringviz/core/state.py`, held together by the golden
 * files of tests/contract. Payloads carry the absolute state of what changed, so nothing is added up here.
 */

/** @import { Cluster, Node, Payload, State } from "./types.js" */

/** @typedef {(state: State, payload: any) => State} Fold */

/** @type {Fold} the first event; a log that was begun before there were servers lacks the last three */
export const created = (_state, { cluster, keys, nodes, work = [], unfilled = [], workload = null }) => ({
  cluster: withOptions(cluster),
  keys,
  nodes,
  work,
  unfilled,
  workload,
});

/** @type {Fold} a node is new, or another than it was */
export const withNode = (state, payload) => settled({ ...state, nodes: put(state.nodes, payload.node) }, payload);

/** @type {Fold} a node is gone */
export const withoutNode = (state, payload) =>
  settled({ ...state, nodes: state.nodes.filter(({ number }) => number !== payload.number) }, payload);

/** @type {Fold} all nodes at once */
export const withNodes = (state, payload) => settled({ ...state, nodes: payload.nodes }, payload);

/** @type {Fold} the cluster has other settings */
export const withSettings = (state, payload) => settled({ ...state, cluster: withOptions(payload.cluster) }, payload);

/** @type {(cluster: Cluster) => Cluster} strategies had no parameters when older events were written */
const withOptions = (cluster) => ({ options: {}, ...cluster });

/** @type {Fold} the cluster has another key set */
export const withKeys = (state, payload) => settled({ ...state, keys: payload.keys }, payload);

/** @type {Fold} the clients have other settings */
export const withWorkload = (state, { workload }) => ({ ...state, workload });

/** @type {Fold} freezes have another time before their verdict; none is not told */
export const withVerdictDelay = (state, { delay_ms: delay }) => {
  const { verdict_delay_ms: _was, ...others } = state.cluster;
  return { ...state, cluster: delay ? { ...others, verdict_delay_ms: delay } : others };
};

/** @type {Fold} an intent waits; the node, where there is one, is about to join */
export const withWork = (state, { asked, node }) => ({
  ...state,
  nodes: node ? put(state.nodes, node) : state.nodes,
  work: [...state.work.filter(({ id }) => id !== asked.id), asked],
});

/** @type {Fold} an intent is being given up */
export const withWorkCancelling = (state, { asked }) => ({
  ...state,
  work: state.work.map((one) => (one.id === asked.id ? { ...one, cancelling: true } : one)),
});

/** @type {Fold} nothing came of an intent: the node that was about to join is as it was before, or gone */
export function withoutWork(state, payload) {
  const nodes = state.nodes.filter(({ number }) => number !== payload.gone);
  return settled({ ...state, nodes: payload.node ? put(nodes, payload.node) : nodes }, payload);
}

/**
 * What events of many kinds bring: new figures, the end of an intent, the buckets that are unfilled.
 * @param {State} state
 * @param {Payload} payload
 * @returns {State}
 */
export function settled(state, { changed = [], work = 0, unfilled }) {
  const next = {
    ...state,
    work: work ? (state.work ?? []).filter(({ id }) => id !== work) : state.work,
    unfilled: unfilled ?? state.unfilled,
  };
  if (changed.length === 0) return next;
  const figures = new Map(changed.map((one) => [one.number, one]));
  return { ...next, nodes: state.nodes.map((node) => ({ ...node, ...figures.get(node.number) })) };
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
