"""The event subject "balancer": requested traffic and the nodes' health. Carried by the clusters' streams."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from balancer.core import state
from balancer.core.state import Comparison, Stand, Traffic
from balancer.core.trial import A, B
from balancer.verdicts import figure, labels
from balancer.wording import name_of, stand_words
from live.subjects import EventWords, Payload, Subject
from live.wording import grouped

balancer = Subject("balancer", named=("name",))


def traffic_words(payload: Payload) -> EventWords:
    """The text for the most important difference."""
    now, before = state.filled(payload["traffic"]), state.filled(payload["before"])
    if not now["on"]:
        return EventWords(_("no requests"), _("balancer: requests stopped"))
    if now["trial"] is not None and now["trial"] != before["trial"]:
        return _trial_words(now)
    if before["trial"] is not None and now == {**before, "trial": None}:
        return EventWords(_("A/B"), _("balancer: A/B run stopped"))
    if before["on"] and (words := _switched(now, before)):
        return words
    rate = int(now["rate"])
    text = ngettext(
        "balancer: %(n)s request a second by %(policy)s", "balancer: %(n)s requests a second by %(policy)s", rate
    )
    return EventWords(_("requests"), text % {"n": grouped(rate), "policy": name_of(now["policy"])})


def _trial_words(now: Traffic) -> EventWords:
    names = labels(now)
    return EventWords(_("A/B"), _("balancer: A/B run of %(a)s and %(b)s started") % {"a": names[A], "b": names[B]})


def _switched(now: Traffic, before: Traffic) -> EventWords | None:
    """The text for a change other than the rate while requests continue. None if there is none."""
    if now["policy"] != before["policy"]:
        return EventWords(name_of(now["policy"]), _("balancer: %(policy)s") % {"policy": name_of(now["policy"])})
    if now["weighed"] and not before["weighed"]:
        return EventWords(_("weights"), _("balancer: weights follow the nodes' load"))
    if before["weighed"] and not now["weighed"]:
        return EventWords(_("weights"), _("balancer: weights are fixed"))
    if now["work"] == before["work"]:
        return None
    if not now["work"]:
        return EventWords(_("work"), _("balancer: each request is a plain ECHO"))
    text = ngettext(
        "balancer: each request runs a loop of %(n)s step",
        "balancer: each request runs a loop of %(n)s steps",
        now["work"],
    )
    return EventWords(_("work"), text % {"n": grouped(now["work"])})


def _compared(payload: Payload) -> EventWords:
    found: Comparison = payload["comparison"]
    names, summary = labels(state.filled(found["traffic"])), found["summary"]
    values = {"a": names[A], "b": names[B]}
    values |= {"p99_a": figure(summary["a"]["p99_ms"]), "p99_b": figure(summary["b"]["p99_ms"])}
    text = _("balancer: %(a)s p99 %(p99_a)s, %(b)s p99 %(p99_b)s, same stream")
    return EventWords(_("A/B"), text % values)


def _failed(payload: Payload) -> EventWords:
    traffic = state.filled(payload["traffic"])
    names, trial = labels(traffic), traffic["trial"]
    values = {"a": names[A], "b": names[B], "done": payload["rounds"], "rounds": trial["rounds"] if trial else 0}
    text = _(
        "balancer: A/B run of %(a)s and %(b)s failed after %(done)s of %(rounds)s rounds; the driver's log says why"
    )
    return EventWords(_("A/B"), text % values)


def _stood(payload: Payload) -> EventWords:
    return EventWords(
        payload["name"],
        _("%(node)s: %(words)s")
        % {
            "node": payload["name"],
            "words": stand_words(payload["stand"] or payload["why"]),
        },
    )


@balancer.kind("balancer_set", title=gettext_lazy("Balancer set"), fold=state.traffic_set, words=traffic_words)
@dataclass(frozen=True)
class BalancerSet:
    """Somebody started, stopped or changed the requests."""

    traffic: Traffic
    before: Traffic


@balancer.kind("balancer_stood", title=gettext_lazy("Health at the balancer"), fold=state.node_stood, words=_stood)
@dataclass(frozen=True)
class BalancerStood:
    """A node's health changed. `stand` is None if it is healthy, for the reason `why`."""

    node: int
    name: str
    stand: Stand | None
    why: Stand


@balancer.kind("balancer_failed", title=gettext_lazy("A/B run"), fold=state.comparison_failed, words=_failed)
@dataclass(frozen=True)
class BalancerFailed:
    """The A/B run of `traffic` failed in the driver after `rounds` whole rounds."""

    traffic: Traffic
    rounds: int


@balancer.kind("balancer_compared", title=gettext_lazy("A/B run"), fold=state.policies_compared, words=_compared)
@dataclass(frozen=True)
class BalancerCompared:
    """An A/B run finished with this result."""

    comparison: Comparison
