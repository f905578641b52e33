"""What a change would make of a cluster: pure of writing, so that a plan and the change itself come from one place.

A decision takes the state that it is made on and gives the event's payload. It raises Invalid or NotFound, whose
messages say what to do.
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
    """A change that is wanted, to be decided on whatever the cluster is by then.

    `action` and `fields` are the words of `services.actions` for it: what an intent keeps for the supervisor.
    """

    action: str
    fields: Mapping[str, str]
    decide: Callable[[Known], events.Payload] = field(compare=False)

    def __call__(self, on: Known) -> events.Payload:
        """The event that the change would be."""
        return self.decide(on)


def add(*, name: str, address: str = "", zone: str = "", weight: float = 1.0) -> Decision:
    """A new node, active at once."""

    def decide(on: Known) -> events.Payload:
        number = on.cluster.next_number
        node = new_node(number=number, since=now(), name=name, address=address, zone=zone, weight=weight)
        check_node(node, _names(on.state))
        return node_event(events.NodeAdded, on, node)

    return Decision("add", {"name": name, "address": address, "zone": zone, "weight": str(weight)}, decide)


def kill(number: int) -> Decision:
    """A node goes down, whatever it was before. On a managed cluster its server dies, and with it what it stored.

    Unless a replica has all of it at this moment, which is asked.
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
    """A node that is down or draining is active again."""
    return _to_state(
        "revive", number, events.NodeRevived, ACTIVE, {DOWN, DRAINING}, lambda: _("%(node)s is already active.")
    )


def drain(number: int) -> Decision:
    """An active node gives its keys away."""
    text = lambda: _("Only an active node can be drained, and %(node)s is not active.")  # noqa: E731
    return _to_state("drain", number, events.NodeDrained, DRAINING, {ACTIVE}, text)


def reweight(number: int, weight: float) -> Decision:
    """Another share for a node, relative to the others."""

    def decide(on: Known) -> events.Payload:
        node = node_of(on.state, number)
        check_weight(weight)
        if node["weight"] == weight:
            raise Invalid("weight", weight, _("%(node)s already has this weight.") % {"node": node["name"]})
        changed: NodeState = {**node, "weight": weight}
        return node_event(events.NodeReweighted, on, changed)

    return Decision("reweight", {"node": str(number), "weight": str(weight)}, decide)


def edit(number: int, *, address: str, zone: str) -> Decision:
    """Another address or zone; nothing moves."""

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
    """A node is taken out for good. An active one gives its keys away by that."""

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
    """Other settings; what is None stays as it is.

    Another strategy has `options` of its own: those given, and else their defaults.
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
    """The cluster is watched with another key set."""

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
    """A node as it was once, under the name of `kind`: for an undo of the newest event, so that its name is free."""

    def decide(on: Known) -> events.Payload:
        return node_event(kind, on, {**node, "since": now()})

    return Decision("bring_back", {"node": str(node["number"])}, decide)


def undoing(version: int, decision: Decision) -> Decision:
    """The same decision, its event marked as taking back that of `version`."""

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
    """The event of a node that is put in the place of what bears its number, or added."""
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
    """The state with the figures that it has. Raises Invalid for one that is too large."""
    check_size(state)
    return with_figures(state, index_on(on))


def index_on(on: Known) -> KeyIndex:
    """The keys of a cluster as its placement sees them."""
    return index_for(on.state["cluster"], on.cluster.key_set)


def now() -> str:
    """The time as nodes tell it."""
    return timestamp(timezone.now())
