"""Formats an outcome as JSON and for the terminal."""

from __future__ import annotations

from math import isnan
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balancer.core.simulator.outcome import Outcome
from balancer.core.simulator.plan import Plan
from live.wording import grouped, number, percent

_DIGITS = 3


def answer(outcome: Outcome) -> dict[str, Any]:
    """`mean`, `interval` (half of the 95 % interval of the mean), `p50`, `p95`, `p99`: sojourn times of answered
    requests in mean service times, null if none were answered. `refused`, `failed`, `answered` and `sent` are counts.
    `share` is each node's share of the answers.
    """
    times = ("mean", "interval", "p50", "p95", "p99")
    counts = ("sent", "answered", "refused", "failed")
    return {
        "policy": outcome.policy,
        **{name: _or_null(getattr(outcome, name)) for name in times},
        **{name: getattr(outcome, name) for name in counts},
        "share": dict(outcome.share),
    }


def assumed(plan: Plan) -> str:
    """Says what was simulated and the unit of the times."""
    values = {
        "nodes": ngettext("%(n)s node", "%(n)s nodes", len(plan.nodes)) % {"n": grouped(len(plan.nodes))},
        "load": grouped(plan.load),
        "requests": ngettext("%(n)s request", "%(n)s requests", plan.requests) % {"n": grouped(plan.requests)},
        "seed": plan.seed,
    }
    text = _("Simulated: %(nodes)s, load %(load)s, %(requests)s, seed %(seed)d. Times are in mean service times.")
    return text % values


def head() -> list[str]:
    """The columns of `row`."""
    times = [_("MEAN"), _("±95%"), _("P50"), _("P95"), _("P99")]
    return [_("POLICY"), *times, _("ANSWERED"), _("REFUSED"), _("FAILED")]


def row(title: str, outcome: Outcome) -> list[str]:
    """The figures of a policy, without its shares."""
    times = [outcome.mean, outcome.interval, outcome.p50, outcome.p95, outcome.p99]
    return [title, *map(_time, times), *map(grouped, (outcome.answered, outcome.refused, outcome.failed))]


def shares(outcomes: list[Outcome], titles: list[str]) -> list[list[str]]:
    """One row per node: its share of the answers under each policy."""
    names = outcomes[0].share
    return [
        [_("SHARE OF ANSWERS"), *titles],
        *([name, *(percent(outcome.share[name], 2) for outcome in outcomes)] for name in names),
    ]


def _time(value: float) -> str:
    return "-" if isnan(value) else number(value, _DIGITS)


def _or_null(value: float) -> float | None:
    return None if isnan(value) else value
