"""The state of a cluster, and the folds that its events use (`ringviz/events`). Pure.

`static/js/ring/state.js` has the same folds, and the golden files of `tests/contract` hold the two together. Payloads
carry the new state itself, never a difference, so applying an event twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypedDict, cast

ON_RING: Final = ("active", "suspected", "frozen")  # a node keeps what it owns until the verdict
MANAGED: Final = "managed"  # the kind of a cluster whose servers are ours
WITHOUT_SERVER: Final = ("down", "draining")  # these have no server and wait for none


class _DelayedState(TypedDict, total=False):
    """The milliseconds before the verdict on a requested freeze; only for a managed cluster with such a delay."""

    verdict_delay_ms: int


class ClusterState(_DelayedState):
    """Settings of a cluster. `replicas` per node and `memory` in bytes per server are 0 for a cluster without servers.

    `options` are all parameters of the strategy, by name.
    """

    slug: str
    name: str
    kind: str
    demo: bool
    strategy: str
    options: dict[str, float]
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


class _OddReplica(TypedDict, total=False):
    """Fields that few replicas have: how many slots they still list as their own, and the hostname they announce."""

    slots: int
    hostname: str


class ReplicaState(_OddReplica):
    """A server that follows a node of an external cluster. `state` is active, suspected or down."""

    address: str
    state: str


class _ForeignState(TypedDict, total=False):
    """Fields of a node of an external cluster; `hostname` only if its server announces one."""

    slots: list[list[int]]
    replicas: list[ReplicaState]
    hostname: str


class Pulse(TypedDict):
    """Repeated short freezes of a server: for `for_ms` out of every `every_ms`, milliseconds within `bounds`."""

    for_ms: int
    every_ms: int


class _PulsedState(TypedDict, total=False):
    """Fields of a node of a managed cluster while its server pulses."""

    pulse: Pulse


class NodeState(_ForeignState, _PulsedState):
    """A node. `since` is ISO 8601 in UTC; `tokens`, `keys` and `ownership` (0..1) are its current figures.

    `lost` counts those of its `keys` that died with a server and are not refilled yet. `address` is its server's.
    A node of an external cluster also has `slots`, ascending [first, last] ranges, and `replicas`. Its keys are not
    known, so `keys` is 0.
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
    """An open intent. `id` is the version of its request, `v` the version that it was decided on; `node` 0 is none.
    `cancelling`: somebody asked to cancel it.
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


FIRST_WORKLOAD: Final = Workload(on=True, rate=500, distribution="uniform", reads=0.9)


class State(TypedDict):
    """Everything that a stream reports about its cluster; `nodes` by number, `work` in the order of the requests.

    `unfilled` are the [first, last] ranges of buckets whose keys were lost and are not stored again yet.
    """

    cluster: ClusterState
    keys: KeysState
    nodes: list[NodeState]
    work: list[Work]
    unfilled: list[list[int]]
    workload: Workload | None


def new_node(
    *, number: int, since: str, name: str, address: str = "", zone: str = "", weight: float = 1.0
) -> NodeState:
    """A node that has just joined, without figures. Spaces around its texts are removed."""
    return NodeState(
        number=number,
        name=name.strip(),
        address=address.strip(),
        zone=zone.strip(),
        weight=weight,
        state="active",
        since=since,
        tokens=0,
        keys=0,
        ownership=0.0,
        lost=0,
    )


def without_pulse(node: NodeState) -> NodeState:
    """The node without a pulse, which ends with the server or with any action on it."""
    return cast(NodeState, {name: value for name, value in node.items() if name != "pulse"})


def stopped_s(state: State) -> float:
    """The longest time, in seconds, that a pulse stops a server of the cluster; 0 if none pulses."""
    return max((node["pulse"]["for_ms"] for node in state["nodes"] if "pulse" in node), default=0) / 1_000


def created(_state: State | None, payload: Mapping[str, Any]) -> State:
    """The first event: the whole cluster."""
    parts = {part: payload[part] for part in State.__annotations__ if part in payload}
    return cast(State, {**_NOTHING, **parts, "cluster": _with_options(payload["cluster"])})


def with_node(state: State, payload: Mapping[str, Any]) -> State:
    """Adds a node, or replaces the one with its number."""
    node: NodeState = payload["node"]
    return settled({**state, "nodes": _put(state["nodes"], node)}, payload)


def without_node(state: State, payload: Mapping[str, Any]) -> State:
    """Removes a node."""
    nodes = [node for node in state["nodes"] if node["number"] != payload["number"]]
    return settled({**state, "nodes": nodes}, payload)


def with_settings(state: State, payload: Mapping[str, Any]) -> State:
    """Replaces the settings."""
    return settled({**state, "cluster": _with_options(payload["cluster"])}, payload)


def with_keys(state: State, payload: Mapping[str, Any]) -> State:
    """Replaces the key set."""
    return settled({**state, "keys": payload["keys"]}, payload)


def with_nodes(state: State, payload: Mapping[str, Any]) -> State:
    """Replaces all nodes."""
    return settled({**state, "nodes": payload["nodes"]}, payload)


def with_work(state: State, payload: Mapping[str, Any]) -> State:
    """Adds an open intent, and the node that it is about to join, if any."""
    nodes = state["nodes"] if payload["node"] is None else _put(state["nodes"], payload["node"])
    others = [one for one in state["work"] if one["id"] != payload["asked"]["id"]]
    return {**state, "nodes": nodes, "work": [*others, payload["asked"]]}


def with_work_cancelling(state: State, payload: Mapping[str, Any]) -> State:
    """Marks an intent as being cancelled."""
    work: list[Any] = [
        {**one, "cancelling": one["id"] == payload["asked"]["id"] or one["cancelling"]} for one in state["work"]
    ]
    return {**state, "work": work}


def without_work(state: State, payload: Mapping[str, Any]) -> State:
    """Removes an intent that failed or was cancelled; a node that was about to join is restored or removed."""
    nodes = [node for node in state["nodes"] if node["number"] != payload["gone"]]
    nodes = nodes if payload["node"] is None else _put(nodes, payload["node"])
    return settled({**state, "nodes": nodes}, payload)


def with_workload(state: State, payload: Mapping[str, Any]) -> State:
    """Replaces the settings of the clients."""
    return {**state, "workload": payload["workload"]}


def with_verdict_delay(state: State, payload: Mapping[str, Any]) -> State:
    """Replaces the delay of the verdict on a freeze."""
    return {**state, "cluster": with_delay(state["cluster"], payload["delay_ms"])}


def with_delay(cluster: ClusterState, delay_ms: int) -> ClusterState:
    """The settings with another verdict delay for freezes; a delay of 0 is left out."""
    others = {name: value for name, value in cluster.items() if name != "verdict_delay_ms"}
    return cast(ClusterState, {**others, "verdict_delay_ms": delay_ms} if delay_ms else others)


def _with_options(cluster: Mapping[str, Any]) -> ClusterState:
    """Adds empty options to settings from before strategies had parameters."""
    return cast(ClusterState, {"options": {}, **cluster})


def _put(nodes: Iterable[NodeState], node: NodeState) -> list[NodeState]:
    """The nodes, with this one replacing the node of its number, or added."""
    others = [other for other in nodes if other["number"] != node["number"]]
    return sorted([*others, node], key=lambda one: one["number"])


def settled(state: State, payload: Mapping[str, Any]) -> State:
    """Applies what events of many kinds carry: new figures, the end of an intent, the unfilled buckets."""
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


# Missing in logs that began before clusters could have servers.
_NOTHING: dict[str, Any] = {"work": [], "unfilled": [], "workload": None}
