"""The state of a cluster as its events make it. Pure; the same rules as `static/js/ring/state.js`.

The golden files of `tests/contract` hold the two together. Payloads carry the absolute state of what changed, so that
nothing is added up here and applying an event twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict


class ClusterState(TypedDict):
    """Settings of a cluster."""

    slug: str
    name: str
    kind: str
    demo: bool
    strategy: str
    vnodes: int
    copies: int
    seed: int


class KeysState(TypedDict):
    """The key set; `count` keys."""

    id: int
    kind: str
    label: str
    count: int


class NodeState(TypedDict):
    """A node. `since` is ISO 8601 in UTC; `tokens`, `keys` and `ownership` (0..1) are what it has now."""

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


class State(TypedDict):
    """Everything of a cluster that its stream tells; `nodes` by number."""

    cluster: ClusterState
    keys: KeysState
    nodes: list[NodeState]


class UnknownKind(LookupError):
    """There is no rule for this kind of event."""


def apply(state: State | None, kind: str, payload: Mapping[str, Any]) -> State:
    """The state after an event, in O(nodes). Its arguments are not changed. Raises UnknownKind."""
    if kind == "cluster_created":
        return State(cluster=payload["cluster"], keys=payload["keys"], nodes=payload["nodes"])
    if state is None or kind not in _RULES:
        raise UnknownKind(kind)
    return _RULES[kind](state, payload)


def _with_node(state: State, payload: Mapping[str, Any]) -> State:
    node: NodeState = payload["node"]
    others = [other for other in state["nodes"] if other["number"] != node["number"]]
    nodes = sorted([*others, node], key=lambda one: one["number"])
    return _with_figures({**state, "nodes": nodes}, payload["changed"])


def _without_node(state: State, payload: Mapping[str, Any]) -> State:
    nodes = [node for node in state["nodes"] if node["number"] != payload["number"]]
    return _with_figures({**state, "nodes": nodes}, payload["changed"])


def _reconfigured(state: State, payload: Mapping[str, Any]) -> State:
    return _with_figures({**state, "cluster": payload["cluster"]}, payload["changed"])


def _with_keys(state: State, payload: Mapping[str, Any]) -> State:
    return _with_figures({**state, "keys": payload["keys"]}, payload["changed"])


def _with_figures(state: State, changed: Iterable[Mapping[str, Any]]) -> State:
    figures = {one["number"]: one for one in changed}
    if not figures:
        return state
    nodes: list[Any] = [{**node, **figures.get(node["number"], {})} for node in state["nodes"]]
    return {**state, "nodes": nodes}


_RULES: dict[str, Callable[[State, Mapping[str, Any]], State]] = {
    "node_added": _with_node,
    "node_killed": _with_node,
    "node_revived": _with_node,
    "node_drained": _with_node,
    "node_reweighted": _with_node,
    "node_edited": _with_node,
    "node_removed": _without_node,
    "cluster_reconfigured": _reconfigured,
    "keys_imported": _with_keys,
}
