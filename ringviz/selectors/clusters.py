"""Clusters and their state from the rows, at one version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from live.log import timestamp
from live.models import Stream
from live.places import Place
from live.reading import read_stable
from live.shared import Shared
from ringviz.core.state import ClusterState, KeysState, NodeState, State, Work, with_delay, without_pulse
from ringviz.errors import NotFound
from ringviz.models import Cluster, Intent, KeySet

NODE_FIELDS = tuple(name for name in NodeState.__annotations__ if name in NodeState.__required_keys__)
CLUSTER_FIELDS = tuple(name for name in ClusterState.__annotations__ if name in ClusterState.__required_keys__)
PREFIX = "clusters"  # begins every address of a cluster
_OPEN = (Intent.State.WAITING, Intent.State.RUNNING)


_KEPT = 16  # states kept by a process; one of 10,000 nodes takes ten megabytes


class Known(NamedTuple):
    """A cluster at one version: the basis for deciding a change."""

    cluster: Cluster
    v: int
    epoch: str
    state: State


def cluster_of(slug: str) -> Cluster:
    """The cluster with this slug, with its key set. Raises NotFound. One query."""
    try:
        return Cluster.objects.select_related("key_set").get(slug=slug)
    except Cluster.DoesNotExist:
        raise no_cluster(slug) from None


def no_cluster(slug: str) -> NotFound:
    """The error for a slug without a cluster."""
    return NotFound(_("There is no cluster %(slug)s.") % {"slug": slug})


def demo_slug() -> str | None:
    """The cluster for a first visit: the oldest one that may be broken. One query."""
    return Cluster.objects.filter(demo=True).order_by("pk").values_list("slug", flat=True).first()


def place_of(cluster: Cluster) -> Place:
    """The cluster as the navigation and event lists show it."""
    return Place(PREFIX, cluster.slug, cluster.name, cluster.stream_id, cluster.get_kind_display())


def state_of_stream(stream_id: int) -> State:
    """The state in the rows, by the stream. Raises Cluster.DoesNotExist."""
    return state_of(Cluster.objects.select_related("key_set").get(stream_id=stream_id))


def node_named(cluster: Cluster, name: str) -> int:
    """The number of the node with this name. Raises NotFound. One query."""
    number = cluster.nodes.filter(name=name).values_list("number", flat=True).first()
    if number is None:
        raise NotFound(_("%(cluster)s has no node %(name)s.") % {"cluster": cluster.slug, "name": name})
    return number


def known(slug: str) -> Known:
    """The cluster and its state, exactly at one version. Five queries. Raises NotFound."""
    try:
        (v, epoch), (cluster, state) = read_stable(cluster_of(slug).stream_id, lambda: _read(slug))
    except Stream.DoesNotExist:  # deleted between these reads
        raise no_cluster(slug) from None
    return Known(cluster, v, epoch, state)


def seen(slug: str) -> Known:
    """Like `known`, for code that only reads and changes nothing of it: read once for everybody until the next event.

    One query, and five more for the first caller. Raises NotFound.
    """
    at = Cluster.objects.filter(slug=slug).values_list("stream__epoch", "stream__version").first()
    if at is None:
        raise no_cluster(slug)
    return _seen.get((slug, *at), lambda: known(slug))


_seen: Shared[Known] = Shared(_KEPT)


def _read(slug: str) -> tuple[Cluster, State]:
    cluster = cluster_of(slug)
    return cluster, state_of(cluster)


def state_of(cluster: Cluster) -> State:
    """The state in the rows. One query, one more if there are servers or the key set is not loaded."""
    rows = cluster.nodes.order_by("number").values(*NODE_FIELDS, "pulse")
    nodes = [_node_of(row) for row in rows]
    if cluster.slot_map is not None:
        nodes = [{**node, **cluster.slot_map[str(node["number"])]} for node in nodes]
    return State(
        cluster=settings_of(cluster),
        keys=keys_of(cluster.key_set),
        nodes=nodes,
        work=_open_work(cluster) if cluster.kind == Cluster.Kind.MANAGED else [],
        unfilled=cluster.unfilled,
        workload=cluster.workload,
    )


def _node_of(row: Mapping[str, Any]) -> NodeState:
    node = cast(NodeState, {**row, "since": timestamp(row["since"])})
    return node if row["pulse"] is not None else without_pulse(node)


def _open_work(cluster: Cluster) -> list[Work]:
    return [work_of(intent) for intent in open_intents(cluster.pk)]


def open_intents(cluster_id: int) -> QuerySet[Intent]:
    """The open requests of a cluster, in order."""
    return Intent.objects.filter(cluster_id=cluster_id, state__in=_OPEN).order_by("number")


def work_of(intent: Intent) -> Work:
    """A request as the stream reports it."""
    return Work(
        id=intent.number,
        action=intent.action,
        node=intent.node,
        name=intent.name,
        asked=timestamp(intent.asked_at),
        v=intent.decided_on,
        cancelling=intent.cancelling,
    )


def settings_of(cluster: Cluster) -> ClusterState:
    """The settings of a cluster as its stream reports them."""
    settings = {name: getattr(cluster, name) for name in CLUSTER_FIELDS}
    return with_delay(cast(ClusterState, settings), cluster.verdict_delay_ms)


def keys_of(key_set: KeySet) -> KeysState:
    """A key set as the stream reports it."""
    return KeysState(id=key_set.pk, kind=key_set.kind, label=key_set.label, count=key_set.count)
