"""Undoes the newest event with a new event that says which one it undoes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from live.actor import Actor
from live.models import Event
from live.subjects import kind_of, payload_class
from ringviz import events
from ringviz.core.state import NodeState, State, Workload
from ringviz.errors import Invalid
from ringviz.models import Cluster, KeySet, Node
from ringviz.selectors.clusters import cluster_of
from ringviz.selectors.past import event_at, state_at
from ringviz.services import decisions, freezing, pulsing, served
from ringviz.services.changing import change, check_allowed, check_changeable
from ringviz.services.decisions import Decision
from ringviz.services.intents import asked_before

Inverse = Callable[[Mapping[str, Any], State], Decision]
"""Builds the decision that undoes an event, from its payload and the state before it."""

# Events that follow automatically from another one. Undo skips them and undoes the event that they follow from.
_CONSEQUENCES = (
    events.KeysRefilled,
    events.KeysLost,
    events.NodeSuspected,
    events.NodeCleared,
    events.ClusterFormed,
)


def undo(*, slug: str, actor: Actor, version: int, key: str = "") -> Event:
    """Undoes the event of `version`, which must be the newest, because later ones may depend on it. Once per `key`.

    Raises NotAllowed, NotFound, StaleVersion, and Invalid for the first event, the oldest stored one, and events
    without an inverse.
    """
    check_allowed(actor)
    cluster = cluster_of(slug)
    check_changeable(cluster)
    if same := asked_before(cluster, key):
        return same
    if cluster.kind == Cluster.Kind.MANAGED:
        return _undo_served(cluster, actor, version, key)
    event = event_at(cluster.stream_id, version)
    if event is None or version <= 1:
        raise Invalid("version", version, _("There is nothing before this event to go back to."))
    decision = _inverse(event, _INVERSES)
    return change(slug=slug, actor=actor, version=version, decision=decisions.undoing(version, decision), key=key)


def undoable(cluster: Cluster) -> list[str]:
    """The kinds of a cluster's events that can be undone while they are the newest."""
    if cluster.kind == Cluster.Kind.EXTERNAL:
        return []
    return sorted(map(kind_of, _INVERSES_OF_SERVED if cluster.kind == Cluster.Kind.MANAGED else _INVERSES))


def _undo_served(cluster: Cluster, actor: Actor, version: int, key: str) -> Event:
    """On a managed cluster an undo is a request like any other, for the closest action."""
    events_until = Event.objects.filter(stream_id=cluster.stream_id, version__lte=version)
    event = events_until.exclude(kind__in=map(kind_of, _CONSEQUENCES)).order_by("-version").first()
    if event is None or event.version <= 1:
        raise Invalid("version", version, _("There is nothing before this event to go back to."))
    decision = _inverse(event, _INVERSES_OF_SERVED)
    if payload_class(event.kind) is not events.WorkAsked:  # cancelling does not undo anything yet
        decision = decisions.undoing(event.version, decision)
    return change(slug=cluster.slug, actor=actor, version=version, decision=decision, key=key)


def _inverse(event: Event, inverses: Mapping[type[Any], Inverse]) -> Decision:
    """The decision that undoes an event. Raises Invalid if there is none."""
    made = payload_class(event.kind)
    if made is not None and made in inverses:
        return inverses[made](event.payload, state_at(event.stream_id, event.version - 1))
    if event.kind in events.ring.kinds:
        raise Invalid("version", event.version, _("This cannot be undone: it happened to a real server."))
    raise Invalid("version", event.version, _("This cannot be undone here."))


def _node_before(payload: Mapping[str, Any], before: State) -> NodeState:
    return decisions.node_of(before, payload["node"]["number"])


_KIND_BY_STATE: dict[str, decisions.NodeKind] = {
    Node.State.ACTIVE: events.NodeRevived,
    Node.State.DOWN: events.NodeKilled,
    Node.State.DRAINING: events.NodeDrained,
}


def _as_it_was(payload: Mapping[str, Any], before: State) -> Decision:
    was = _node_before(payload, before)
    return decisions.bring_back(was, _KIND_BY_STATE[was["state"]])


def _weight_as_it_was(payload: Mapping[str, Any], before: State) -> Decision:
    was = _node_before(payload, before)
    return decisions.reweight(was["number"], was["weight"])


def _texts_as_they_were(payload: Mapping[str, Any], before: State) -> Decision:
    was = _node_before(payload, before)
    return decisions.edit(was["number"], address=was["address"], zone=was["zone"])


def _added_anew(payload: Mapping[str, Any], before: State) -> Decision:
    """The same name, zone and weight. The server is new, and its keys come from the key set."""
    was = decisions.node_of(before, payload["number"])
    return decisions.add(name=was["name"], zone=was["zone"], weight=was["weight"])


def _settings_as_they_were(payload: Mapping[str, Any], _before: State) -> Decision:
    """Leaves out unchanged settings: a change of copies alone affects no server and is undone at once."""
    was, is_ = payload["before"], payload["cluster"]
    return decisions.configure(**{name: value for name, value in was.items() if is_[name] != value})


def _pulse_as_it_was(payload: Mapping[str, Any], _before: State) -> Decision:
    number, was = payload["node"]["number"], payload["before"]
    return pulsing.thaw(number) if was is None else pulsing.pulse(number, was)


def _off(workload: Workload) -> Workload:
    return {**workload, "on": False}


_INVERSES: dict[type[Any], Inverse] = {
    events.NodeAdded: lambda payload, _before: decisions.remove(payload["node"]["number"]),
    events.NodeKilled: _as_it_was,
    events.NodeRevived: _as_it_was,
    events.NodeDrained: _as_it_was,
    events.NodeReweighted: _weight_as_it_was,
    events.NodeEdited: _texts_as_they_were,
    events.NodeRemoved: lambda payload, before: decisions.bring_back(
        decisions.node_of(before, payload["number"]), events.NodeAdded
    ),
    events.ClusterReconfigured: _settings_as_they_were,
    events.KeysImported: lambda payload, _before: decisions.use_keys(KeySet.objects.get(pk=payload["before"]["id"])),
}

# For servers, as far as possible: lost keys come from the key set.
_INVERSES_OF_SERVED: dict[type[Any], Inverse] = {
    **_INVERSES,
    events.NodeKilled: lambda payload, _before: decisions.revive(payload["node"]["number"]),
    events.NodeDrained: lambda payload, _before: decisions.revive(payload["node"]["number"]),
    events.NodeRevived: lambda payload, _before: decisions.drain(payload["node"]["number"]),
    events.NodeRemoved: _added_anew,
    events.NodeFrozen: lambda payload, _before: served.thaw(payload["node"]["number"]),
    events.NodePulsed: _pulse_as_it_was,
    events.VerdictDelaySet: lambda payload, _before: freezing.delay_verdict(payload["before_ms"]),
    events.WorkAsked: lambda payload, _before: served.cancel(payload["asked"]["id"]),
    events.WorkloadSet: lambda payload, _before: served.set_workload(payload["before"] or _off(payload["workload"])),
}
