/**
 * The folds that a cluster's events use (kinds/). Pure. They equal those of `ringviz/core/state.py`; the golden files of
 * tests/contract compare the two. Payloads carry the new state itself, never a difference.
 */

/** @import { Cluster, Node, Payload, State } from "./types.js" */

/** @typedef {(state: State, payload: any) => State} Fold */

/** @type {Fold} the first event; logs that began before clusters could have servers lack the last three */
export const created = (_state, { cluster, keys, nodes, work = [], unfilled = [], workload = null }) => ({
  cluster: withOptions(cluster),
  keys,
  nodes,
  work,
  unfilled,
  workload,
});

/** @type {Fold} adds a node, or replaces the one with its number */
export const withNode = (state, payload) => settled({ ...state, nodes: put(state.nodes, payload.node) }, payload);

/** @type {Fold} removes a node */
export const withoutNode = (state, payload) =>
  settled({ ...state, nodes: state.nodes.filter(({ number }) => number !== payload.number) }, payload);

/** @type {Fold} replaces all nodes */
export const withNodes = (state, payload) => settled({ ...state, nodes: payload.nodes }, payload);

/** @type {Fold} replaces the settings */
export const withSettings = (state, payload) => settled({ ...state, cluster: withOptions(payload.cluster) }, payload);

/** @type {(cluster: Cluster) => Cluster} older events are from before strategies had parameters */
const withOptions = (cluster) => ({ options: {}, ...cluster });

/** @type {Fold} replaces the key set */
export const withKeys = (state, payload) => settled({ ...state, keys: payload.keys }, payload);

/** @type {Fold} replaces the settings of the clients */
export const withWorkload = (state, { workload }) => ({ ...state, workload });

/** @type {Fold} replaces the delay of the verdict on a freeze; a delay of 0 is left out */
export const withVerdictDelay = (state, { delay_ms: delay }) => {
  const { verdict_delay_ms: _was, ...others } = state.cluster;
  return { ...state, cluster: delay ? { ...others, verdict_delay_ms: delay } : others };
};

/** @type {Fold} adds an open intent, and the node that it is about to join, if any */
export const withWork = (state, { asked, node }) => ({
  ...state,
  nodes: node ? put(state.nodes, node) : state.nodes,
  work: [...state.work.filter(({ id }) => id !== asked.id), asked],
});

/** @type {Fold} marks an intent as being cancelled */
export const withWorkCancelling = (state, { asked }) => ({
  ...state,
  work: state.work.map((one) => (one.id === asked.id ? { ...one, cancelling: true } : one)),
});

/** @type {Fold} removes an intent that failed or was cancelled; a node that was about to join is restored or removed */
export function withoutWork(state, payload) {
  const nodes = state.nodes.filter(({ number }) => number !== payload.gone);
  return settled({ ...state, nodes: payload.node ? put(nodes, payload.node) : nodes }, payload);
}

/**
 * Applies what events of many kinds carry: new figures, the end of an intent, the unfilled buckets.
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
 * The nodes, with this one replacing the node of its number, or added.
 * @param {Node[]} nodes
 * @param {Node} node
 */
function put(nodes, node) {
  const others = nodes.filter(({ number }) => number !== node.number);
  const at = others.findIndex(({ number }) => number > node.number);
  return others.toSpliced(at < 0 ? others.length : at, 0, node);
}
