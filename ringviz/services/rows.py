"""Updates rows from the state: writes only what differs between two states."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ringviz.core.state import NodeState, State
from ringviz.models import Cluster, Node
from ringviz.selectors.clusters import NODE_FIELDS

_BATCH = 500  # rows per statement; fewer if the database takes fewer values
_KEY_FIELDS = ("cluster", "number")


def write_rows(cluster: Cluster, before: State, after: State) -> None:
    """Updates a cluster's rows to `after` with a few statements. Call it inside the write of its event."""
    old = {node["number"]: node for node in before["nodes"]}
    new = {node["number"] for node in after["nodes"]}
    if gone := old.keys() - new:
        Node.objects.filter(cluster=cluster, number__in=gone).delete()
    write_nodes(cluster, [node for node in after["nodes"] if node != old.get(node["number"])])
    fields: dict[str, Any] = {}
    if before["cluster"] != after["cluster"]:
        fields.update({"verdict_delay_ms": 0, **after["cluster"]})
    if before["keys"] != after["keys"]:
        fields["key_set_id"] = after["keys"]["id"]
    for name in ("unfilled", "workload"):
        if before[name] != after[name]:
            fields[name] = after[name]
    if (slot_map := slot_map_of(after)) != cluster.slot_map:
        fields["slot_map"] = slot_map
    if new - old.keys():
        fields["next_number"] = max(cluster.next_number, max(new) + 1)  # above every number ever given
    if fields:
        Cluster.objects.filter(pk=cluster.pk).update(**fields)


def write_nodes(cluster: Cluster, nodes: list[NodeState]) -> None:
    """Inserts rows, or updates those with the same numbers.

    Uses INSERT with conflict handling, because building an UPDATE with CASE takes seconds for 2,000 nodes.
    """
    Node.objects.bulk_create(
        [Node(cluster=cluster, **columns(node)) for node in nodes],
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=_KEY_FIELDS,
        update_fields=[field for field in (*NODE_FIELDS, "pulse") if field not in _KEY_FIELDS],
    )


def slot_map_of(state: State) -> dict[str, dict[str, Any]] | None:
    """The extra data about an external cluster's nodes for its row, else None."""
    if state["cluster"]["kind"] != Cluster.Kind.EXTERNAL:
        return None
    return {
        str(node["number"]): {name: value for name, value in node.items() if name not in NODE_FIELDS}
        for node in state["nodes"]
    }


def columns(node: NodeState) -> dict[str, Any]:
    """A node's state as the values of its row."""
    own = {name: value for name, value in node.items() if name in NODE_FIELDS}
    return {**own, "since": datetime.fromisoformat(node["since"]), "pulse": node.get("pulse")}
