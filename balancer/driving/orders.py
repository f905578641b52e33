"""What a cluster's rows say to its driver."""

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
    """`v` is a version of the stream that is obeyed, at least; `nodes` are all, also those that get no requests, and
    `numbers` theirs by name.

    `conditions` are what the log says of their servers, by name: the state, or PULSED. `standings` is what was told
    last, by the number of a node as text. `password` is empty until the supervisor has
    formed the cluster.
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
        """What else makes policies faster or slower: which nodes serve, and their faults."""
        return (
            self.targets,
            *((node["name"], node["state"], *node.get("pulse", {}).values()) for node in self.nodes),
        )


def orders_of(slug: str) -> Orders:
    """What is asked now. Two queries, five more after an event. Raises NotFound."""
    on = seen(slug)
    asked = state_of_stream(on.cluster.stream_id)  # read later, so that `v` promises no more than is obeyed
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
    """Whether requests are sent to a node: until the verdict, also while it is frozen. One that joins waits for its
    slots, and one that drains has given them away.
    """
    return node["state"] in ON_RING and bool(node["address"]) and node["weight"] > 0
