"""What the events of the balancer add up to: what traffic is asked for, and how the nodes stand. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypedDict, cast

from balancer.core.trial import Fault, Round, Summary, Trial


class Traffic(TypedDict):
    """What traffic is asked for. `rate` is in requests a second, `skew` the Zipf exponent of the keys.

    `options` are all those of the policy. A request costs its node `work` turns of a loop; 0: no more than an echo.
    Where it is `weighed`, the weights follow the nodes' load. Where there is a `trial`, its policy takes turns.
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
    """What an A/B run found: of which `traffic`, in which rounds, and beside which faults of nodes."""

    traffic: Traffic
    rounds: list[Round]
    summary: Summary
    faults: list[Fault]


class Stand(TypedDict):
    """How a node stands: `balancer.core.guards.standing`, by the names of its state and code."""

    state: str
    code: str
    figures: dict[str, float]


class State(TypedDict):
    """The part `balancer` of a snapshot. `standings`, by the number of a node as text; who stands well is not there.

    `compared` is what the newest A/B run found that went to its end.
    """

    traffic: Traffic
    standings: dict[str, Stand]
    compared: Comparison | None


FIRST: Final = Traffic(
    on=False, policy="round_robin", options={}, rate=1_500.0, skew=0.9, seed=42, work=0, weighed=False, trial=None
)


def filled(traffic: Mapping[str, Any]) -> Traffic:
    """As it was stored, by whatever version: a field that it lacks had no other value than that of FIRST then."""
    return cast(Traffic, {**FIRST, **traffic})


def nothing() -> State:
    """Before the first event."""
    return State(traffic=FIRST, standings={}, compared=None)


def whole(state: State | None) -> State:
    """The state as it was stored, with all that it lacks; None is that before the first event."""
    found: State = {**nothing(), **state} if state else nothing()
    return {**found, "traffic": filled(found["traffic"])}


def traffic_set(state: State | None, payload: Mapping[str, Any]) -> State:
    """Other traffic. Where there is none, nobody looks at how the nodes stand."""
    before, traffic = whole(state), filled(payload["traffic"])
    return {**before, "traffic": traffic, "standings": before["standings"] if traffic["on"] else {}}


def node_stood(state: State | None, payload: Mapping[str, Any]) -> State:
    """A node stands otherwise; well, where nothing is said."""
    before = whole(state)
    key = str(payload["node"])
    rest = {number: stand for number, stand in before["standings"].items() if number != key}
    return {**before, "standings": rest if payload["stand"] is None else {**rest, key: payload["stand"]}}


def comparison_failed(state: State | None, _payload: Mapping[str, Any]) -> State:
    """An A/B run failed: requests go on under the policy of the traffic, and `compared` stays as it was."""
    before = whole(state)
    return {**before, "traffic": {**before["traffic"], "trial": None}}


def policies_compared(state: State | None, payload: Mapping[str, Any]) -> State:
    """An A/B run came to its end: requests go on under the policy of the traffic."""
    before = whole(state)
    return {**before, "traffic": {**before["traffic"], "trial": None}, "compared": payload["comparison"]}
