"""A cluster's figures for the overview, at exactly one version and cached until the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import fmean
from typing import NamedTuple

from live.models import Stream
from live.places import Place
from live.reading import Head, heads, read_stable
from ringviz.cards.looks import NEUTRAL, Look, looks_of
from ringviz.cards.pictures import MOST_SEGMENTS, arc_paths, segment_paths, shade, shows_arcs
from ringviz.core.placement import Bucketed, Murmur, PlacedNode
from ringviz.core.state import ON_RING
from ringviz.core.strategy import build
from ringviz.models import Cluster, Node
from ringviz.selectors.clusters import place_of

_MAX_KEPT = 200


class NodeFigures(NamedTuple):
    """The columns of a node."""

    number: int
    name: str
    state: str
    weight: float
    keys: int
    ownership: float
    tokens: int
    lost: int = 0


class Load(NamedTuple):
    """A node's load: keys, or hash space if there are none. `ratio` is a multiple of its fair share."""

    ratio: float
    name: str
    look: Look
    share: float = 0.0


class Arc(NamedTuple):
    """A part of the small ring as an SVG path, drawn in its look, or by `pictures.shade` where that is not 0."""

    look: Look
    path: str
    shade: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """One cluster at one version. `loads` are those of the active nodes, largest first.

    `arcs` are those of the ring if `has_ring_arcs`, else one segment a node, as wide as its share.
    """

    place: Place
    kind: str
    demo: bool
    strategy: str
    vnodes: int
    copies: int
    keys: int
    head: Head
    active: int
    down: int
    draining: int
    silent: int
    joining: int
    lost: int
    loads: tuple[Load, ...]
    arcs: tuple[Arc, ...]
    has_ring_arcs: bool


_kept: dict[int, Facts] = {}


def all_facts() -> list[Facts]:
    """Every cluster, demos first. Clusters that did not change since the last call cost one row of one query."""
    clusters = list(Cluster.objects.order_by("-demo", "name"))
    now = heads(cluster.stream_id for cluster in clusters)
    found = (_facts(cluster, now[cluster.stream_id]) for cluster in clusters if cluster.stream_id in now)
    return [facts for facts in found if facts]


def _facts(cluster: Cluster, now: Head) -> Facts | None:
    kept = _kept.get(cluster.pk)
    if kept and kept.head == now:
        return kept
    try:
        head, (fresh, rows) = read_stable(cluster.stream_id, lambda: _read(cluster.pk))
    except (Cluster.DoesNotExist, Stream.DoesNotExist):
        return None
    if len(_kept) >= _MAX_KEPT:
        _kept.clear()
    _kept[cluster.pk] = facts = figure(fresh, head, rows)
    return facts


def _read(pk: int) -> tuple[Cluster, list[NodeFigures]]:
    cluster = Cluster.objects.select_related("key_set").get(pk=pk)
    rows = Node.objects.filter(cluster_id=pk).order_by("number").values_list(*NodeFigures._fields)
    return cluster, [NodeFigures(*row) for row in rows]


def figure(cluster: Cluster, head: Head, rows: Sequence[NodeFigures]) -> Facts:
    """The figures of a cluster from its rows."""
    active = [row for row in rows if row.state in ON_RING]  # suspected and frozen nodes still own their keys
    states = [row.state for row in rows]
    looks = looks_of(row.number for row in rows)
    measured = loads(active, looks)
    arcs = _arcs(cluster, active, looks)
    return Facts(
        place=place_of(cluster),
        kind=cluster.kind,
        demo=cluster.demo,
        strategy=cluster.strategy,
        vnodes=cluster.vnodes,
        copies=cluster.copies,
        keys=cluster.key_set.count,
        head=head,
        active=len(active),
        down=states.count(Node.State.DOWN),
        draining=states.count(Node.State.DRAINING),
        silent=states.count(Node.State.SUSPECTED) + states.count(Node.State.FROZEN),
        joining=states.count(Node.State.JOINING),
        lost=sum(row.lost for row in rows),
        loads=tuple(sorted(measured, key=lambda load: -load.ratio)),
        arcs=arcs or segments(measured),
        has_ring_arcs=bool(arcs),
    )


def loads(active: Sequence[NodeFigures], looks: dict[int, Look]) -> list[Load]:
    """Each active node's load and its fair share, which follows its weight. A node of weight 0 has none."""
    members = [row for row in active if row.weight > 0]
    keys, weights = sum(row.keys for row in members), sum(row.weight for row in members)
    shares = [row.keys / keys if keys else row.ownership for row in members]
    return [
        Load(share * weights / row.weight, row.name, looks[row.number], share)
        for row, share in zip(members, shares, strict=True)
    ]


def segments(measured: Sequence[Load]) -> tuple[Arc, ...]:
    """One segment per node, in its colour, or in the shade of its load if nodes have no individual colours.

    More than MOST_SEGMENTS nodes are drawn in groups of neighbours, each in the shade of its mean load.
    """
    size = ceil(len(measured) / MOST_SEGMENTS) or 1
    groups = [measured[place : place + size] for place in range(0, len(measured), size)]
    whole = sum(load.share for load in measured)
    paths = segment_paths([sum(load.share for load in group) / whole for group in groups]) if whole else []
    return tuple(_segment(group, path) for group, path in zip(groups, paths, strict=False) if path)


def _segment(group: Sequence[Load], path: str) -> Arc:
    look = group[0].look
    return Arc(look, path, 0 if look.hue else shade(fmean(load.ratio for load in group)))


def _arcs(cluster: Cluster, active: Sequence[NodeFigures], looks: dict[int, Look]) -> tuple[Arc, ...]:
    """The real arcs of a small ring. None if they would be too thin or look alike, or if there is no ring."""
    alike = NEUTRAL in looks.values()
    if cluster.kind == Cluster.Kind.EXTERNAL or alike or not shows_arcs(sum(row.tokens for row in active)):
        return ()
    members = [PlacedNode(row.name, row.weight) for row in active]
    bucketed = cluster.kind == Cluster.Kind.MANAGED
    placement = (Bucketed if bucketed else Murmur)(cluster.vnodes, cluster.seed)
    ring = build(cluster.strategy, members, placement=placement).ranges()
    if ring is None:
        return ()
    paths = arc_paths(ring.tokens, ring.owner_index, len(members))
    return tuple(Arc(looks[row.number], path) for row, path in zip(active, paths, strict=True) if path)
