"""Changes the balancer's settings and records its driver's findings. Writes the rows and the event together."""

from __future__ import annotations

import math
from typing import Any, TypeVar

from django.db import IntegrityError
from django.utils.translation import gettext as _

from balancer.core.bounds import (
    FEWEST_ROUNDS,
    HIGHEST_RATE,
    HIGHEST_SEED,
    HIGHEST_SKEW,
    LEAST_RATE,
    MOST_ROUNDS,
    MOST_SECONDS,
    MOST_WORK,
    within,
)
from balancer.core.named import checked
from balancer.core.state import Comparison, Stand, State, Traffic
from balancer.core.trial import Trial
from balancer.events import BalancerCompared, BalancerFailed, BalancerSet, BalancerStood, balancer
from balancer.models import Balancer
from balancer.refusals import sentence
from balancer.selectors.state import state_of_stream
from live.actor import Actor
from live.keeping import keep_log_bounded
from live.log import Conflict, write
from live.models import Event
from live.reading import events_after
from live.subjects import encode
from locks.services.leading import Guard
from ringviz.core.errors import CoreError, InvalidOption, UnknownOption
from ringviz.errors import Invalid, Refused, StaleVersion
from ringviz.models import Cluster
from ringviz.selectors.clusters import cluster_of
from ringviz.services.changing import check_allowed
from ringviz.services.intents import asked_before, check_key

_DRIVER = Actor("driver", "system", may_operate=True)

Told = TypeVar("Told", BalancerSet, BalancerStood, BalancerCompared, BalancerFailed)


def set_traffic(*, slug: str, actor: Actor, version: int | None, wanted: Traffic, key: str = "") -> Event:
    """Starts, stops or changes the requests of a managed cluster.

    `version` is the version that the actor saw. If the cluster has moved on, nothing is done. Options that `wanted`
    leaves out get their defaults. Any change ends a running `trial`; a different one starts from the beginning. A
    repeated `key` returns the event of the first request, whatever the version. Raises NotAllowed, NotFound, Invalid,
    StaleVersion.
    """
    check_allowed(actor)
    cluster = cluster_of(slug)
    check_key(key)
    try:
        return asked_before(cluster, key) or _set(cluster, actor, version, wanted, key)
    except (Refused, IntegrityError):
        if same := asked_before(cluster, key):  # the very same click, a moment earlier
            return same
        raise


def _set(cluster: Cluster, actor: Actor, version: int | None, wanted: Traffic, key: str) -> Event:
    if cluster.kind != Cluster.Kind.MANAGED:
        text = _(
            "Ringviz does not run the servers of %(cluster)s, so it cannot send them requests. Race policies instead."
        )
        raise Invalid("cluster", cluster.slug, text % {"cluster": cluster.name})
    asked = _checked(wanted)
    try:
        with write(cluster.stream_id, expected=version) as draft:
            before = state_of_stream(cluster.stream_id)
            if before["traffic"] == asked:
                raise Invalid("policy", asked["policy"], _("This is already the case."))
            if asked["trial"] == before["traffic"]["trial"]:
                asked = {**asked, "trial": None}
            event = draft.record(
                _kept(cluster, before, BalancerSet(traffic=asked, before=before["traffic"])), actor, key
            )
    except Conflict as conflict:
        seen = events_after(cluster.stream_id, version or 0)
        raise StaleVersion(version or 0, conflict.actual, seen) from conflict
    keep_log_bounded(event.stream_id, event.version)
    return event


def node_stands(*, cluster: Cluster, node: int, name: str, stand: Stand, well: bool, guard: Guard) -> Event | None:
    """Records a node's new health, found by the driver. None if it is known already. Raises what `guard` raises,
    NotFound.
    """
    with write(cluster.stream_id) as draft:
        guard()
        before = state_of_stream(cluster.stream_id)
        told = BalancerStood(node=node, name=name, stand=None if well else stand, why=stand)
        event = draft.record(_kept(cluster, before, told), _DRIVER)
    keep_log_bounded(event.stream_id, event.version)
    return event


def policies_compared(*, cluster: Cluster, comparison: Comparison, guard: Guard) -> Event:
    """Records the result of an A/B run, which ends it. Raises what `guard` raises, NotFound."""
    return _told(cluster, BalancerCompared(comparison=comparison), guard)


def comparison_failed(*, cluster: Cluster, traffic: Traffic, rounds: int, guard: Guard) -> Event:
    """Ends the A/B run of `traffic`, which failed after `rounds` whole rounds. Raises what `guard` raises, NotFound."""
    return _told(cluster, BalancerFailed(traffic=traffic, rounds=rounds), guard)


def _told(cluster: Cluster, payload: Told, guard: Guard) -> Event:
    with write(cluster.stream_id) as draft:
        guard()
        event = draft.record(_kept(cluster, state_of_stream(cluster.stream_id), payload), _DRIVER)
    keep_log_bounded(event.stream_id, event.version)
    return event


def _kept(cluster: Cluster, before: State, payload: Told) -> Told:
    """Writes the row that the payload leads to, and returns the payload."""
    after: Any = balancer.apply(before, *encode(payload))
    Balancer.objects.update_or_create(cluster=cluster, defaults=after)
    return payload


def _checked(wanted: Traffic) -> Traffic:
    """Raises Invalid."""
    if not math.isfinite(wanted["rate"]) or not math.isfinite(wanted["skew"]):
        raise Invalid("rate", "", _("Give a number."))
    fields = (
        ("rate", LEAST_RATE, HIGHEST_RATE),
        ("skew", 0.0, HIGHEST_SKEW),
        ("seed", 0, HIGHEST_SEED),
        ("work", 0, MOST_WORK),
    )
    field = "policy"
    try:
        options = checked(wanted["policy"], wanted["options"])
        for field, lowest, highest in fields:
            within(field, float(wanted[field]), lowest, highest)  # type: ignore[literal-required]
    except CoreError as error:
        raise Invalid(_blamed(error) or field, "", sentence(error)) from error
    trial = _trial_checked(wanted["trial"]) if wanted["on"] and wanted["trial"] is not None else None
    numbers = {"rate": float(wanted["rate"]), "skew": float(wanted["skew"])}
    return {**wanted, "options": options, **numbers, "trial": trial}  # type: ignore[typeddict-item]


def _trial_checked(trial: Trial) -> Trial:
    """Raises Invalid."""
    field = "trial"
    try:
        options = checked(trial["policy"], trial["options"])
        for field, lowest, highest in (("seconds", 1, MOST_SECONDS), ("rounds", FEWEST_ROUNDS, MOST_ROUNDS)):
            within(field, trial[field], lowest, highest)  # type: ignore[literal-required]
    except CoreError as error:
        raise Invalid(field, "", sentence(error)) from error
    return {**trial, "options": options}


def _blamed(error: CoreError) -> str:
    """The field of an invalid option: its own name, or "options" for all. "" if the error is not about an option."""
    if isinstance(error, InvalidOption):
        return error.name
    return "options" if isinstance(error, UnknownOption) else ""
