"""Taking back the newest event: an event of its own, which says what it undoes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from live.actor import Actor
from live.models import Event
from ringviz import events
from ringviz.core.state import State, Workload
from ringviz.errors import Invalid
from ringviz.models import Cluster, KeySet
from ringviz.models import Node as NodeRow
from ringviz.selectors.clusters import cluster_of
from ringviz.selectors.past import event_at, state_at
from ringviz.services import decisions, served
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
    if cluster.kind == Cluster.Kind.MANAGED:
        return _undo_served(cluster, actor, version)
    if event is None or version <= 1:
        raise Invalid("version", version, _("There is nothing before this event to go back to."))
    decision = _inverse(event, state_at(stream_id, version - 1))
    return change(slug=slug, actor=actor, version=version, decision=decisions.undoing(version, decision))


# What follows from another event by itself: to take back the newest event is to take back what they follow from.
_CONSEQUENCES = ("keys_refilled", "keys_lost", "node_suspected", "node_cleared", "cluster_formed")


def _undo_served(cluster: Cluster, actor: Actor, version: int) -> Event:
    """On a managed cluster an undo is asked for like anything else, as the action that comes closest."""
    newest = Event.objects.filter(stream_id=cluster.stream_id, version__lte=version).exclude(kind__in=_CONSEQUENCES)
    event = newest.order_by("-version").first()
    if event is None or event.version <= 1:
        raise Invalid("version", version, _("There is nothing before this event to go back to."))
    decision = _inverse_served(event, state_at(cluster.stream_id, event.version - 1))
    if event.kind != "work_asked":  # to cancel takes nothing back yet
        decision = decisions.undoing(event.version, decision)
    return change(slug=cluster.slug, actor=actor, version=version, decision=decision)


def _inverse_served(event: Event, before: State) -> decisions.Decision:
    """The action that takes an event back as far as it can be: keys that were lost come from the key set."""
    payload = event.payload
    if event.kind in _SERVED:
        return _SERVED[event.kind](payload)
    if event.kind == "node_removed":
        was = decisions.node_of(before, payload["number"])
        return decisions.add(name=was["name"], zone=was["zone"], weight=was["weight"])
    if event.kind in ("node_added", "node_reweighted", "node_edited", "cluster_reconfigured", "keys_imported"):
        return _inverse(event, before)
    raise Invalid("version", event.version, _("This cannot be taken back: it has happened to a server."))


def _off(workload: Workload) -> Workload:
    return {**workload, "on": False}


_SERVED: dict[str, Callable[[dict[str, Any]], decisions.Decision]] = {
    "work_asked": lambda payload: served.cancel(payload["asked"]["id"]),
    "workload_set": lambda payload: served.set_workload(payload["before"] or _off(payload["workload"])),
    "node_killed": lambda payload: decisions.revive(payload["node"]["number"]),
    "node_drained": lambda payload: decisions.revive(payload["node"]["number"]),
    "node_revived": lambda payload: decisions.drain(payload["node"]["number"]),
    "node_frozen": lambda payload: served.thaw(payload["node"]["number"]),
}


def _inverse(event: Event, before: State) -> decisions.Decision:
    payload = event.payload
    if event.kind == "cluster_reconfigured":
        was, is_ = payload["before"], payload["cluster"]
        # What did not change is not named: copies alone concern no server, and change back at once.
        return decisions.configure(**{name: value for name, value in was.items() if is_[name] != value})
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
