"""The newest A/B run's result for the Balancer page: text, bars, tables and CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from balancer.core.state import Comparison
from balancer.core.trial import COUNTS, SIDES, TIMES, Estimate, Round, Side
from balancer.selectors.moments import moment_at
from balancer.verdicts import figure, labels, milliseconds, notes, verdict
from live.answers import shared_answer
from live.asked import fields_of, maybe_whole
from live.costly import costly_with
from live.refusals import NotFound
from live.sheets import csv_answer
from live.wording import grouped
from ringviz.selectors.clusters import seen
from ringviz.views.answers import refusals_as_json

_FULL: Final = 100.0
_AIR: Final = 1.05  # space to the right of the longest bar


@costly_with("v")
@require_safe
@refusals_as_json
def trial(request: HttpRequest, slug: str) -> HttpResponse:
    """`shown` of the newest run at `?v=`, or at the head. 404 if there is none."""
    now, version = seen(slug), maybe_whole(fields_of(request), "v")
    return shared_answer(("trial", now.epoch, now.v, version), lambda: shown(slug, *_found(slug, version)))


@costly_with("v")
@require_safe
@refusals_as_json
def sheet(request: HttpRequest, slug: str) -> StreamingHttpResponse:
    """CSV with a line for each round and policy, at full precision."""
    found, _version = _found(slug, maybe_whole(fields_of(request), "v"))
    return csv_answer(request, f"{slug}-ab", lines_of(found))


def shown(slug: str, found: Comparison, version: int) -> dict[str, Any]:
    """The type `Found` in static/js/balancer/traffic/types.js. Bars are in parts of 100."""
    names = labels(found["traffic"])
    ends = [_end(found["summary"][side]["p99_ms"]) for side in SIDES]
    full = max(ends) * _AIR / _FULL or 1.0
    return {
        "verdict": verdict(found),
        "notes": notes(found),
        "about": _about(found),
        "sides": [_bar(capfirst(names[side]), found["summary"][side]["p99_ms"], full) for side in SIDES],
        "figures": {"head": _head(), "rows": [_row(names[side], found["summary"][side]) for side in SIDES]},
        "rounds": {"head": _head_of_rounds(names), "rows": [*_rows(found["rounds"], names)]},
        "csv": f"{reverse('balancer:trial_csv', args=[slug])}?v={version}",
        "again": reverse("balancer:page", args=[slug]) + address(found),
    }


def address(found: Comparison) -> str:
    """The query string that repeats the run: policies, stream, rounds."""
    traffic, asked = found["traffic"], found["traffic"]["trial"]
    fields: list[tuple[str, object]] = [(name, traffic[name]) for name in ("policy", "rate", "skew", "seed")]
    if asked is not None:
        options = ",".join(f"{name}={value:.10g}" for name, value in asked["options"].items())
        fields += [("trial", asked["policy"]), ("trial_options", options)]
        fields += [("seconds", asked["seconds"]), ("rounds", asked["rounds"])]
    return f"?{urlencode([field for field in fields if field[1] != ''], safe='=,')}"


def lines_of(found: Comparison) -> Iterator[Sequence[object]]:
    """A row of the CSV. Missing values are empty."""
    names = [found["traffic"]["policy"], (found["traffic"]["trial"] or {"policy": ""})["policy"]]
    yield ["round", "seed", "turn", "policy", *TIMES, *COUNTS]
    for number, one in enumerate(found["rounds"], 1):
        for side, name in zip(SIDES, names, strict=True):
            values = one[side]  # type: ignore[literal-required]
            turn = 1 if one["first"] == side else 2
            yield [number, one["seed"], turn, name, *(values[field] for field in (*TIMES, *COUNTS))]


def _found(slug: str, version: int | None) -> tuple[Comparison, int]:
    """Raises NotFound."""
    now = seen(slug)
    moment = moment_at(now, now.v if version is None else version)
    found = moment.balancer["compared"]
    if found is None:
        raise NotFound(_("No A/B run has finished here yet."))
    return found, moment.v


def _about(found: Comparison) -> str:
    traffic, asked = found["traffic"], found["traffic"]["trial"]
    rounds = len(found["rounds"])
    values = {
        "rounds": ngettext("%(n)s round", "%(n)s rounds", rounds) % {"n": grouped(rounds)},
        "seconds": grouped(asked["seconds"] if asked else 0),
        "rate": grouped(traffic["rate"]),
        "skew": grouped(traffic["skew"]),
        "seed": traffic["seed"],
    }
    return _("%(rounds)s of %(seconds)s s, %(rate)s requests a second, key skew %(skew)s, seed %(seed)s") % values


def _bar(name: str, p99: Estimate | None, full: float) -> dict[str, Any]:
    mean, margin = (p99["mean"], p99["margin"] or 0.0) if p99 else (0.0, 0.0)
    begin = max(0.0, mean - margin)
    return {
        "label": name,
        "p99": figure(p99),
        "width": round(mean / full, 3),
        "begin": round(begin / full, 3),
        "span": round((mean + margin - begin) / full, 3),
    }


def _end(p99: Estimate | None) -> float:
    return p99["mean"] + (p99["margin"] or 0.0) if p99 else 0.0


def _head() -> list[str]:
    times = [_("Mean"), "p50", "p95", "p99", _("Driver's lag, p99")]
    counts = [_("Sent"), _("Answered"), _("Refused"), _("Errors"), _("In flight at the end"), _("Late"), _("No node")]
    return [_("Policy"), *times, *counts]


def _row(name: str, side: Side) -> list[str]:
    return [capfirst(name), *(figure(side[time]) for time in TIMES), *(grouped(side[count]) for count in COUNTS)]


def _head_of_rounds(names: dict[str, str]) -> list[str]:
    p99 = [_("p99 of %(policy)s, ms") % {"policy": names[side]} for side in SIDES]
    return [_("Round"), *p99, _("First"), _("Seed")]


def _rows(rounds: Sequence[Round], names: dict[str, str]) -> Iterator[list[str]]:
    for number, one in enumerate(rounds, 1):
        p99 = [one[side]["p99_ms"] for side in SIDES]
        times = ["–" if value is None else milliseconds(value) for value in p99]
        yield [grouped(number), *times, capfirst(names[one["first"]]), str(one["seed"])]
