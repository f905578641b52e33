"""A cluster with its balancer at any version: settings, the nodes' health, and the events that caused it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from balancer.core.state import State, node_stood, whole
from balancer.events import balancer
from balancer.selectors.state import state_of_stream
from live.log import timestamp
from live.models import Event
from live.reading import read_stable
from live.shared import Shared
from live.subjects import Fold, event_words
from ringviz.core.state import State as Ring
from ringviz.core.state import created, with_node, with_nodes
from ringviz.events import ring
from ringviz.selectors.clusters import Known
from ringviz.selectors.past import check_version, parts_at

_LOOKED_AT: Final = 400  # events searched backwards; a node without any shows only the time in its row
_KEPT: Final = 16


class Moment(NamedTuple):
    """The ring and the balancer at one version."""

    v: int
    ring: Ring
    balancer: State


def moment_at(now: Known, version: int) -> Moment:
    """The state at a version. Raises NotFound and Trimmed, as `ringviz.selectors.past` does."""
    stream_id = now.cluster.stream_id
    if version == now.v:
        head, asked = read_stable(stream_id, lambda: state_of_stream(stream_id))
        if head.version == now.v:
            return Moment(now.v, now.state, asked)
    check_version(stream_id, version)
    return _moments.get((now.epoch, version), lambda: _folded(stream_id, version))


_moments: Shared[Moment] = Shared(_KEPT)


def _folded(stream_id: int, version: int) -> Moment:
    parts = parts_at(stream_id, version)
    return Moment(version, parts[ring.name], whole(parts.get(balancer.name)))


def causes_at(stream_id: int, version: int) -> dict[str, dict[str, Any]]:
    """The newest event about each node's health, by node number as text: `{"v", "at", "text"}`. At most three queries.

    "*" is the newest event about all nodes at once. A node's own event takes precedence if it is newer.
    """
    events = Event.objects.filter(stream_id=stream_id, version__lte=version, version__gt=version - _LOOKED_AT)
    of_all = (
        events.filter(kind__in=_kinds(created, with_nodes)).order_by("-version").values_list("version", "pk").first()
    )
    since, pk = of_all or (0, None)
    of_one = events.filter(kind__in=_kinds(with_node, node_stood), version__gt=since).order_by("version")
    rows = of_one.values_list("pk", "payload__node__number", "payload__node")
    newest = {str(of_ring if of_ring is not None else of_balancer): one for one, of_ring, of_balancer in rows}
    if pk is not None:
        newest["*"] = pk
    found = Event.objects.in_bulk(list(newest.values()))
    return {number: _told(found[one]) for number, one in newest.items() if one in found}


def _kinds(*folds: Fold) -> list[str]:
    """The kinds of event to fold."""
    return [kind.name for subject in (ring, balancer) for kind in subject.kinds.values() if kind.fold in folds]


def _told(event: Event) -> dict[str, Any]:
    text = event_words(event.kind, event.payload).text
    return {"v": event.version, "at": timestamp(event.at), "text": text}
