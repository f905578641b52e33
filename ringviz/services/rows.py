"""Rows follow the state: what differs between two states is written, and nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ringviz.core.state import NodeState, State
from ringviz.models import Cluster, Node
from ringviz.selectors.clusters import NODE_FIELDS

_BATCH = 500  # rows a statement: below SQLite's bound on variables


def write_rows(cluster: Cluster, before: State, after: State) -> None:
    """Makes the rows of a cluster say `after`. Inside the write of its event; a few statements, however many nodes."""
    old = {node["number"]: node for node in before["nodes"]}
    new = {node["number"]: node for node in after["nodes"]}
    if gone := old.keys() - new.keys():
        Node.objects.filter(cluster=cluster, number__in=gone).delete()
    added = [new[number] for number in new.keys() - old.keys()]
    insert_nodes(cluster, added)
    _update_nodes(cluster, [node for number, node in new.items() if number in old and node != old[number]])
    fields: dict[str, Any] = {}
    if before["cluster"] != after["cluster"]:
        fields.update(after["cluster"])
    if before["keys"] != after["keys"]:
        fields["key_set_id"] = after["keys"]["id"]
    if added:
        fields["next_number"] = _next_number(cluster, added)
    if fields:
        Cluster.objects.filter(pk=cluster.pk).update(**fields)


def _next_number(cluster: Cluster, added: list[NodeState]) -> int:
    """Above every number ever given, so that none comes twice."""
    return max(cluster.next_number, *(node["number"] + 1 for node in added))


def insert_nodes(cluster: Cluster, nodes: list[NodeState]) -> None:
    """New rows."""
    Node.objects.bulk_create([Node(cluster=cluster, **columns(node)) for node in nodes], batch_size=_BATCH)


def _update_nodes(cluster: Cluster, nodes: list[NodeState]) -> None:
    if not nodes:
        return
    ids = dict(cluster.nodes.values_list("number", "pk"))
    rows = [Node(pk=ids[node["number"]], cluster=cluster, **columns(node)) for node in nodes]
    Node.objects.bulk_update(rows, [field for field in NODE_FIELDS if field != "number"], batch_size=_BATCH)


def columns(node: NodeState) -> dict[str, Any]:
    """A node's state as the values of its row."""
    return {**node, "since": datetime.fromisoformat(node["since"])}
