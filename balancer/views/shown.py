"""Prepares a race for the page: sentences, bars and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan
from typing import Any, NamedTuple

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balancer.core.simulator.outcome import Outcome
from balancer.selectors.race import FREEZE_EVERY, FREEZE_PART, LIMIT, Entry, Race, Raced, Ranked
from balancer.wording import name_of, rule_of
from live.wording import grouped, number, percent

_FULL = 100.0
_AIR = 1.1  # space to the right of the longest bar

_HEADLINES: dict[int, Any] = {
    2: gettext_lazy("One stream, two policies."),
    3: gettext_lazy("One stream, three policies."),
    4: gettext_lazy("One stream, four policies."),
}


class Bar(NamedTuple):
    """Positions out of 100: the mean, its interval and the limit. None if not drawn."""

    width: float
    begin: float
    span: float
    mark: float | None


class Lane(NamedTuple):
    """A policy's row. `notes` are the sentences below its bar."""

    rank: int
    label: str
    rule: str
    mean: str
    interval: str
    bar: Bar
    notes: Sequence[str]


class Row(NamedTuple):
    """A row of a table."""

    label: str
    cells: Sequence[str]


def label_of(entry: Entry) -> str:
    """ "d choices (d=3)", for use inside a sentence."""
    name = name_of(entry.policy)
    if not entry.options:
        return name
    return _("%(policy)s (%(options)s)") % {"policy": name, "options": entry.spelled}


def headline_before(race: Race) -> str:
    """The headline before there are figures."""
    return str(_HEADLINES[len(race.entries)])


def figures_of(found: Raced) -> dict[str, Any]:
    """The context for the figures' template."""
    race = found.race
    return {
        "headline": f"{_opening(race)} {_verdict(found)}",
        "lanes": [_lane(found, rank, one) for rank, one in enumerate(found.ranked, 1)],
        "rows": [*_rows(found)],
        "shares": [*_shares(found)],
        "labels": [capfirst(label_of(one.entry)) for one in found.ranked],
        "requests": grouped(race.count),
        "service_times": grouped(round(race.count / race.plan.rate)),
        "nodes": grouped(race.nodes),
        "shown": race.shown,
    }


def lines_of(found: Raced) -> Iterator[Sequence[object]]:
    """The same as CSV, with full precision and each node's share."""
    nodes = [_("share of node %(n)s") % {"n": number} for number in range(1, found.race.nodes + 1)]
    figures = [_("mean"), _("interval"), "p50", "p95", "p99", _("sent"), _("answered"), _("refused"), _("failed")]
    yield [_("policy"), *figures, *nodes]
    for text, one in [*((one.entry.text, one.outcome) for one in found.ranked), (_("limit"), found.limit)]:
        counts = [one.sent, one.answered, one.refused, one.failed]
        yield [text, one.mean, one.interval, one.p50, one.p95, one.p99, *counts, *one.share.values()]


def _opening(race: Race) -> str:
    if race.freeze is None:
        return headline_before(race)
    values = {"node": race.freeze, "part": grouped(FREEZE_PART * FREEZE_EVERY), "every": grouped(FREEZE_EVERY)}
    return _("Node %(node)s is frozen for %(part)s of every %(every)s service times.") % values


def _verdict(found: Raced) -> str:
    best, worst = found.ranked[0], found.ranked[-1]
    if isnan(worst.outcome.mean):
        return _("At load %(load)s, too few requests were answered to compute a mean.") % {
            "load": grouped(found.race.load)
        }
    values = {"load": grouped(found.race.load), "best": label_of(best.entry), "worst": label_of(worst.entry)}
    if worst.outcome.refused:
        values |= {"less": _refused(best.outcome), "more": _refused(worst.outcome)}
        return _("At load %(load)s, %(best)s refuses %(less)s of requests where %(worst)s refuses %(more)s.") % values
    values |= {"less": number(best.outcome.mean, 1), "more": number(worst.outcome.mean, 1)}
    text = _("At load %(load)s, %(best)s answers in %(less)s service times where %(worst)s needs %(more)s.")
    return text % values


def _lane(found: Raced, rank: int, one: Ranked) -> Lane:
    outcome = one.outcome
    return Lane(
        rank=rank,
        label=capfirst(label_of(one.entry)),
        rule=rule_of(one.entry.policy),
        mean=_mean(outcome.mean),
        interval="" if isnan(outcome.interval) else f"± {number(outcome.interval, 2)}",
        bar=_bar(found, outcome),
        notes=[*_notes(found, one)],
    )


def _notes(found: Raced, one: Ranked) -> Iterator[str]:
    best, outcome = found.ranked[0], one.outcome
    if one.entry == LIMIT:
        yield _("This is the limit.")
    elif one is best:
        ratio, limit = number(outcome.mean / found.limit.mean, 1), number(found.limit.mean, 2)
        yield _("%(ratio)s times the limit of %(limit)s") % {"ratio": ratio, "limit": limit}
    else:
        ratio = number(outcome.mean / best.outcome.mean, 1)
        yield _("%(ratio)s times %(best)s") % {"ratio": ratio, "best": label_of(best.entry)}
    if outcome.refused:
        yield _("%(share)s of requests refused") % {"share": _refused(outcome)}
    if found.is_flooded(one):
        text = _("Node %(node)s gets more than it can serve: the longer the race, the longer the mean.")
        yield text % {"node": found.race.freeze}


def _refused(outcome: Outcome) -> str:
    return percent(outcome.refused / outcome.sent)


def _bar(found: Raced, outcome: Outcome) -> Bar:
    ends = [_end(one.outcome) for one in found.ranked]
    full = max((*ends, _end(found.limit))) * _AIR / _FULL or 1.0
    if isnan(outcome.mean):
        return Bar(0.0, 0.0, 0.0, None)
    wide = 0.0 if isnan(outcome.interval) else outcome.interval
    mark = None if isnan(found.limit.mean) else found.limit.mean / full
    return Bar(outcome.mean / full, (outcome.mean - wide) / full, 2 * wide / full, mark)


def _end(outcome: Outcome) -> float:
    """Where a bar ends, including its interval."""
    return sum(value for value in (outcome.mean, outcome.interval) if not isnan(value))


def _rows(found: Raced) -> Iterator[Row]:
    for one in found.ranked:
        yield Row(capfirst(label_of(one.entry)), _cells(one.outcome))
    if all(one.entry != LIMIT for one in found.ranked):
        yield Row(_("Limit: %(name)s") % {"name": name_of(LIMIT.policy)}, _cells(found.limit))


def _cells(outcome: Outcome) -> list[str]:
    times = (outcome.mean, outcome.interval, outcome.p50, outcome.p95, outcome.p99)
    return [*map(_mean, times), *map(grouped, (outcome.answered, outcome.refused, outcome.failed))]


def _mean(value: float) -> str:
    return "–" if isnan(value) else number(value, 2)


def _shares(found: Raced) -> Iterator[Row]:
    """A row for each node with its share of the answers under each policy."""
    for place, name in enumerate(found.limit.share, 1):
        yield Row(grouped(place), [percent(one.outcome.share[name], 2) for one in found.ranked])
