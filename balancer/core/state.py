"""The state that the balancer's events add up to: the requested traffic and the nodes' health. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypedDict, cast

from balancer.core.trial import Fault, Round, Summary, Trial


class Traffic(TypedDict):
    """The requested traffic. `rate` is in requests a second, `skew` is the Zipf exponent of the keys.

    `options` holds all options of the policy. Each request runs `work` loop iterations on its node; 0 means a plain
    echo. If `weighed`, weights follow the nodes' load. If there is a `trial`, its policy takes turns.
    """

    on: bool
    policy: str
    options: dict[str, float]
    rate: float
    skew: float
    seed: int
    work: int
    weighed: bool
    trial: Trial | None


class Comparison(TypedDict):
    """The result of an A/B run: its `traffic`, its rounds, and the node faults during it."""

    traffic: Traffic
    rounds: list[Round]
    summary: Summary
    faults: list[Fault]


class Stand(TypedDict):
    """A node's health (`balancer.core.guards.standing`), with the names of its state and code."""

    state: str
    code: str
    figures: dict[str, float]


class State(TypedDict):
    """The `balancer` part of a snapshot. `standings` are keyed by node number as text; healthy nodes are left out.

    `compared` is the result of the newest A/B run that finished.
    """

    traffic: Traffic
    standings: dict[str, Stand]
    compared: Comparison | None


FIRST: Final = Traffic(
    on=False, policy="round_robin", options={}, rate=1_500.0, skew=0.9, seed=42, work=0, weighed=False, trial=None
)


def filled(traffic: Mapping[str, Any]) -> Traffic:
    """Reads stored traffic of any version. Missing fields get the value in FIRST, the only one possible then."""
    return cast(Traffic, {**FIRST, **traffic})


def nothing() -> State:
    """Before the first event."""
    return State(traffic=FIRST, standings={}, compared=None)


def whole(state: State | None) -> State:
    """Reads a stored state and fills in missing fields. None means the state before the first event."""
    found: State = {**nothing(), **state} if state else nothing()
    return {**found, "traffic": filled(found["traffic"])}


def traffic_set(state: State | None, payload: Mapping[str, Any]) -> State:
    """Applies new traffic. When it stops, the nodes' health is no longer known."""
    before, traffic = whole(state), filled(payload["traffic"])
    return {**before, "traffic": traffic, "standings": before["standings"] if traffic["on"] else {}}


def node_stood(state: State | None, payload: Mapping[str, Any]) -> State:
    """Applies a node's new health. None means healthy."""
    before = whole(state)
    key = str(payload["node"])
    rest = {number: stand for number, stand in before["standings"].items() if number != key}
    return {**before, "standings": rest if payload["stand"] is None else {**rest, key: payload["stand"]}}


def comparison_failed(state: State | None, _payload: Mapping[str, Any]) -> State:
    """An A/B run failed: requests go on under the policy of the traffic, and `compared` stays as it was."""
    before = whole(state)
    return {**before, "traffic": {**before["traffic"], "trial": None}}


def policies_compared(state: State | None, payload: Mapping[str, Any]) -> State:
    """Applies the end of an A/B run. Requests continue under the traffic's policy."""
    before = whole(state)
    return {**before, "traffic": {**before["traffic"], "trial": None}, "compared": payload["comparison"]}
