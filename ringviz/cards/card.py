"""The overview's cards, in the reader's language: one for each cluster, and a summary of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.utils.functional import SimpleLazyObject
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from live.lists import Entry, newest, oldest_at
from live.places import Card, Overview
from live.reading import floor
from live.wording import number
from ringviz.cards.facts import Facts
from ringviz.cards.looks import Look
from ringviz.cards.pictures import BARS_HEIGHT, bar_top, bars, quantiles
from ringviz.core.strategy import abilities_of
from ringviz.models import Cluster
from ringviz.strategies import name_of

TEMPLATE = "ringviz/partials/card.html"


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of the load picture."""

    look: Look
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class ClusterCard:
    """One cluster of the overview, ready for `TEMPLATE`."""

    facts: Facts
    active_word: str
    ring_title: str
    nodes_sentence: str
    absent: str
    keys_sentence: str
    placement: str
    peak: str
    peak_sentence: str
    bars: tuple[Bar, ...]
    fair_y: float
    load_label: str
    load_caption: str
    last: Entry | None
    log_sentence: str
    oldest_at: datetime | None


def card_of(facts: Facts) -> ClusterCard:
    """A cluster's card. A few small queries for its log."""
    lowest = floor(facts.place.stream_id)
    return ClusterCard(
        facts=facts,
        active_word=ngettext("node", "nodes", facts.active),
        ring_title=_ring_title(facts),
        nodes_sentence=_nodes(facts),
        absent=_absent(facts),
        keys_sentence=_keys(facts),
        placement=_placement(facts),
        peak=number(facts.loads[0].ratio, 2) if facts.loads else "",
        peak_sentence=_peak(facts),
        bars=_bars(facts),
        fair_y=round(BARS_HEIGHT - BARS_HEIGHT / bar_top([load.ratio for load in facts.loads]), 2),
        load_label=_load_label(facts),
        load_caption=_caption(facts),
        last=next(iter(newest([facts.place], 1)), None),
        log_sentence=_log(facts, lowest),
        oldest_at=oldest_at(facts.place.stream_id, lowest),
    )


def overview_of(found: Sequence[Facts]) -> Overview:
    """The cards of all clusters, and the text above them."""
    clusters, nodes = len(found), sum(_total(facts) for facts in found)
    down, draining = sum(facts.down for facts in found), sum(facts.draining for facts in found)
    problems = []
    if down:
        problems.append(ngettext("%(n)s node is down.", "%(n)s nodes are down.", down) % {"n": number(down)})
    if draining:
        sentence = ngettext("%(n)s node is drained.", "%(n)s nodes are drained.", draining)
        problems.append(sentence % {"n": number(draining)})
    return Overview(
        # Lazy, because after an event only one of many cards is rendered.
        cards=[Card(one.place, one.head, TEMPLATE, SimpleLazyObject(partial(card_of, one))) for one in found],
        counts=[
            ngettext("%(n)s cluster", "%(n)s clusters", clusters) % {"n": number(clusters)},
            ngettext("%(n)s node", "%(n)s nodes", nodes) % {"n": number(nodes)},
        ],
        problems=problems,
        well=_("Every node is active."),
    )


def _total(facts: Facts) -> int:
    return facts.active + facts.down + facts.draining + facts.joining


def _ring_title(facts: Facts) -> str:
    if facts.has_ring_arcs:
        return _("The ring: each arc in the colour of its node")
    if any(arc.shade for arc in facts.arcs):
        return _("The share of each node; the darker, the higher its load")
    return _("The share of each node, in its colour") if facts.arcs else _("No active node")


def _nodes(facts: Facts) -> str:
    total = _total(facts)
    if not total:
        return _("No node yet.")
    if facts.active == total:
        return ngettext("%(n)s node, active.", "%(n)s nodes, all active.", total) % {"n": number(total)}
    if not facts.active:
        if facts.joining == total:
            return ngettext("%(n)s node, being started.", "%(n)s nodes, being started.", total) % {"n": number(total)}
        return _("0 of %(total)s nodes are active.") % {"total": number(total)}
    values = {"active": number(facts.active), "total": number(total)}
    return _("%(active)s of %(total)s nodes are active.") % values


def _absent(facts: Facts) -> str:
    parts = []
    if facts.down:
        parts.append(_("%(n)s down") % {"n": number(facts.down)})
    if facts.draining:
        parts.append(_("%(n)s drained") % {"n": number(facts.draining)})
    if facts.joining and facts.active:
        parts.append(_("%(n)s joining") % {"n": number(facts.joining)})
    if facts.silent:
        parts.append(_("%(n)s silent") % {"n": number(facts.silent)})
    return ", ".join(parts)


def _keys(facts: Facts) -> str:
    if facts.kind == Cluster.Kind.EXTERNAL:
        return _("Its page counts the keys; figures here are shares of the slots.")
    if not facts.keys:
        return _("No keys yet: figures are shares of the hash space.")
    keys = ngettext("%(n)s key", "%(n)s keys", facts.keys) % {"n": number(facts.keys)}
    if facts.kind == Cluster.Kind.MANAGED:  # its own page measures the real keys on servers
        stored = ngettext("%(n)s key on servers", "%(n)s keys on servers", facts.keys) % {"n": number(facts.keys)}
        lost = ngettext("%(n)s lost", "%(n)s lost", facts.lost) % {"n": number(facts.lost)}
        return _("%(keys)s, %(lost)s.") % {"keys": stored, "lost": lost} if facts.lost else f"{stored}."
    possible = min(facts.copies, facts.active)
    if possible < facts.copies:
        values = {"keys": keys, "n": possible, "wanted": facts.copies}
        return _("%(keys)s, %(n)s of %(wanted)s copies of each.") % values
    copies = ngettext("%(keys)s, %(n)s copy of each.", "%(keys)s, %(n)s copies of each.", facts.copies)
    return copies % {"keys": keys, "n": facts.copies}


def _placement(facts: Facts) -> str:
    if facts.kind == Cluster.Kind.EXTERNAL:
        return _("Slot map of its servers, read-only, version %(v)s") % {"v": facts.head.version}
    values = {"strategy": capfirst(name_of(facts.strategy)), "n": number(facts.vnodes), "v": facts.head.version}
    if not abilities_of(facts.strategy).tokens:
        return _("%(strategy)s, version %(v)s") % values
    one = "%(strategy)s, %(n)s token a node, version %(v)s"
    return ngettext(one, "%(strategy)s, %(n)s tokens a node, version %(v)s", facts.vnodes) % values


def _peak(facts: Facts) -> str:
    return _("of the fair share, on the fullest node, %(node)s") % {"node": facts.loads[0].name} if facts.loads else ""


def _bars(facts: Facts) -> tuple[Bar, ...]:
    ratios = quantiles([load.ratio for load in facts.loads])
    whole = len(ratios) == len(facts.loads)
    looks = [load.look if whole else Look(0, "") for load in facts.loads]
    return tuple(Bar(look, *box) for look, box in zip(looks, bars(ratios), strict=False))


def _load_label(facts: Facts) -> str:
    if not facts.loads:
        return _("No active node")
    values = {"most": number(facts.loads[0].ratio, 2), "least": number(facts.loads[-1].ratio, 2)}
    return _("Load of the active nodes, from %(most)s to %(least)s times the fair share") % values


def _caption(facts: Facts) -> str:
    if facts.keys:
        return _("Keys per node, highest first; the line is the fair share")
    return _("Share of hash space; the line is the fair share")


def _log(facts: Facts, lowest: int) -> str:
    held = facts.head.version - lowest
    return ngettext("%(n)s event since", "%(n)s events since", held) % {"n": number(held)}
