"""Taking back the newest event: an event of its own, which says what it undoes."""

from __future__ import annotations

from django.utils.translation import gettext as _

from live.actor import Actor
from live.models import Event
from ringviz import events
from ringviz.core.state import State
from ringviz.errors import Invalid
from ringviz.models import KeySet
from ringviz.models import Node as NodeRow
from ringviz.selectors.clusters import cluster_of
from ringviz.selectors.past import event_at, state_at
from ringviz.services import decisions
from ringviz.services.changing import change, check_allowed, check_changeable

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
    cluster = cluster_of(slug)
    check_changeable(cluster)
    stream_id = cluster.stream_id
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
    if event.kind == "node_removed":
        return decisions.bring_back(decisions.node_of(before, payload["number"]), events.NodeAdded)
    return _inverse_of_node(event, before, payload["node"]["number"])


def _inverse_of_node(event: Event, before: State, number: int) -> decisions.Decision:
    """Of the kinds that carry a node."""
    if event.kind == "node_added":
        return decisions.remove(number)
    was = decisions.node_of(before, number)
    if event.kind == "node_reweighted":
        return decisions.reweight(number, was["weight"])
    if event.kind == "node_edited":
        return decisions.edit(number, address=was["address"], zone=was["zone"])
    return decisions.bring_back(was, _KIND_BY_STATE[was["state"]])
