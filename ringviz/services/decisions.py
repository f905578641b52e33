"""What a change would make of a cluster: pure of writing, so that a plan and the change itself come from one place.

A decision takes the state that it is made on and gives the event's payload. It raises Invalid or NotFound, whose
messages say what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, cast

from django.utils import timezone
from django.utils.translation import gettext as _

from live.log import timestamp
from ringviz import events
from ringviz.core.keys import KeyIndex
from ringviz.core.state import KeysState, NodeState, State
from ringviz.errors import Invalid, NotFound
from ringviz.models import KeySet
from ringviz.models import Node as NodeRow
from ringviz.selectors.clusters import Known
from ringviz.selectors.placing import changed_figures, summary, with_figures
from ringviz.services.checks import check_node, check_settings, check_settings_change, check_size, check_weight
from ringviz.stores.keysets import index_of

ACTIVE, DOWN, DRAINING = NodeRow.State.ACTIVE, NodeRow.State.DOWN, NodeRow.State.DRAINING

NodeKind = type[events.NodeEvent]


class Decision(Protocol):
    """A change that is wanted, to be decided on whatever the cluster is by then."""

    def __call__(self, on: Known) -> events.Payload:
        """The event that the change would be."""


def add(*, name: str, address: str = "", zone: str = "", weight: float = 1.0) -> Decision:
    """A new node, active at once."""

    def decide(on: Known) -> events.Payload:
        number = on.cluster.next_number
        node = new_node(number=number, since=_now(), name=name, address=address, zone=zone, weight=weight)
        check_node(node, _names(on.state))
        return _node_event(events.NodeAdded, on, node)

    return decide


def new_node(
    *, number: int, since: str, name: str, address: str = "", zone: str = "", weight: float = 1.0
) -> NodeState:
    """A node that has joined and has no figures yet; the spaces around its texts are dropped."""
    return NodeState(
        number=number,
        name=name.strip(),
        address=address.strip(),
        zone=zone.strip(),
        weight=weight,
        state=ACTIVE.value,
        since=since,
        tokens=0,
        keys=0,
        ownership=0.0,
    )


def kill(number: int) -> Decision:
    """A node goes down, whatever it was before."""
    return _to_state(number, events.NodeKilled, DOWN, {ACTIVE, DRAINING}, lambda: _("%(node)s is down already."))


def revive(number: int) -> Decision:
    """A node that is down or draining is active again."""
    return _to_state(number, events.NodeRevived, ACTIVE, {DOWN, DRAINING}, lambda: _("%(node)s is active already."))


def drain(number: int) -> Decision:
    """An active node gives its keys away."""
    text = lambda: _("Only an active node can be drained, and %(node)s is not active.")  # noqa: E731
    return _to_state(number, events.NodeDrained, DRAINING, {ACTIVE}, text)


def reweight(number: int, weight: float) -> Decision:
    """Another share for a node, relative to the others."""

    def decide(on: Known) -> events.Payload:
        node = node_of(on.state, number)
        check_weight(weight)
        if node["weight"] == weight:
            raise Invalid("weight", weight, _("%(node)s has this weight already.") % {"node": node["name"]})
        changed: NodeState = {**node, "weight": weight}
        return _node_event(events.NodeReweighted, on, changed)

    return decide


def edit(number: int, *, address: str, zone: str) -> Decision:
    """Another address or zone; nothing moves."""

    def decide(on: Known) -> events.Payload:
        was = node_of(on.state, number)
        node: NodeState = {**was, "address": address.strip(), "zone": zone.strip()}
        check_node(node, taken=())
        if node == was:
            raise Invalid("address", address, _("Nothing was changed."))
        return events.NodeEdited(node=node, changed=[], movement=None)

    return decide


def remove(number: int) -> Decision:
    """A node is taken out for good. An active one gives its keys away by that."""

    def decide(on: Known) -> events.Payload:
        node = node_of(on.state, number)
        nodes = [other for other in on.state["nodes"] if other["number"] != number]
        after = _settled({**on.state, "nodes": nodes}, on)
        return events.NodeRemoved(
            number=number,
            name=node["name"],
            changed=changed_figures(on.state, after),
            movement=summary(on.state, after, _index(on)),
        )

    return decide


def configure(*, strategy: str | None = None, vnodes: int | None = None, copies: int | None = None) -> Decision:
    """Other settings; what is None stays as it is."""

    def decide(on: Known) -> events.Payload:
        was = on.state["cluster"]
        before = events.Settings(strategy=was["strategy"], vnodes=was["vnodes"], copies=was["copies"])
        now = events.Settings(
            strategy=before["strategy"] if strategy is None else strategy,
            vnodes=before["vnodes"] if vnodes is None else vnodes,
            copies=before["copies"] if copies is None else copies,
        )
        check_settings(now)
        check_settings_change(before, now)
        after = _settled({**on.state, "cluster": {**was, **now}}, on)
        return events.ClusterReconfigured(
            cluster=after["cluster"],
            before=before,
            changed=changed_figures(on.state, after),
            movement=summary(on.state, after, _index(on)),
        )

    return decide


def use_keys(key_set: KeySet) -> Decision:
    """The cluster is watched with another key set."""

    def decide(on: Known) -> events.Payload:
        if key_set.pk == on.state["keys"]["id"]:
            raise Invalid("keys", key_set.label, _("The cluster has these keys already."))
        keys = KeysState(id=key_set.pk, kind=key_set.kind, label=key_set.label, count=key_set.count)
        after = with_figures({**on.state, "keys": keys}, index_of(key_set, on.state["cluster"]["seed"]))
        return events.KeysImported(
            keys=keys, before=on.state["keys"], changed=changed_figures(on.state, after), movement=None
        )

    return decide


def bring_back(node: NodeState, kind: NodeKind) -> Decision:
    """A node as it was once, under the name of `kind`: for an undo of the newest event, so that its name is free."""

    def decide(on: Known) -> events.Payload:
        return _node_event(kind, on, {**node, "since": _now()})

    return decide


def undoing(version: int, decision: Decision) -> Decision:
    """The same decision, its event marked as taking back that of `version`."""

    def decide(on: Known) -> events.Payload:
        return replace(decision(on), undoes=version)  # type: ignore[arg-type]

    return decide


def node_of(state: State, number: int) -> NodeState:
    """The node of this number. Raises NotFound."""
    for node in state["nodes"]:
        if node["number"] == number:
            return node
    raise NotFound(_("There is no node %(number)d any more.") % {"number": number})


def _to_state(
    number: int, kind: NodeKind, state: NodeRow.State, allowed: set[NodeRow.State], refusal: Callable[[], str]
) -> Decision:
    def decide(on: Known) -> events.Payload:
        node = node_of(on.state, number)
        if node["state"] not in allowed:
            raise Invalid("node", number, refusal() % {"node": node["name"]})
        return _node_event(kind, on, {**node, "state": state.value, "since": _now()})

    return decide


def _node_event(kind: NodeKind, on: Known, node: NodeState) -> events.Payload:
    """The event of a node that is put in the place of what bears its number, or added."""
    others = [other for other in on.state["nodes"] if other["number"] != node["number"]]
    nodes = sorted([*others, node], key=lambda one: one["number"])
    after = _settled({**on.state, "nodes": nodes}, on)
    payload = kind(
        node=node_of(after, node["number"]),
        changed=changed_figures(on.state, after, without=node["number"]),
        movement=summary(on.state, after, _index(on)),
    )
    return cast(events.Payload, payload)


def _names(state: State) -> set[str]:
    return {node["name"] for node in state["nodes"]}


def _settled(state: State, on: Known) -> State:
    """The state with the figures that it has. Raises Invalid for one that is too large."""
    check_size(state)
    return with_figures(state, _index(on))


def _index(on: Known) -> KeyIndex:
    return index_of(on.cluster.key_set, on.state["cluster"]["seed"])


def _now() -> str:
    return timestamp(timezone.now())
