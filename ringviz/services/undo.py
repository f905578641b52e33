"""Taking back the newest event: an event of its own, which says what it undoes."""

from __future__ import annotations

from django.utils.translation import gettext as _

from live.actor import Actor
from live.models import Event
from ringviz import events
from ringviz.core.state import NodeState, State
from ringviz.errors import Invalid
from ringviz.models import KeySet
from ringviz.models import Node as NodeRow
from ringviz.selectors.clusters import cluster_of
from ringviz.selectors.past import event_at, state_at
from ringviz.services import decisions
from ringviz.services.changing import change, check_allowed

_KIND_BY_STATE: dict[str, decisions.NodeKind] = {
    NodeRow.State.ACTIVE: events.NodeRevived,
    NodeRow.State.DOWN: events.NodeKilled,
    NodeRow.State.DRAINING: events.NodeDrained,
}


def undo(*, slug: str, actor: Actor, version: int) -> Event:
    """Takes back the event of `version`, which must be the newest: later ones may stand on it.

    Raises NotAllowed, NotFound, Invalid (for the first event, or the oldest that is kept), StaleVersion.
    """
    check_allowed(actor)
    stream_id = cluster_of(slug).stream_id
    event = event_at(stream_id, version)
    if event is None or version <= 1:
        raise Invalid("version", version, _("There is nothing before this event to go back to."))
    decision = _inverse(event, state_at(stream_id, version - 1))
    return change(slug=slug, actor=actor, version=version, decision=decisions.undoing(version, decision))


def _inverse(event: Event, before: State) -> decisions.Decision:
    payload = event.payload
    if event.kind == "cluster_reconfigured":
        return decisions.configure(**payload["before"])
    if event.kind == "keys_imported":
        return decisions.use_keys(KeySet.objects.get(pk=payload["before"]["id"]))
    if event.kind == "node_added":
        return decisions.remove(payload["node"]["number"])
    number = payload["number"] if event.kind == "node_removed" else payload["node"]["number"]
    was = decisions.node_of(before, number)
    return decisions.bring_back(was, _kind_of_return(event.kind, was))


def _kind_of_return(kind: str, was: NodeState) -> decisions.NodeKind:
    """What bringing a node back is called: what was done to it the other way round."""
    if kind == "node_removed":
        return events.NodeAdded
    if kind == "node_reweighted":
        return events.NodeReweighted
    if kind == "node_edited":
        return events.NodeEdited
    return _KIND_BY_STATE[was["state"]]
