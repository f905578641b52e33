"""Small clusters created through the services, and what the database holds about them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from live.actor import Actor
from live.models import Checkpoint, Event, Stream
from ringviz.core.state import NodeState, State
from ringviz.models import Cluster, Node
from ringviz.selectors.clusters import known
from ringviz.services.clusters import create_cluster
from ringviz.services.keys import pattern_key_set

OPERATOR = Actor(name="ada", origin="page", may_operate=True)
WATCHER = Actor(name="", origin="page", may_operate=False)


def make_cluster(
    slug: str = "small", *, nodes: Iterable[Any] = ("a", "b", "c"), keys: int = 200, **fields: Any
) -> Event:
    """Nodes of these names (or NewNode dicts) with 8 tokens each, numbers from 1."""
    members: list[Any] = [{"name": node} if isinstance(node, str) else node for node in nodes]
    given: dict[str, Any] = {"vnodes": 8, "name": slug.title(), "actor": OPERATOR, **fields}
    if "key_set" not in given:
        given["key_set"] = pattern_key_set(pattern="k{n}", count=keys)
    return create_cluster(slug=slug, nodes=members, **given)


def state_of(slug: str = "small") -> State:
    return known(slug).state


def node_of(number: int, slug: str = "small") -> NodeState:
    return next(node for node in state_of(slug)["nodes"] if node["number"] == number)


def everything() -> list[list[dict[str, Any]]]:
    """All rows of all clusters: the same before and after if nothing was written."""
    models: list[Any] = [Stream, Event, Checkpoint, Cluster, Node]
    return [list(model.objects.order_by("pk").values()) for model in models]


def but_since(state: State) -> State:
    """A state without the times at which nodes entered their states."""
    nodes: list[Any] = [{name: value for name, value in node.items() if name != "since"} for node in state["nodes"]]
    return {**state, "nodes": nodes}
