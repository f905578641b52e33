"""Decisions about a managed cluster's servers: operators' requests and the supervisor's findings.

Nothing here starts or ends a process. The supervisor does, and records the results with these decisions.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from typing import cast

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from ringviz import events
from ringviz.bounds import LEAST_RATE, MAX_RATE, MAX_WHY
from ringviz.core.state import ON_RING, NodeState, Work, Workload, without_pulse
from ringviz.errors import Invalid, NotFound
from ringviz.models import Cluster, Node
from ringviz.selectors.clusters import Known
from ringviz.selectors.placing import changed_figures, unfilled_of
from ringviz.services.decisions import Decision, NodeKind, node_event, node_of, now, with_checked_figures
from servers.client.popularity import DISTRIBUTIONS
from servers.slots import in_ranges

ACTIVE, JOINING = Node.State.ACTIVE, Node.State.JOINING
SUSPECTED, FROZEN = Node.State.SUSPECTED, Node.State.FROZEN


def freeze(number: int) -> Decision:
    """Freezes a server. It is declared dead if nobody thaws it."""
    return _server("freeze", number, events.NodeFrozen, FROZEN, {ACTIVE, SUSPECTED})


def thaw(number: int) -> Decision:
    """Thaws a frozen server. After the verdict the server is gone and can only be revived."""
    return _server("thaw", number, events.NodeThawed, ACTIVE, {FROZEN, SUSPECTED})


def restart(number: int, *, address: str | None = None, cause: str = "") -> Decision:
    """Restarts a server from its directory, with its keys. A `cause` means that it had died."""
    plain = _server("restart", number, events.NodeRestarted, ACTIVE, ON_RING, address)
    return replace(plain, decide=lambda on: replace(cast(events.NodeRestarted, plain(on)), cause=cause))


def suspected(number: int) -> Decision:
    """Records a missed ping. A frozen server stays frozen, because the reason is known."""
    return _server("suspect", number, events.NodeSuspected, SUSPECTED, {ACTIVE}, pulses_on=True)


def cleared(number: int) -> Decision:
    """Records that a suspected server answered."""
    return _server("clear", number, events.NodeCleared, ACTIVE, {SUSPECTED}, pulses_on=True)


def joined(number: int, kind: NodeKind, *, address: str) -> Decision:
    """Records that a joining node has its buckets."""

    def decide(on: Known) -> events.Payload:
        node = node_of(on.state, number)
        return node_event(kind, on, {**node, "state": ACTIVE.value, "since": now(), "address": address})

    return Decision("join", {"node": str(number)}, decide)


def without_server(decision: Decision) -> Decision:
    """A decision about a node whose server has ended, so it has no address any more."""

    def decide(on: Known) -> events.Payload:
        payload = cast(events.NodeEvent, decision(on))
        return cast(events.Payload, replace(payload, node={**payload.node, "address": ""}))

    return replace(decision, decide=decide)


def formed(addresses: dict[int, str]) -> Decision:
    """Records that all servers are connected and own their buckets. Nothing is stored yet."""

    def decide(on: Known) -> events.Payload:
        nodes = [
            NodeState(**{**node, "state": ACTIVE.value, "since": now(), "address": addresses[node["number"]]})
            if node["number"] in addresses
            else node
            for node in on.state["nodes"]
        ]
        after = with_checked_figures({**on.state, "nodes": nodes}, on)
        return events.ClusterFormed(nodes=after["nodes"], unfilled=after["unfilled"])

    return Decision("form", {}, decide)


def refilled(unfilled: Sequence[Sequence[int]], *, keys: int, ms: int) -> Decision:
    """Records reloaded keys. `unfilled` is what is left, normally nothing."""

    def decide(on: Known) -> events.Payload:
        left = [list(one) for one in unfilled]
        after = with_checked_figures({**on.state, "unfilled": left}, on)
        return events.KeysRefilled(keys=keys, ms=ms, unfilled=left, changed=changed_figures(on.state, after))

    return Decision("refill", {}, decide)


def lost(buckets: NDArray[np.bool_], *, keys: int = 0) -> Decision:
    """Records that these buckets lost `keys` of their keys, or all. Raises Invalid if all of it is already known."""

    def decide(on: Known) -> events.Payload:
        known = in_ranges(on.state["unfilled"])
        if not (buckets & ~known).any():
            raise Invalid("buckets", "", _("This is already known."))
        unfilled = unfilled_of(known | buckets)
        after = with_checked_figures({**on.state, "unfilled": unfilled}, on)
        more = sum(node["lost"] for node in after["nodes"]) - sum(node["lost"] for node in on.state["nodes"])
        return events.KeysLost(keys=keys or more, unfilled=unfilled, changed=changed_figures(on.state, after))

    return Decision("lose", {}, decide)


def ended(work: int, outcome: str, why: str, before: NodeState | None) -> Decision:
    """Records that an intent failed. `before` is the node at the time of the request, if it was to join."""

    def decide(on: Known) -> events.Payload:
        asked = open_work(on, work)
        joining = next((n for n in on.state["nodes"] if n["number"] == asked["node"] and n["state"] == JOINING), None)
        gone = asked["node"] if joining is not None and before is None else 0
        back = before if joining is not None else None
        return events.WorkEnded(work=work, asked=asked, outcome=outcome, why=why[:MAX_WHY], node=back, gone=gone)

    return Decision("end", {"work": str(work)}, decide)


def cancel(work: int) -> Decision:
    """Cancels an intent. Keys that it has moved go back."""

    def decide(on: Known) -> events.Payload:
        asked = open_work(on, work)
        if asked["cancelling"]:
            raise Invalid("work", work, _("This is already being cancelled."))
        if asked["action"] == "form":
            raise Invalid("work", work, _("A cluster needs its first servers. Delete the cluster instead."))
        return events.WorkCancelling(asked={**asked, "cancelling": True})

    return Decision("cancel", {"work": str(work)}, decide)


def open_work(on: Known, work: int) -> Work:
    """An open intent. Raises NotFound."""
    for one in on.state["work"]:
        if one["id"] == work:
            return one
    raise NotFound(_("This has already ended."))


def set_workload(workload: Workload) -> Decision:
    """Starts, stops or changes the cluster's clients."""

    def decide(on: Known) -> events.Payload:
        if on.cluster.kind != Cluster.Kind.MANAGED:
            raise Invalid("workload", "", _("Only a managed cluster has servers that clients could use."))
        _check_workload(workload)
        if workload == on.state["workload"]:
            raise Invalid("workload", "", _("The workload already has these settings."))
        return events.WorkloadSet(workload=workload, before=on.state["workload"])

    return Decision("workload", {}, decide)


def _check_workload(workload: Workload) -> None:
    if not LEAST_RATE <= workload["rate"] <= MAX_RATE:
        raise Invalid("rate", workload["rate"], _("Give 1 to %(most)d operations a second.") % {"most": MAX_RATE})
    if workload["distribution"] not in DISTRIBUTIONS:
        names = ", ".join(DISTRIBUTIONS)
        raise Invalid("distribution", workload["distribution"], _("Choose one of: %(names)s.") % {"names": names})
    if not 0 <= workload["reads"] <= 1:
        raise Invalid("reads", workload["reads"], _("Give a share of reads from 0 to 1."))


def served_node(on: Known, number: int, allowed: Container[str]) -> NodeState:
    """A node with a managed server in one of these states. Raises NotFound, Invalid."""
    node = node_of(on.state, number)
    if on.cluster.kind != Cluster.Kind.MANAGED:
        raise Invalid("node", number, _("%(node)s is simulated: it has no server.") % {"node": node["name"]})
    if node["state"] not in allowed:
        text = _("%(node)s is %(state)s: that cannot be done now.")
        raise Invalid("node", number, text % {"node": node["name"], "state": Node.State(node["state"]).label})
    return node


def _server(  # noqa: PLR0917  one row of a table of actions
    action: str,
    number: int,
    kind: NodeKind,
    state: Node.State,
    allowed: Container[str],
    address: str | None = None,
    *,
    pulses_on: bool = False,
) -> Decision:
    """An event about a server in which nothing moves. An operator's action ends its pulse."""

    def decide(on: Known) -> events.Payload:
        node = served_node(on, number, allowed)
        kept = node if pulses_on else without_pulse(node)
        changed: NodeState = {**kept, "state": state.value, "since": now()}
        if address is not None:
            changed["address"] = address
        return cast(events.Payload, kind(node=changed, changed=[], movement=None))

    return Decision(action, {"node": str(number)}, decide)
