/**
 * The state of a cluster as its events make it. Pure: the same rules as `ringviz/core/state.py`, held together by the golden
 * files of tests/contract. Payloads carry the absolute state of what changed, so nothing is added up here.
 */

/** @import { Figures, Node, Payload, State } from "./types.js" */

/** An event kind that this page does not know: the server is newer than the page. */
export class UnknownKind extends Error {}

/** @type {Record<string, (state: State, payload: any) => State>} */
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
  node_added: withNode,
  node_killed: withNode,
  node_revived: withNode,
  node_drained: withNode,
  node_reweighted: withNode,
  node_edited: withNode,
  node_removed: (state, { number, changed }) =>
    withFigures({ ...state, nodes: state.nodes.filter((node) => node.number !== number) }, changed),
  cluster_reconfigured: (state, { cluster, changed }) => withFigures({ ...state, cluster }, changed),
  external_seen: (state, { nodes }) => ({ ...state, nodes }),
  keys_imported: (state, { keys, changed }) => withFigures({ ...state, keys }, changed),
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
 * @param {State} state
 * @param {{node: Node, changed: Figures[]}} payload
 */
function withNode(state, { node, changed }) {
  const others = state.nodes.filter(({ number }) => number !== node.number);
  const at = others.findIndex(({ number }) => number > node.number);
  const nodes = others.toSpliced(at < 0 ? others.length : at, 0, node);
  return withFigures({ ...state, nodes }, changed);
}

/**
 * @param {State} state
 * @param {Figures[]} [changed]
 * @returns {State}
 */
function withFigures(state, changed = []) {
  if (changed.length === 0) return state;
  const figures = new Map(changed.map((one) => [one.number, one]));
  return { ...state, nodes: state.nodes.map((node) => ({ ...node, ...figures.get(node.number) })) };
}
