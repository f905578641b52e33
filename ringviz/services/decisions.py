"""Decides what a change does to a cluster, without writing, so that a plan and the change itself use the same code.

A decision takes a state and returns the event's payload. It raises Invalid or NotFound, with messages that say what to
do.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from django.utils import timezone
from django.utils.translation import gettext as _

from live.log import timestamp
from ringviz import events
from ringviz.core.abilities import Options, spelled
from ringviz.core.buckets import BUCKETS
from ringviz.core.keys import KeyIndex
from ringviz.core.state import ON_RING, KeysState, NodeState, State, new_node, without_pulse
from ringviz.errors import Invalid, NotFound
from ringviz.models import Cluster, KeySet, Node
from ringviz.selectors.clusters import Known
from ringviz.selectors.measured import has_copy
from ringviz.selectors.placing import (
    bucket_owners,
    changed_figures,
    index_for,
    movement_summary,
    options_of,
    unfilled_of,
    with_figures,
)
from ringviz.services.checks import (
    check_keys,
    check_node,
    check_settings,
    check_settings_change,
    check_size,
    check_strategy,
    check_weight,
    checked_options,
)
from servers.slots import in_ranges

ACTIVE, DOWN, DRAINING = Node.State.ACTIVE, Node.State.DOWN, Node.State.DRAINING

NodeKind = type[events.NodeEvent]


@dataclass(frozen=True, slots=True)
class Decision:
    """A requested change, to be decided on the cluster's state at that time.

    `action` and `fields` describe it in the terms of `services.actions`, as an intent stores it for the supervisor.
    """

    action: str
    fields: Mapping[str, str]
    decide: Callable[[Known], events.Payload] = field(compare=False)

    def __call__(self, on: Known) -> events.Payload:
        """The event payload of the change."""
        return self.decide(on)


def add(*, name: str, address: str = "", zone: str = "", weight: float = 1.0) -> Decision:
    """Adds a node, active at once."""

    def decide(on: Known) -> events.Payload:
        number = on.cluster.next_number
        node = new_node(number=number, since=now(), name=name, address=address, zone=zone, weight=weight)
        check_node(node, _names(on.state))
        return node_event(events.NodeAdded, on, node)

    return Decision("add", {"name": name, "address": address, "zone": zone, "weight": str(weight)}, decide)


def kill(number: int) -> Decision:
    """Takes a node down from any state. On a managed cluster its server dies and its keys are lost.

    The keys survive if a replica has all of them at this moment, which is checked.
    """

    def decide(on: Known) -> events.Payload:
        if on.cluster.kind == Cluster.Kind.MANAGED:
            node = node_of(on.state, number)
            return died(number, cause="asked", replica=node["address"] if has_copy(on.cluster, node) else "")(on)
        return simulated(on)

    simulated = _to_state(
        "kill", number, events.NodeKilled, DOWN, {*ON_RING, DRAINING}, lambda: _("%(node)s is already down.")
    )
    return replace(simulated, decide=decide)


def died(number: int, *, cause: str, replica: str = "", stored_bytes: int = 0) -> Decision:
    """The server of a node died. If `replica` (an address) is given, it takes over and no bucket changes owner.

    Without one, every bucket that changes owner is unfilled: those of the dead node and, under modulo, those of living
    nodes too, because clients that count by modulo no longer find them.
    """

    def decide(on: Known) -> events.Payload:
        node = node_of(on.state, number)
        if node["state"] not in ON_RING:
            raise Invalid("node", number, _("%(node)s has no server to kill.") % {"node": node["name"]})
        if replica:
            alive: NodeState = {**without_pulse(node), "state": ACTIVE.value, "since": now(), "address": replica}
            return events.NodeFailedOver(node=alive, changed=[], movement=None, cause=cause)
        dead: NodeState = {**without_pulse(node), "state": DOWN.value, "since": now(), "address": ""}
        nodes = _with(on.state, dead)
        gone = bucket_owners(on.state) != bucket_owners({**on.state, "nodes": nodes})
        unfilled = unfilled_of(gone | in_ranges(on.state["unfilled"]))
        after = with_checked_figures({**on.state, "nodes": nodes, "unfilled": unfilled}, on)
        found = movement_summary(on.state, after, index_on(on))
        lost = sum(one["lost"] for one in after["nodes"]) - sum(one["lost"] for one in on.state["nodes"])
        return events.NodeKilled(
            node=node_of(after, number),
            changed=changed_figures(on.state, after, without=number),
            movement=found,
            cause=cause,
            loss=events.Loss(keys=lost, bytes=stored_bytes),
            unfilled=unfilled,
        )

    return Decision("kill", {"node": str(number)}, decide)


def revive(number: int) -> Decision:
    """Makes a node that is down or draining active again."""
    return _to_state(
        "revive", number, events.NodeRevived, ACTIVE, {DOWN, DRAINING}, lambda: _("%(node)s is already active.")
    )


def drain(number: int) -> Decision:
    """Drains an active node: it gives its keys away."""
    text = lambda: _("Only an active node can be drained, and %(node)s is not active.")  # noqa: E731
    return _to_state("drain", number, events.NodeDrained, DRAINING, {ACTIVE}, text)


def reweight(number: int, weight: float) -> Decision:
    """Changes a node's share relative to the others."""

    def decide(on: Known) -> events.Payload:
        node = node_of(on.state, number)
        check_weight(weight)
        if node["weight"] == weight:
            raise Invalid("weight", weight, _("%(node)s already has this weight.") % {"node": node["name"]})
        changed: NodeState = {**node, "weight": weight}
        return node_event(events.NodeReweighted, on, changed)

    return Decision("reweight", {"node": str(number), "weight": str(weight)}, decide)


def edit(number: int, *, address: str, zone: str) -> Decision:
    """Changes a node's address or zone. Nothing moves."""

    def decide(on: Known) -> events.Payload:
        was = node_of(on.state, number)
        node: NodeState = {**was, "address": address.strip(), "zone": zone.strip()}
        check_node(node, taken=())
        if on.cluster.kind == Cluster.Kind.MANAGED and node["address"] != was["address"]:
            raise Invalid("address", address, _("The supervisor sets the address of a server. Leave it as it is."))
        if node == was:
            raise Invalid("address", address, _("Nothing was changed."))
        return events.NodeEdited(node=node, changed=[], movement=None)

    return Decision("edit", {"node": str(number), "address": address, "zone": zone}, decide)


def remove(number: int) -> Decision:
    """Removes a node permanently. An active node gives its keys away."""

    def decide(on: Known) -> events.Payload:
        node = node_of(on.state, number)
        nodes = [other for other in on.state["nodes"] if other["number"] != number]
        after = with_checked_figures({**on.state, "nodes": nodes}, on)
        return events.NodeRemoved(
            number=number,
            name=node["name"],
            changed=changed_figures(on.state, after),
            movement=movement_summary(on.state, after, index_on(on)),
        )

    return Decision("remove", {"node": str(number)}, decide)


def configure(
    *,
    strategy: str | None = None,
    options: Options | None = None,
    vnodes: int | None = None,
    copies: int | None = None,
) -> Decision:
    """Changes settings. None leaves a setting unchanged.

    A new strategy takes its own `options`, or their defaults.
    """

    def decide(on: Known) -> events.Payload:
        was = on.state["cluster"]
        had = dict(options_of(was))
        before = events.Settings(strategy=was["strategy"], options=had, vnodes=was["vnodes"], copies=was["copies"])
        wanted = before["strategy"] if strategy is None else strategy
        check_strategy(wanted)
        now = events.Settings(
            strategy=wanted,
            options=checked_options(wanted, {**(had if wanted == was["strategy"] else {}), **(options or {})}),
            vnodes=before["vnodes"] if vnodes is None else vnodes,
            copies=before["copies"] if copies is None else copies,
        )
        check_settings(now)
        check_settings_change(before, now)
        after = with_checked_figures({**on.state, "cluster": {**was, **now}}, on)
        return events.ClusterReconfigured(
            cluster=after["cluster"],
            before=before,
            changed=changed_figures(on.state, after),
            movement=movement_summary(on.state, after, index_on(on)),
        )

    fields = {
        "strategy": strategy,
        "options": None if options is None else spelled(options),
        "vnodes": vnodes,
        "copies": copies,
    }
    given = {name: str(value) for name, value in fields.items() if value is not None}
    return Decision("configure", given, decide)


def use_keys(key_set: KeySet) -> Decision:
    """Changes the cluster's key set."""

    def decide(on: Known) -> events.Payload:
        if key_set.pk == on.state["keys"]["id"]:
            raise Invalid("keys", key_set.label, _("The cluster already has these keys."))
        check_keys(key_set)
        keys = KeysState(id=key_set.pk, kind=key_set.kind, label=key_set.label, count=key_set.count)
        unfilled = [[0, BUCKETS - 1]] if on.cluster.kind == Cluster.Kind.MANAGED else on.state["unfilled"]
        state: State = {**on.state, "keys": keys, "unfilled": unfilled}
        check_size(state)
        after = with_figures(state, index_for(on.state["cluster"], key_set))
        return events.KeysImported(
            keys=keys,
            before=on.state["keys"],
            changed=changed_figures(on.state, after),
            movement=None,
            unfilled=unfilled,
        )

    return Decision("keys", {"keys": str(key_set.pk)}, decide)


def bring_back(node: NodeState, kind: NodeKind) -> Decision:
    """Restores an earlier node with an event named `kind`. Only for undoing the newest event, so its name is free."""

    def decide(on: Known) -> events.Payload:
        return node_event(kind, on, {**node, "since": now()})

    return Decision("bring_back", {"node": str(node["number"])}, decide)


def undoing(version: int, decision: Decision) -> Decision:
    """The same decision, with its event marked as undoing that of `version`."""

    def decide(on: Known) -> events.Payload:
        return replace(decision(on), undoes=version)  # type: ignore[arg-type]

    return Decision(decision.action, {**decision.fields, "undoes": str(version)}, decide)


def node_of(state: State, number: int) -> NodeState:
    """The node of this number. Raises NotFound."""
    for node in state["nodes"]:
        if node["number"] == number:
            return node
    raise NotFound(_("Node %(number)d no longer exists.") % {"number": number})


def _to_state(  # noqa: PLR0917  one row of a table of actions
    action: str,
    number: int,
    kind: NodeKind,
    state: Node.State,
    allowed: Container[str],
    refusal: Callable[[], str],
) -> Decision:
    def decide(on: Known) -> events.Payload:
        node = node_of(on.state, number)
        if node["state"] not in allowed:
            raise Invalid("node", number, refusal() % {"node": node["name"]})
        return node_event(kind, on, {**without_pulse(node), "state": state.value, "since": now()})

    return Decision(action, {"node": str(number)}, decide)


def node_event(kind: NodeKind, on: Known, node: NodeState) -> events.Payload:
    """The event of a node that replaces the one with its number, or is added."""
    after = with_checked_figures({**on.state, "nodes": _with(on.state, node)}, on)
    payload = kind(
        node=node_of(after, node["number"]),
        changed=changed_figures(on.state, after, without=node["number"]),
        movement=movement_summary(on.state, after, index_on(on)),
    )
    return cast(events.Payload, payload)


def _with(state: State, node: NodeState) -> list[NodeState]:
    others = [other for other in state["nodes"] if other["number"] != node["number"]]
    return sorted([*others, node], key=lambda one: one["number"])


def _names(state: State) -> set[str]:
    return {node["name"] for node in state["nodes"]}


def with_checked_figures(state: State, on: Known) -> State:
    """The state with its figures computed. Raises Invalid if it is too large."""
    check_size(state)
    return with_figures(state, index_on(on))


def index_on(on: Known) -> KeyIndex:
    """The keys of a cluster as its placement sees them."""
    return index_for(on.state["cluster"], on.cluster.key_set)


def now() -> str:
    """The time in the format of node states."""
    return timestamp(timezone.now())
