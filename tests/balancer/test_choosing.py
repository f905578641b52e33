"""The sentence that says why: for every policy that drives, from the choice that the policy itself gives."""

from __future__ import annotations

import pytest

from balancer.choosing import score_words, why_words
from balancer.core.draws import draws
from balancer.core.explained import Explained
from balancer.core.named import POLICIES, policy
from balancer.core.policy import Sight
from balancer.core.pool import Member, Pool
from tests.balancer.explaining import candidate, explained

DRIVING = [name for name, kind in POLICIES.items() if Sight.WORK not in kind.sight]


def of(name: str, in_flight: list[int], weights: list[float] | None = None, key: int = 7, **given) -> Explained:
    """A request that the policy of this name picked for."""
    pool = Pool(Member(f"cache-{n}", weight) for n, weight in enumerate(weights or [1.0] * len(in_flight), 1))
    pool.in_flight[:] = in_flight
    given.setdefault("ready", pool.ready)
    pool.ready = given.pop("ready")
    one = policy(name, pool, draws(given.pop("seed", 5)), given.pop("options", {}))
    for place, latency in given.pop("latencies", {}).items():
        one.answered(place, 0.0, latency, ok=True)
    choice = one.why(key, 0.0)
    names = pool.names
    return explained(
        policy=name,
        node=names[choice.place],
        ready=len(pool.ready),
        candidates=[
            candidate(place + 1, pool.in_flight[place], weight=pool.weights[place], score=choice.scores.get(place))
            for place in pool.ready
        ],
        drawn=list(choice.drawn),
        considered=[names[place] for place in choice.considered],
    )


@pytest.mark.parametrize("name", DRIVING)
@pytest.mark.parametrize("in_flight", [[4, 61, 2], [1, 1, 1]])
def test_every_policy_says_which_node_and_why(name, in_flight):
    one = of(name, in_flight)
    words = why_words(one)
    assert one["node"] in words
    assert words.endswith(".")
    assert "%(" not in words
    assert all(score_words(one, each["score"]) for each in one["candidates"])


@pytest.mark.parametrize("name", DRIVING)
def test_with_one_ready_node_there_was_no_choice(name):
    assert why_words(of(name, [3, 3], ready=[1])) == "cache-2 was the only ready node."


def test_two_choices_as_on_the_page():
    said = "The two draws were cache-3 with 4 in flight and cache-2 with 61. The shorter line won."
    assert why_words(explained()) == said


def test_two_draws_of_one_node_and_of_equal_nodes():
    same = explained(considered=["cache-3", "cache-3"])
    assert why_words(same) == "Both draws picked cache-3, with 4 in flight, so there was nothing to compare."
    equal = explained(considered=["cache-1", "cache-5"], node="cache-1")
    said = "The two draws were cache-1 and cache-5, each with 2 in flight. The first draw won."
    assert why_words(equal) == said


def test_ties_of_the_least_busy_are_named():
    assert why_words(of("jsq", [4, 2, 9])) == "cache-2 had the fewest in flight of all 3 nodes: 2."
    said = "cache-1 and cache-3 had the fewest in flight, 2 each. It was cache-1's turn."
    assert why_words(of("least_connections", [2, 4, 2])) == said
    said = "cache-1 and cache-2, cache-3 and cache-4 had the fewest in flight, 2 each. It was cache-1's turn."
    assert why_words(of("jsq", [2, 2, 2, 2])) == said
    said = "cache-1 and cache-2, cache-3 and 2 others had the fewest in flight, 2 each. It was cache-1's turn."
    assert why_words(of("jsq", [2, 2, 2, 2, 2])) == said
    said = "cache-2 had the fewest in flight for its weight: 4."
    assert why_words(of("least_connections", [3, 4], [1.0, 2.0])) == said


def test_a_key_that_walks_past_nodes_says_which():
    ring = of("ring", [0, 0, 0])
    assert why_words(ring) == f"{ring['node']} is the first node clockwise from the hash of the key."
    away = int(ring["node"][-1]) - 1
    rest = [place for place in range(3) if place != away]
    past = of("ring", [0, 0, 0], ready=rest)
    said = f"Clockwise from the hash of the key, {ring['node']} came first but was not ready. {past['node']} came next."
    assert why_words(past) == said
    loads = [50 if place == away else 0 for place in range(3)]
    bounded = of("bounded_ring", loads)
    assert f"{ring['node']} came first but was full or not ready. {bounded['node']} was next." in why_words(bounded)
    assert score_words(bounded, 1.2345) == "1.23 of its limit"


def test_costs_are_milliseconds():
    one = of("peak_ewma", [1, 1], latencies={0: 0.0042, 1: 0.02}, seed=3)
    said = "The two draws were cache-1 (expected latency 8.4 ms) and cache-2 (40.0 ms). The lower cost won."
    assert why_words({**one, "considered": sorted(one["considered"])}) == said
    unknown = of("peak_ewma", [1, 1])
    assert "no answer yet" in why_words(unknown)


def test_what_was_not_compared_has_no_score():
    assert score_words(explained(), None) == "not drawn"
    assert score_words(explained(drawn=[]), None) == "none"
    assert score_words(explained(), 61) == "61"


def test_a_sticky_key_stays_and_a_new_one_is_given_a_node():
    new = of("sticky", [4, 2])
    assert (
        why_words(new) == "This was the first request for the key. cache-2 had the fewest in flight of all 2 nodes: 2."
    )
    known = {**new, "candidates": [{**each, "score": None} for each in new["candidates"]]}
    assert why_words(known) == "Earlier requests for this key went to cache-2, so this one did too."  # type: ignore[arg-type]
