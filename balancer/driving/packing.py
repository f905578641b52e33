"""Prepares a sample for storage: nodes by name, and no more of them than a page can show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from balancer.core import explained
from balancer.core.explained import Explained, Turn
from balancer.core.policy import Choice
from balancer.driving.orders import Orders
from balancer.driving.telling import stand_of
from balancer.traffic.sampled import Candidate, Sample

MOST_CANDIDATES: Final = 100


def packed(sample: Sample, names: Sequence[str], orders: Orders) -> Explained:
    """Packs a finished sample. `names` are the pool's names by place. O(candidates log candidates).

    If there are more than MOST_CANDIDATES nodes, keeps those that the policy considered, then those with the lowest
    scores or, without scores, the fewest requests in flight.
    """
    if sample.end is None or sample.latency_s is None:
        raise ValueError(f"request {sample.request.number} is in flight")
    choice = sample.choice
    shown = _shown(sample.candidates, choice)
    return Explained(
        id=f"{sample.run}-{sample.request.number}",
        number=sample.request.number,
        at=round(sample.at_s * 1000, 3),
        key=sample.request.key,
        policy=sample.policy,
        node=names[choice.place],
        ready=len(sample.candidates),
        candidates=[_candidate(one, choice.scores.get(one.place), orders) for one in shown],
        drawn=list(choice.drawn),
        considered=[names[place] for place in _bounded(choice)],
        turns=[Turn(policy=turn.policy, node=names[turn.place]) for turn in sample.turns],
        end=sample.end.name.lower(),
        sent_ms=_ms(sample.sent_s),
        first_ms=None if sample.first_s is None else _ms(sample.first_s),
        latency_ms=_ms(sample.latency_s),
        every=sample.every,
    )


def _shown(candidates: Sequence[Candidate], choice: Choice) -> Sequence[Candidate]:
    if len(candidates) <= MOST_CANDIDATES:
        return candidates
    considered = set(choice.considered) if len(choice.considered) <= MOST_CANDIDATES else ()

    def worth(one: Candidate) -> tuple[bool, bool, float]:
        compared = choice.scores.get(one.place, one.in_flight)
        return one.place != choice.place, one.place not in considered, compared

    return sorted(sorted(candidates, key=worth)[:MOST_CANDIDATES], key=lambda one: one.place)


def _bounded(choice: Choice) -> Sequence[int]:
    """At most MOST_CANDIDATES of the considered nodes, always including the picked one."""
    if len(choice.considered) <= MOST_CANDIDATES:
        return choice.considered
    others = [place for place in choice.considered if place != choice.place]
    return [*others[: MOST_CANDIDATES - 1], choice.place]


def _candidate(one: Candidate, score: float | None, orders: Orders) -> explained.Candidate:
    return explained.Candidate(
        name=one.name,
        number=orders.numbers.get(one.name),
        in_flight=one.in_flight,
        weight=round(one.weight, 4),
        stand=stand_of(one.standing),
        condition=orders.conditions.get(one.name, ""),
        score=score,
    )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
