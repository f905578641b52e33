"""What the events of the balancer add up to: what traffic is asked for, and how the nodes stand. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypedDict


class Traffic(TypedDict):
    """What traffic is asked for. `rate` is in requests a second, `skew` the Zipf exponent of the keys.

    `options` are all those of the policy.
    """

    on: bool
    policy: str
    options: dict[str, float]
    rate: float
    skew: float
    seed: int


class Stand(TypedDict):
    """How a node stands: `balancer.core.guards.standing`, by the names of its state and code."""

    state: str
    code: str
    figures: dict[str, float]


class State(TypedDict):
    """The part `balancer` of a snapshot. `standings`, by the number of a node as text; who stands well is not there."""

    traffic: Traffic
    standings: dict[str, Stand]


FIRST: Final = Traffic(on=False, policy="round_robin", options={}, rate=1_500.0, skew=0.9, seed=42)


def nothing() -> State:
    """Before the first event."""
    return State(traffic=FIRST, standings={})


def traffic_set(state: State | None, payload: Mapping[str, Any]) -> State:
    """Other traffic. Where there is none, nobody looks at how the nodes stand."""
    before = state or nothing()
    return State(traffic=payload["traffic"], standings=before["standings"] if payload["traffic"]["on"] else {})


def node_stood(state: State | None, payload: Mapping[str, Any]) -> State:
    """A node stands otherwise; well, where nothing is said."""
    before = state or nothing()
    key = str(payload["node"])
    rest = {number: stand for number, stand in before["standings"].items() if number != key}
    return {**before, "standings": rest if payload["stand"] is None else {**rest, key: payload["stand"]}}
