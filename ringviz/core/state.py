"""The state of a cluster, and the folds that its events use (`ringviz/events`). Pure.

`static/js/ring/state.js` has the same folds, and the golden files of `tests/contract` hold the two together. Payloads
carry the absolute state of what changed, so nothing is added up here and applying an event twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypedDict, cast

ON_RING: Final = ("active", "suspected", "frozen")  # until the verdict a node owns what it owned
MANAGED: Final = "managed"  # the kind of a cluster whose servers are ours
WITHOUT_SERVER: Final = ("down", "draining")  # neither has one nor waits for one


class _DelayedState(TypedDict, total=False):
    """What only a managed cluster has that gives freezes time: how long before their verdict, in milliseconds."""

    verdict_delay_ms: int


class ClusterState(_DelayedState):
    """Settings of a cluster. `replicas` real replica servers a node, `memory` bytes a server: 0 without servers.

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
    """What most replicas have nothing of: how many slots they still list as their own, and what they announce."""

    slots: int
    hostname: str


class ReplicaState(_OddReplica):
    """A server that follows a node of an external cluster. `state` is active, suspected or down."""

    address: str
    state: str


class _ForeignState(TypedDict, total=False):
    """What only a node of an external cluster has; `hostname` only where its server announces one."""

    slots: list[list[int]]
    replicas: list[ReplicaState]
    hostname: str


class Pulse(TypedDict):
    """Short freezes of a server, again and again: `for_ms` of every `every_ms`, milliseconds within `bounds`."""

    for_ms: int
    every_ms: int


class _PulsedState(TypedDict, total=False):
    """What only a node of a managed cluster has, and only while its server pulses."""

    pulse: Pulse


class NodeState(_ForeignState, _PulsedState):
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


FIRST_WORKLOAD: Final = Workload(on=True, rate=500, distribution="uniform", reads=0.9)


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


def new_node(
    *, number: int, since: str, name: str, address: str = "", zone: str = "", weight: float = 1.0
) -> NodeState:
    """A node that has joined and has no figures yet; the spaces around its texts are dropped."""
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
    """The node once its server does not pulse: a pulse ends with the server, or with what is done to it."""
    return cast(NodeState, {name: value for name, value in node.items() if name != "pulse"})


def stopped_s(state: State) -> float:
    """For how many seconds a server of the cluster may be stopped by its pulse; 0 where none pulses."""
    return max((node["pulse"]["for_ms"] for node in state["nodes"] if "pulse" in node), default=0) / 1_000


def created(_state: State | None, payload: Mapping[str, Any]) -> State:
    """The first event: everything of a cluster."""
    parts = {part: payload[part] for part in State.__annotations__ if part in payload}
    return cast(State, {**_NOTHING, **parts, "cluster": _with_options(payload["cluster"])})


def with_node(state: State, payload: Mapping[str, Any]) -> State:
    """A node is new, or another than it was."""
    node: NodeState = payload["node"]
    return settled({**state, "nodes": _put(state["nodes"], node)}, payload)


def without_node(state: State, payload: Mapping[str, Any]) -> State:
    """A node is gone."""
    nodes = [node for node in state["nodes"] if node["number"] != payload["number"]]
    return settled({**state, "nodes": nodes}, payload)


def with_settings(state: State, payload: Mapping[str, Any]) -> State:
    """The cluster has other settings."""
    return settled({**state, "cluster": _with_options(payload["cluster"])}, payload)


def with_keys(state: State, payload: Mapping[str, Any]) -> State:
    """The cluster has another key set."""
    return settled({**state, "keys": payload["keys"]}, payload)


def with_nodes(state: State, payload: Mapping[str, Any]) -> State:
    """All nodes at once."""
    return settled({**state, "nodes": payload["nodes"]}, payload)


def with_work(state: State, payload: Mapping[str, Any]) -> State:
    """An intent waits. The node, where there is one, is about to join."""
    nodes = state["nodes"] if payload["node"] is None else _put(state["nodes"], payload["node"])
    others = [one for one in state["work"] if one["id"] != payload["asked"]["id"]]
    return {**state, "nodes": nodes, "work": [*others, payload["asked"]]}


def with_work_cancelling(state: State, payload: Mapping[str, Any]) -> State:
    """An intent is being given up."""
    work: list[Any] = [
        {**one, "cancelling": one["id"] == payload["asked"]["id"] or one["cancelling"]} for one in state["work"]
    ]
    return {**state, "work": work}


def without_work(state: State, payload: Mapping[str, Any]) -> State:
    """Nothing came of an intent: the node that was about to join is as it was before, or gone."""
    nodes = [node for node in state["nodes"] if node["number"] != payload["gone"]]
    nodes = nodes if payload["node"] is None else _put(nodes, payload["node"])
    return settled({**state, "nodes": nodes}, payload)


def with_workload(state: State, payload: Mapping[str, Any]) -> State:
    """The clients have other settings."""
    return {**state, "workload": payload["workload"]}


def with_verdict_delay(state: State, payload: Mapping[str, Any]) -> State:
    """Freezes have another time before their verdict."""
    return {**state, "cluster": with_delay(state["cluster"], payload["delay_ms"])}


def with_delay(cluster: ClusterState, delay_ms: int) -> ClusterState:
    """The settings with another time before the verdict of a freeze; none is not told."""
    others = {name: value for name, value in cluster.items() if name != "verdict_delay_ms"}
    return cast(ClusterState, {**others, "verdict_delay_ms": delay_ms} if delay_ms else others)


def _with_options(cluster: Mapping[str, Any]) -> ClusterState:
    """Strategies had no parameters when older events were written."""
    return cast(ClusterState, {"options": {}, **cluster})


def _put(nodes: Iterable[NodeState], node: NodeState) -> list[NodeState]:
    """The nodes, with this one in the place of what bears its number, or added."""
    others = [other for other in nodes if other["number"] != node["number"]]
    return sorted([*others, node], key=lambda one: one["number"])


def settled(state: State, payload: Mapping[str, Any]) -> State:
    """What events of many kinds bring: new figures, the end of an intent, the buckets that are unfilled."""
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
