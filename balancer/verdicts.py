"""Describes an A/B run: what it compares, the result, and what may have disturbed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balancer.core.named import POLICIES
from balancer.core.state import Comparison, Traffic
from balancer.core.trial import SIDES, A, B, Estimate, Fault, Side, is_blurred, lower
from balancer.wording import name_of
from live.wording import grouped, number, percent
from ringviz.models import Node

_LEAST_TIMES: Final = 1.5  # below it, "30% to 40% lower" says more than "1.4 to 1.7 times lower"


def labels(traffic: Traffic) -> dict[str, str]:
    """The names of both policies by side, for use inside a sentence, with their non-default options."""
    trial = traffic["trial"]
    found = {A: label(traffic["policy"], traffic["options"])}
    return found if trial is None else {**found, B: label(trial["policy"], trial["options"])}


def label(policy: str, options: Mapping[str, float]) -> str:
    """ "d choices (d=3)"."""
    usual = {one.name: one.default for one in POLICIES[policy].options} if policy in POLICIES else {}
    told = ",".join(f"{name}={value:.10g}" for name, value in options.items() if usual.get(name) != value)
    return _("%(policy)s (%(options)s)") % {"policy": name_of(policy), "options": told} if told else name_of(policy)


def verdict(found: Comparison) -> str:
    """One sentence that claims no more than the ratio's interval allows."""
    names, ratio, rounds = labels(found["traffic"]), found["summary"]["ratio"], len(found["rounds"])
    if ratio is None:
        return _("Too few requests were answered to compare the two.")
    better = lower(ratio)
    if better is None:
        text = ngettext(
            "No clear difference in p99 after %(n)s round.",
            "No clear difference in p99 after %(n)s rounds.",
            rounds,
        )
        return text % {"n": grouped(rounds)}
    worse = A if better == B else B
    least, most = (ratio["low"], ratio["high"]) if better == B else (1 / ratio["high"], 1 / ratio["low"])
    values = {"better": names[better], "worse": names[worse]}
    if least >= _LEAST_TIMES:
        values |= {"least": _times(least), "most": _times(most)}
        return _("The p99 of %(better)s is %(least)s to %(most)s times lower than that of %(worse)s.") % values
    values |= {"least": percent(1 - 1 / least), "most": percent(1 - 1 / most)}
    return _("The p99 of %(better)s is %(least)s to %(most)s lower than that of %(worse)s.") % values


def notes(found: Comparison) -> list[str]:
    """What else a reader of the verdict should know, one sentence each."""
    return [*_lag(found), *_not_answered(found), *_late(found), *(_fault(one, found) for one in found["faults"])]


def figure(estimate: Estimate | None) -> str:
    """ "4.1 ms ± 0.3"."""
    if estimate is None:
        return "–"
    mean, margin = milliseconds(estimate["mean"]), estimate["margin"]
    if margin is None:
        return _("%(mean)s ms") % {"mean": mean}
    digits = _digits(estimate["mean"])
    told = number(margin, digits) if margin >= 0.5 / 10**digits or not margin else milliseconds(margin)
    return _("%(mean)s ms ± %(margin)s") % {"mean": mean, "margin": told}


def milliseconds(value: float) -> str:
    """About three digits: 0.31, 4.1, 251."""
    return number(value, _digits(value))


def _digits(value: float) -> int:
    return 2 if value < 1 else 1 if value < 100 else 0


def _times(value: float) -> str:
    return number(value, 1 if value < 100 else 0)


def _lag(found: Comparison) -> Iterator[str]:
    summary = found["summary"]
    lags = [summary["a"]["lag_p99_ms"], summary["b"]["lag_p99_ms"]]
    if is_blurred(summary):
        lag = max(one["mean"] for one in lags if one is not None)
        text = _("The driver's own lag (p99 %(lag)s ms) is as large as the difference. Lower the rate or try again.")
        yield text % {"lag": milliseconds(lag)}


def _not_answered(found: Comparison) -> Iterator[str]:
    """A policy that refuses many requests would look good by the latencies of the rest."""
    sides: dict[str, Side] = {side: found["summary"][side] for side in SIDES}
    missing = {side: one["sent"] + one["homeless"] - one["answered"] for side, one in sides.items()}
    if not any(missing.values()):
        return
    names = labels(found["traffic"])
    parts = {side: percent(missing[side] / max(1, one["sent"] + one["homeless"]), 2) for side, one in sides.items()}
    values: dict[str, Any] = {"a": names[A], "b": names[B], "of_a": parts[A], "of_b": parts[B]}
    yield _("Refused or failed: %(of_a)s of requests under %(a)s, %(of_b)s under %(b)s.") % values


def _late(found: Comparison) -> Iterator[str]:
    late = found["summary"]["a"]["late"] + found["summary"]["b"]["late"]
    if late:
        text = ngettext(
            "The driver fell behind and skipped %(n)s request.",
            "The driver fell behind and skipped %(n)s requests.",
            late,
        )
        yield text % {"n": grouped(late)}


def _fault(fault: Fault, found: Comparison) -> str:
    values = {"node": fault["name"], "for": grouped(fault["for_ms"]), "every": grouped(fault["every_ms"])}
    if fault["for_ms"]:
        text = _("%(node)s froze for %(for)s of every %(every)s ms") % values
    else:
        text = _("%(node)s was %(state)s") % {
            **values,
            "state": dict(Node.State.choices).get(fault["state"], fault["state"]),
        }
    first, last = fault["first"], fault["last"]
    if (first, last) == (1, len(found["rounds"])):
        return _("%(what)s.") % {"what": text}
    if first == last:
        return _("%(what)s in round %(round)s.") % {"what": text, "round": first}
    return _("%(what)s in rounds %(first)s to %(last)s.") % {"what": text, "first": first, "last": last}
