"""A sample as it is handed over: the nodes of a big cluster are bounded, and those that mattered are there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from balancer.core.guards.standing import Code, Reason, Standing, State
from balancer.core.policy import Choice
from balancer.core.shadows import Shadow
from balancer.driving.packing import MOST_CANDIDATES, packed
from balancer.traffic.sampled import Candidate, Request, Sample
from balancer.traffic.tally import Count

UP = Standing(State.UP, Reason(Code.PRESENT), 0.0)
BACK = Standing(State.STARTING, Reason(Code.EJECTION_OVER, {"seconds": 30}), 0.0)


def names(count: int) -> list[str]:
    return [f"cache-{place}" for place in range(count)]


def orders(count: int, **conditions: str) -> Any:
    numbers = {name: place + 1 for place, name in enumerate(names(count))}
    return SimpleNamespace(numbers=numbers, conditions=dict.fromkeys(numbers, "active") | conditions)


def sample(count: int, choice: Choice, **given: Any) -> Sample:
    could = tuple(Candidate(place, f"cache-{place}", count - place, 1.0, UP) for place in range(count))
    fields = {"candidates": could, "latency_s": 0.0026, "first_s": 0.0011, "sent_s": 0.0001, "end": Count.ANSWERED}
    return Sample("c0ffee00", Request(9, 0.1, 7), 1_700_000_000.1234567, "p2c", choice, **{**fields, **given})


def test_a_sample_becomes_what_a_page_shows():
    could = (Candidate(0, "cache-0", 3, 0.12345678, BACK), Candidate(2, "cache-2", 61, 1.0, UP))
    choice = Choice(0, {0: 3, 2: 61}, (0.25, 0.75), (0, 2))
    one = sample(3, choice, candidates=could, turns=(Shadow("round_robin", 2),), every=75)
    assert packed(one, names(3), orders(2, **{"cache-0": "frozen"})) == {
        "id": "c0ffee00-9",
        "number": 9,
        "at": 1_700_000_000_123.457,
        "key": 7,
        "policy": "p2c",
        "node": "cache-0",
        "ready": 2,
        "candidates": [
            {
                "name": "cache-0",
                "number": 1,
                "in_flight": 3,
                "weight": 0.1235,
                "stand": {"state": "starting", "code": "ejection_over", "figures": {"seconds": 30}},
                "condition": "frozen",
                "score": 3,
            },
            {
                "name": "cache-2",
                "number": None,
                "in_flight": 61,
                "weight": 1.0,
                "stand": {"state": "up", "code": "present", "figures": {}},
                "condition": "",
                "score": 61,
            },
        ],
        "drawn": [0.25, 0.75],
        "considered": ["cache-0", "cache-2"],
        "turns": [{"policy": "round_robin", "node": "cache-2"}],
        "end": "answered",
        "sent_ms": 0.1,
        "first_ms": 1.1,
        "latency_ms": 2.6,
        "every": 75,
    }


def test_of_many_nodes_those_that_were_drawn_and_the_least_busy_are_kept():
    kept = packed(sample(500, Choice(3, {3: 497, 7: 493}, (0.1, 0.2), (7, 3))), names(500), orders(500))
    assert kept["ready"] == 500
    assert len(kept["candidates"]) == MOST_CANDIDATES
    shown = [one["name"] for one in kept["candidates"]]
    assert shown == ["cache-3", "cache-7", *(f"cache-{place}" for place in range(402, 500))]


def test_of_many_nodes_that_were_all_compared_the_lowest_scores_are_kept():
    scores = {place: float(place) for place in range(500)}
    kept = packed(sample(500, Choice(450, scores, (), tuple(range(500)))), names(500), orders(500))
    shown = [one["name"] for one in kept["candidates"]]
    assert shown == [*(f"cache-{place}" for place in range(99)), "cache-450"]
    assert len(kept["considered"]) == MOST_CANDIDATES
    assert kept["considered"][-1] == "cache-450"


def test_a_key_that_walked_past_a_node_that_is_gone_names_it():
    could = (Candidate(2, "cache-2", 0, 1.0, UP),)
    kept = packed(sample(3, Choice(2, considered=(1, 2)), candidates=could), names(3), orders(3))
    assert kept["considered"] == ["cache-1", "cache-2"]
    assert [one["name"] for one in kept["candidates"]] == ["cache-2"]


def test_what_is_in_flight_is_not_handed_over():
    with pytest.raises(ValueError, match="in flight"):
        packed(sample(2, Choice(0), end=None), names(2), orders(2))
