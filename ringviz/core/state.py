"""The state of a cluster as its events make it. Pure; the same rules as `static/js/ring/state.js`.

The golden files of `tests/contract` hold the two together. Payloads carry the absolute state of what changed, so that
nothing is added up here and applying an event twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict, cast


class ClusterState(TypedDict):
    """Settings of a cluster. `replicas` real replica servers a node, `memory` bytes a server: 0 without servers."""

    slug: str
    name: str
    kind: str
    demo: bool
    strategy: str
    vnodes: int
    copies: int
    seed: int
    replicas: int
    memory: int


class KeysState(TypedDict):
    """The key set; `count` keys."""

    id: int
    kind: str
    label: str
    count: int


class ReplicaState(TypedDict):
    """A server that follows a node of an external cluster. `state` is active, suspected or down."""

    address: str
    state: str


class _ForeignState(TypedDict, total=False):
    """What only a node of an external cluster has."""

    slots: list[list[int]]
    replicas: list[ReplicaState]


class NodeState(_ForeignState):
    """A node. `since` is ISO 8601 in UTC; `tokens`, `keys` and `ownership` (0..1) are what it has now.

    Of its `keys`, `lost` were lost by a death and are not refilled. `address` is where its server answers.
    In an external cluster there are its `slots`, ascending [first, last] ranges, and its `replicas`; it is not known
    which keys it has, and `keys` is 0.
    """

    number: int
    name: str
    address: str
    zone: str
    weight: float
    state: str
    since: str
    tokens: int
    keys: int
    ownership: float
    lost: int


class Work(TypedDict):
    """An intent that was asked and has not ended. Its `id` is the version at which it was asked, `v` the one that it
    was decided on; `node` 0 is none. `cancelling`: it is to be given up.
    """

    id: int
    action: str
    node: int
    name: str
    asked: str
    v: int
    cancelling: bool


class Workload(TypedDict):
    """The clients of a managed cluster: `rate` operations a second, of which the share `reads` (0..1) reads."""

    on: bool
    rate: int
    distribution: str
    reads: float


class State(TypedDict):
    """Everything of a cluster that its stream tells; `nodes` by number, `work` in the order it was asked.

    `unfilled` are [first, last] buckets whose keys were lost and are not stored again.
    """

    cluster: ClusterState
    keys: KeysState
    nodes: list[NodeState]
    work: list[Work]
    unfilled: list[list[int]]
    workload: Workload | None


class UnknownKind(LookupError):
    """There is no rule for this kind of event."""


def apply(state: State | None, kind: str, payload: Mapping[str, Any]) -> State:
    """The state after an event, in O(nodes). Its arguments are not changed. Raises UnknownKind."""
    if kind == "cluster_created":
        return cast(State, {**_NOTHING, **{part: payload[part] for part in State.__annotations__ if part in payload}})
    if state is None or kind not in _RULES:
        raise UnknownKind(kind)
    return _RULES[kind](state, payload)


def _with_node(state: State, payload: Mapping[str, Any]) -> State:
    node: NodeState = payload["node"]
    return _settled({**state, "nodes": _put(state["nodes"], node)}, payload)


def _without_node(state: State, payload: Mapping[str, Any]) -> State:
    nodes = [node for node in state["nodes"] if node["number"] != payload["number"]]
    return _settled({**state, "nodes": nodes}, payload)


def _reconfigured(state: State, payload: Mapping[str, Any]) -> State:
    return _settled({**state, "cluster": payload["cluster"]}, payload)


def _with_keys(state: State, payload: Mapping[str, Any]) -> State:
    return _settled({**state, "keys": payload["keys"]}, payload)


def _formed(state: State, payload: Mapping[str, Any]) -> State:
    return _settled({**state, "nodes": payload["nodes"]}, payload)


def _seen(state: State, payload: Mapping[str, Any]) -> State:
    return {**state, "nodes": payload["nodes"]}


def _asked(state: State, payload: Mapping[str, Any]) -> State:
    """The node, where there is one, is about to join."""
    nodes = state["nodes"] if payload["node"] is None else _put(state["nodes"], payload["node"])
    others = [one for one in state["work"] if one["id"] != payload["asked"]["id"]]
    return {**state, "nodes": nodes, "work": [*others, payload["asked"]]}


def _cancelling(state: State, payload: Mapping[str, Any]) -> State:
    work: list[Any] = [
        {**one, "cancelling": one["id"] == payload["asked"]["id"] or one["cancelling"]} for one in state["work"]
    ]
    return {**state, "work": work}


def _ended(state: State, payload: Mapping[str, Any]) -> State:
    """Nothing came of it: what was about to join is as it was before, or gone."""
    nodes = [node for node in state["nodes"] if node["number"] != payload["gone"]]
    nodes = nodes if payload["node"] is None else _put(nodes, payload["node"])
    return _settled({**state, "nodes": nodes}, payload)


def _with_workload(state: State, payload: Mapping[str, Any]) -> State:
    return {**state, "workload": payload["workload"]}


def _put(nodes: Iterable[NodeState], node: NodeState) -> list[NodeState]:
    """The nodes, with this one in the place of what bears its number, or added."""
    others = [other for other in nodes if other["number"] != node["number"]]
    return sorted([*others, node], key=lambda one: one["number"])


def _settled(state: State, payload: Mapping[str, Any]) -> State:
    """What events of many kinds bring: new figures, the end of an intent, which buckets are unfilled."""
    if work := payload.get("work", 0):
        state = {**state, "work": [one for one in state["work"] if one["id"] != work]}
    unfilled = payload.get("unfilled")
    if unfilled is not None:
        state = {**state, "unfilled": unfilled}
    figures = {one["number"]: one for one in payload.get("changed", ())}
    if not figures:
        return state
    nodes: list[Any] = [{**node, **figures.get(node["number"], {})} for node in state["nodes"]]
    return {**state, "nodes": nodes}


# What a log that was begun before there were servers does not tell.
_NOTHING: dict[str, Any] = {"work": [], "unfilled": [], "workload": None}

_RULES: dict[str, Callable[[State, Mapping[str, Any]], State]] = {
    "cluster_formed": _formed,
    "work_asked": _asked,
    "work_cancelling": _cancelling,
    "work_ended": _ended,
    "workload_set": _with_workload,
    "node_added": _with_node,
    "node_killed": _with_node,
    "node_revived": _with_node,
    "node_drained": _with_node,
    "node_reweighted": _with_node,
    "node_edited": _with_node,
    "node_suspected": _with_node,
    "node_cleared": _with_node,
    "node_frozen": _with_node,
    "node_thawed": _with_node,
    "node_restarted": _with_node,
    "node_failed_over": _with_node,
    "node_removed": _without_node,
    "cluster_reconfigured": _reconfigured,
    "keys_imported": _with_keys,
    "keys_refilled": _settled,
    "keys_lost": _settled,
    "external_seen": _seen,
}
