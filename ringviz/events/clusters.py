"""Events about a whole cluster: its creation, its settings, and changes from outside."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from live.subjects import EventWords, Payload
from live.wording import grouped
from ringviz.core import state
from ringviz.core.state import MANAGED, ClusterState, KeysState, NodeState, Work, Workload
from ringviz.events.shapes import Figures, MovementSummary, Settings
from ringviz.events.subject import kind, same
from ringviz.strategies import named, option_words


def _nodes(payload: Payload) -> EventWords:
    count = len(payload["nodes"])
    return same(ngettext("%(n)s node", "%(n)s nodes", count) % {"n": grouped(count)})


def _created(payload: Payload) -> str:
    """ "8 nodes" says enough beside the ring. In a list of changes it needs its verb."""
    return _("created with %(nodes)s") % {"nodes": _nodes(payload).text}


def _formed(_payload: Payload) -> EventWords:
    return EventWords(_("formed"), _("cluster formed"))


def _reconfigured(payload: Payload) -> EventWords:
    """The text for the most important difference."""
    now, before = payload["cluster"], payload["before"]
    options = now.get("options", {})
    if now["strategy"] != before["strategy"]:
        return same(named(now["strategy"], options))
    if options != before.get("options", {}):
        return same(option_words(options))
    if now["vnodes"] != before["vnodes"]:
        vnodes = now["vnodes"]
        return same(ngettext("%(n)s token per node", "%(n)s tokens per node", vnodes) % {"n": grouped(vnodes)})
    copies = now["copies"]
    if now.get("kind") == MANAGED:  # its servers have replicas; these copies are a what-if
        text = ngettext("what if each key had %(n)s copy", "what if each key had %(n)s copies", copies)
        return same(text % {"n": grouped(copies)})
    return same(ngettext("%(n)s copy of each key", "%(n)s copies of each key", copies) % {"n": grouped(copies)})


def _seen(payload: Payload) -> EventWords:
    count = len(payload["nodes"])
    text = ngettext("the cluster changed: %(n)s node", "the cluster changed: %(n)s nodes", count)
    return EventWords(_("changed"), text % {"n": grouped(count)})


def _moved(payload: Payload) -> EventWords:
    text = _("its name now resolves to %(address)s instead of %(before)s")
    return EventWords(_("new address"), text % {"address": payload["address"], "before": payload["before"]})


@kind(
    "cluster_created",
    title=gettext_lazy("Cluster created"),
    fold=state.created,
    words=_nodes,
    listed=_created,
    work=None,  # its `work` lists waiting works, and the creation is a separate row
)
@dataclass(frozen=True)
class ClusterCreated:
    """The first event of a stream."""

    cluster: ClusterState
    keys: KeysState
    nodes: list[NodeState]
    work: list[Work]
    unfilled: list[list[int]]
    workload: Workload | None


@kind("cluster_formed", title=gettext_lazy("Cluster formed"), fold=state.with_nodes, words=_formed)
@dataclass(frozen=True)
class ClusterFormed:
    """The servers of a managed cluster are connected. Every bucket has its owner, and no key is stored yet."""

    nodes: list[NodeState]
    unfilled: list[list[int]]
    work: int = 0


# Settings do not change the nodes, and modulo depends only on the nodes, so there is nothing to compare with.
@kind(
    "cluster_reconfigured",
    title=gettext_lazy("Settings changed"),
    fold=state.with_settings,
    words=_reconfigured,
    with_peer=False,
    shows="change",
)
@dataclass(frozen=True)
class ClusterReconfigured:
    """The strategy, its parameters, or the number of virtual nodes or copies changed."""

    cluster: ClusterState
    before: Settings
    changed: list[Figures]
    movement: MovementSummary | None
    undoes: int | None = None
    work: int = 0


@kind("external_seen", title=gettext_lazy("Changed elsewhere"), fold=state.with_nodes, words=_seen, shows="change")
@dataclass(frozen=True)
class ExternalSeen:
    """An external cluster changed. Contains all its nodes, as reported by one of its members."""

    nodes: list[NodeState]


@kind("external_moved", title=gettext_lazy("Address changed"), fold=state.settled, words=_moved)
@dataclass(frozen=True)
class ExternalMoved:
    """The attached name of an external cluster resolves to a new address, where the cluster answers."""

    address: str
    before: str
