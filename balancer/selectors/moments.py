"""A cluster with its balancer at any version: what is asked, how nodes stand, and which events made them stand so."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from balancer.core.state import State, node_stood, whole
from balancer.events import balancer
from balancer.selectors.state import state_of_stream
from live.log import timestamp
from live.models import Event
from live.reading import read_stable
from live.shared import Shared
from live.subjects import event_words
from ringviz.core.state import State as Ring
from ringviz.core.state import with_node
from ringviz.events import ring
from ringviz.selectors.clusters import Known
from ringviz.selectors.past import check_version, parts_at

_LOOKED_AT: Final = 400  # events back from the moment; a node that none of them names has the time of its row alone
_KEPT: Final = 16


class Moment(NamedTuple):
    """A version: the ring and the balancer as its events left them."""

    v: int
    ring: Ring
    balancer: State


def moment_at(now: Known, version: int) -> Moment:
    """What was so at a version. Raises NotFound, Trimmed, as `ringviz.selectors.past` does."""
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
    """The newest event of each node, by its number as text: `{"v", "at", "text"}`. Two queries."""
    kinds = [kind.name for subject in (ring, balancer) for kind in subject.kinds.values() if kind.fold in _OF_ONE_NODE]
    events = Event.objects.filter(stream_id=stream_id, version__lte=version, version__gt=version - _LOOKED_AT)
    rows = events.filter(kind__in=kinds).order_by("version").values_list("pk", "payload__node__number", "payload__node")
    newest = {str(of_ring if of_ring is not None else of_balancer): pk for pk, of_ring, of_balancer in rows}
    found = Event.objects.in_bulk(list(newest.values()))
    return {number: _told(found[pk]) for number, pk in newest.items() if pk in found}


_OF_ONE_NODE: Final = (with_node, node_stood)


def _told(event: Event) -> dict[str, Any]:
    text = event_words(event.kind, event.payload).text
    return {"v": event.version, "at": timestamp(event.at), "text": text}
