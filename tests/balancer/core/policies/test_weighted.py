"""Smooth weighted round robin, and least connections by weight."""

import pytest

from balancer.core.draws import draws
from balancer.core.policies.d_choices import SeveralChoices
from balancer.core.policies.least_connections import LeastConnections
from balancer.core.policies.smooth_wrr import SmoothRoundRobin
from tests.balancer.core.policies.invariants import picks, pool_of


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ((5, 1, 1), "aabacaa"),
        ((4, 3, 2), "abcabacba"),
        ((1, 1, 1), "abcabc"),
        ((2.5, 0.5, 0.5), "aabacaa"),
        ((1, 3), "babbbabb"),
    ],
)
def test_smooth_turns_are_those_of_nginx(weights, expected):
    one = SmoothRoundRobin(pool_of(*weights), draws(1))
    assert "".join("abc"[place] for place in picks(one, len(expected))) == expected


def test_smooth_turns_leave_out_a_node_that_is_not_ready():
    pool = pool_of(5, 1, 1)
    one = SmoothRoundRobin(pool, draws(1))
    pool.ready = [1, 2]
    one.changed()
    assert picks(one, 4) == [1, 2, 1, 2]


def test_smooth_turns_follow_a_weight_that_grows():
    pool = pool_of(1, 1)
    one = SmoothRoundRobin(pool, draws(1))
    pool.weights[1] = 0.25
    one.changed()
    assert picks(one, 5).count(1) == 1
    pool.weights[1] = 1.0
    one.changed()
    assert picks(one, 10).count(1) in (4, 5, 6)


def test_a_smooth_turn_tells_what_each_lacked():
    one = SmoothRoundRobin(pool_of(5, 1, 1), draws(1))
    assert picks(one, 2) == [0, 0]
    choice = one.why(0, 0.0)  # credits before the turn: -4, 2, 2; with the weights: 1, 3, 3
    assert (choice.place, choice.scores) == (1, {0: 6, 1: 4, 2: 4})


def test_least_connections_counts_the_request_to_come_as_haproxy_does():
    pool = pool_of(1, 4)
    one = LeastConnections(pool, draws(1))
    pool.in_flight[:] = [1, 6]  # 2 / 1 against 7 / 4; without the coming request, 1 against 1.5
    choice = one.why(0, 0.0)
    assert (choice.place, choice.scores) == (1, {0: 2, 1: 1.75})


def test_least_connections_compares_what_is_in_flight_where_weights_are_equal():
    pool = pool_of(3, 3)
    one = LeastConnections(pool, draws(1))
    pool.in_flight[:] = [2, 1]
    choice = one.why(0, 0.0)
    assert (choice.place, choice.scores) == (1, {0: 2, 1: 1})
    pool.weights[0] = 6
    one.changed()
    assert one.why(0, 0.0).scores == {0: 0.5, 1: pytest.approx(2 / 3)}


def test_least_connections_gives_idle_nodes_turns_whatever_their_weight():
    assert picks(LeastConnections(pool_of(1, 4, 2), draws(1)), 4) == [0, 1, 2, 0]


def test_least_connections_gives_nodes_turns_that_are_equal_for_their_weight():
    pool = pool_of(1, 3, 1)
    pool.in_flight[:] = [1, 5, 1]  # 2 each
    assert picks(LeastConnections(pool, draws(1)), 4) == [0, 1, 2, 0]


def test_several_choices_draw_as_often_as_d_says():
    pool = pool_of(*[1] * 50)
    pool.in_flight[:] = [place % 7 for place in range(50)]
    choice = SeveralChoices(pool, draws(1), {"d": 5}).why(0, 0.0)
    assert (len(choice.drawn), len(choice.considered)) == (5, 5)
    assert choice.scores[choice.place] == min(pool.in_flight[place] for place in choice.considered)


def test_the_bias_says_how_much_requests_in_flight_count_where_weights_differ():
    pool = pool_of(1, 4)
    pool.in_flight[:] = [0, 7]
    scores = {}
    for bias in (0, 1, 2):
        one = SeveralChoices(pool, draws(1), {"d": 100, "bias": bias})
        scores[bias] = dict(sorted(one.why(0, 0.0).scores.items()))
    assert scores == {0: {0: 1, 1: 0.25}, 1: {0: 1, 1: 2}, 2: {0: 1, 1: 16}}
