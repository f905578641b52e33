"""A driver's orders, read from the cluster's rows."""

from __future__ import annotations

from dataclasses import dataclass

from balancer.core.explained import PULSED
from balancer.core.state import Stand, Traffic
from balancer.selectors.state import state_of_stream
from balancer.traffic.nodes import Target
from ringviz.core.state import ON_RING, NodeState
from ringviz.models import Cluster, Node
from ringviz.selectors.clusters import seen
from ringviz.stores import passwords
from servers.address import Address


@dataclass(frozen=True, slots=True)
class Orders:
    """The orders reflect at least version `v` of the stream. `nodes` includes nodes that get no requests; `numbers` are
    their numbers by name.

    `conditions` are their servers' states in the log, by name, or PULSED. `standings` are the last reported health, by
    node number as text. `password` is empty until the supervisor has formed the cluster.
    """

    cluster: Cluster
    v: int
    traffic: Traffic
    targets: tuple[Target, ...]
    convicted: frozenset[str]
    nodes: tuple[NodeState, ...]
    numbers: dict[str, int]
    conditions: dict[str, str]
    standings: dict[str, Stand]
    password: str

    @property
    def around(self) -> tuple[object, ...]:
        """The other things that affect a policy's speed: which nodes serve, and their faults."""
        return (
            self.targets,
            *((node["name"], node["state"], *node.get("pulse", {}).values()) for node in self.nodes),
        )


def orders_of(slug: str) -> Orders:
    """Reads the current orders. Two queries, five more after an event. Raises NotFound."""
    on = seen(slug)
    asked = state_of_stream(on.cluster.stream_id)  # read after `v`, so the orders are at least that new
    nodes = on.state["nodes"]
    return Orders(
        cluster=on.cluster,
        v=on.v,
        traffic=asked["traffic"],
        targets=tuple(
            Target(node["name"], Address.parse(node["address"]), node["weight"]) for node in nodes if serves(node)
        ),
        convicted=frozenset(node["name"] for node in nodes if node["state"] == Node.State.DOWN),
        nodes=tuple(nodes),
        numbers={node["name"]: node["number"] for node in nodes},
        conditions={node["name"]: PULSED if "pulse" in node else node["state"] for node in nodes},
        standings=asked["standings"],
        password=passwords.kept(on.cluster.pk),
    )


def serves(node: NodeState) -> bool:
    """Whether a node gets requests. A frozen node does until it is declared dead. A joining node must first get its
    slots, and a draining node has given them away.
    """
    return node["state"] in ON_RING and bool(node["address"]) and node["weight"] > 0
