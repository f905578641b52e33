"""All guards of a pool together: which nodes are ready, their weights, and the standing of each."""

import pytest

from balancer.core.guards.eligible import MOST_NEWS, Rules
from balancer.core.guards.limits import Limits
from balancer.core.guards.panic import Resort
from balancer.core.guards.slow_start import SlowStart
from balancer.core.guards.standing import Code, Reason, Standing, State
from tests.balancer.core.guards.guarded import Guarded


def test_the_first_members_are_up_at_their_full_weight():
    one = Guarded()
    assert one.pool.ready == [0, 1, 2, 3, 4]
    assert one.pool.weights == [1.0] * 5
    assert one.guards.standing(0) == Standing(State.UP, Reason(Code.PRESENT), 0.0)
    assert one.policy.times == 0


def test_a_node_that_keeps_failing_is_ejected_returns_slowly_and_is_out_for_longer_next_time():
    one = Guarded()
    one.ticks(1.0)
    one.fails(2)
    assert one.pool.ready == [0, 1, 3, 4]
    assert one.guards.standing(2) == Standing(
        State.EJECTED, Reason(Code.FAILURES_IN_A_ROW, {"failures": 5, "seconds": 30.0, "times": 1}), 1.0
    )
    one.ticks(30.9)
    assert one.state(2) is State.EJECTED
    one.ticks(31.0)
    assert one.pool.ready == [0, 1, 2, 3, 4]
    assert one.pool.weights[2] == pytest.approx(0.1)
    assert one.guards.standing(2) == Standing(State.STARTING, Reason(Code.EJECTION_OVER, {"seconds": 30.0}), 31.0)
    one.ticks(36.0)
    one.fails(2)
    assert one.guards.standing(2).reason.figures["seconds"] == 60.0
    one.ticks(95.9)
    assert one.state(2) is State.EJECTED
    one.ticks(111.0)
    assert one.pool.weights[2] == pytest.approx(0.5)
    one.ticks(126.0)
    assert one.pool.weights[2] == 1.0
    assert one.guards.standing(2) == Standing(State.UP, Reason(Code.EJECTION_OVER, {"seconds": 60.0}), 126.0)


def test_the_policy_is_told_when_something_changed_and_only_then():
    one = Guarded()
    one.ticks(5.0)
    one.checks(0, "+")
    one.fails(0, times=4)
    one.guards.answered(0, 5.0, ok=True)
    one.checks(0, "-")  # suspected, but still ready
    assert one.policy.times == 0
    one.fails(0)
    assert one.policy.times == 1
    assert one.policy.seen[1] == [1, 2, 3, 4]
    one.ticks(35.0)
    assert one.policy.times == 2
    assert one.policy.seen[1:] == ([0, 1, 2, 3, 4], [pytest.approx(0.1), 1, 1, 1, 1])
    one.ticks(80.0)
    assert one.policy.times == 2 + 18  # 0.15, 0.2, ... 1


def test_checks_take_a_node_down_and_bring_it_back():
    one = Guarded()
    one.checks(1, "+--")
    assert one.state(1) is State.SUSPECTED
    assert one.pool.ready == [0, 1, 2, 3, 4]
    one.ticks(4.0)
    one.checks(1, "-")
    assert one.pool.ready == [0, 2, 3, 4]
    assert one.guards.standing(1) == Standing(State.DOWN, Reason(Code.CHECKS_FAILED, {"failed": 3, "fall": 3}), 4.0)
    one.ticks(8.0)
    one.checks(1, "++")
    assert one.pool.ready == [0, 1, 2, 3, 4]
    assert one.guards.standing(1) == Standing(State.STARTING, Reason(Code.CHECKS_PASSED, {"passed": 2, "rise": 2}), 8.0)


def test_a_join_is_news_with_a_slow_start_and_without():
    for window_s, state in ((30.0, State.STARTING), (0.0, State.UP)):
        one = Guarded(1, Rules(slow_start=SlowStart(window_s=window_s)))
        one.guards.join("new", 2.0)
        assert [(change.place, change.standing) for change in one.guards.news()] == [
            (1, Standing(state, Reason(Code.JOINED), 2.0))
        ]


def test_a_node_that_is_down_and_ejected_is_ready_when_both_are_over():
    one = Guarded()
    one.fails(1)
    one.checks(1, "+---")
    assert one.state(1) is State.DOWN
    one.checks(1, "++")
    assert one.state(1) is State.EJECTED
    one.checks(1, "---")
    one.ticks(40.0)
    assert one.state(1) is State.DOWN
    assert one.pool.ready == [0, 2, 3, 4]
    one.checks(1, "++")
    assert one.state(1) is State.STARTING
    assert one.pool.weights[1] == pytest.approx(0.1)


def test_without_slow_start_a_node_is_back_at_once():
    one = Guarded(rules=Rules(slow_start=SlowStart(window_s=0.0)))
    one.fails(1)
    one.ticks(30.0)
    assert one.state(1) is State.UP
    assert one.code(1) is Code.EJECTION_OVER
    assert one.pool.weights[1] == 1.0


def test_when_fewer_than_half_are_healthy_all_are_used_and_it_says_so():
    one = Guarded()
    one.ticks(3.0)
    for place in (0, 1):
        one.checks(place, "-")
    assert one.guards.alarm.resort is Resort.NONE
    one.checks(2, "-")
    assert one.pool.ready == [0, 1, 2, 3, 4]
    assert (one.guards.alarm.resort, one.guards.alarm.healthy, one.guards.alarm.known) == (Resort.ALL, 2, 5)
    one.ticks(4.0)
    one.checks(3, "-")
    assert (one.guards.alarm.healthy, one.guards.alarm.since) == (1, 3.0)
    one.checks(3, "++")
    one.checks(2, "++")
    assert one.pool.ready == [2, 3, 4]
    assert (one.guards.alarm.resort, one.guards.alarm.since) == (Resort.NONE, 4.0)


def test_without_panic_nobody_is_ready_when_all_are_down_and_requests_are_refused():
    one = Guarded(2, Rules(panic_threshold=0.0))
    for place in (0, 1):
        one.checks(place, "-")
    assert one.pool.ready == []
    assert one.guards.refusal(0) == Reason(Code.NO_NODE, {"known": 2})


def test_without_panic_the_ejected_are_used_before_nobody_is():
    one = Guarded(2, Rules(panic_threshold=0.0))
    one.fails(0)
    one.checks(1, "-")
    assert one.pool.ready == [0]
    assert one.guards.alarm.resort is Resort.EJECTED


def test_a_node_that_joins_starts_slowly():
    one = Guarded(2)
    one.ticks(1.0)
    place = one.guards.join("new", 1.0, weight=4.0)
    assert place == 2
    assert one.pool.names == ["n0", "n1", "new"]
    assert one.pool.ready == [0, 1, 2]
    assert one.pool.weights == [1, 1, pytest.approx(0.4)]
    assert one.guards.standing(2) == Standing(State.STARTING, Reason(Code.JOINED), 1.0)
    assert one.policy.seen == (one.pool.names, [0, 1, 2], one.pool.weights)
    one.ticks(31.0)
    assert one.pool.weights[2] == 4.0
    assert one.state(2) is State.UP


def test_a_node_that_leaves_gets_nothing_new_and_is_gone_when_all_is_answered():
    one = Guarded()
    one.pool.in_flight[1] = 2
    one.guards.leave(1, 0.0)
    one.ticks(1.0)
    assert one.pool.ready == [0, 2, 3, 4]
    assert one.guards.standing(1) == Standing(State.LEAVING, Reason(Code.ASKED), 0.0)
    one.pool.in_flight[1] = 0
    one.ticks(1.1)
    assert one.guards.standing(1) == Standing(State.GONE, Reason(Code.ASKED), 1.1)
    one.guards.leave(1, 1.1, Code.CONVICTED)
    assert one.code(1) is Code.ASKED


def test_nothing_is_sent_to_a_node_after_its_verdict_even_in_a_panic():
    one = Guarded()
    for place in range(4):
        one.guards.leave(place, 0.0, Code.CONVICTED)
    one.checks(4, "-")
    assert one.guards.alarm.resort is Resort.ALL
    assert one.pool.ready == [4]


def test_a_node_that_comes_back_has_its_place_and_nothing_held_against_it():
    one = Guarded()
    one.fails(1)
    one.guards.leave(1, 0.0, Code.CONVICTED)
    one.ticks(2.0)
    assert one.state(1) is State.GONE
    assert one.guards.join("n1", 2.0) == 1
    assert one.pool.names == ["n0", "n1", "n2", "n3", "n4"]
    assert one.pool.ready == [0, 1, 2, 3, 4]
    assert one.pool.weights[1] == pytest.approx(0.1)
    one.fails(1)
    assert one.guards.standing(1).reason.figures["seconds"] == 30.0


def test_a_node_that_joins_anew_without_having_left_is_not_ejected_any_more():
    one = Guarded()
    one.fails(1)
    one.guards.join("n1", 0.0)
    assert one.state(1) is State.STARTING
    one.ticks(30.0)
    assert one.code(1) is Code.JOINED


def test_the_heartbeats_of_before_it_left_are_not_asked_of_a_node_that_is_back():
    one = Guarded()
    one.guards.heard("n1", 0.0)
    one.guards.leave(1, 0.0)
    one.guards.join("n1", 0.0)
    one.ticks(10.0)
    assert one.state(1) is State.STARTING


def test_a_node_is_there_while_its_heartbeats_come():
    one = Guarded(1)
    for second in range(10):
        assert one.guards.heard("beating", one.now, 2.0) == 1
        one.ticks(second + 1.0)
    assert one.pool.ready == [0, 1]
    assert one.state(1) is State.STARTING
    one.ticks(10.9)
    assert one.state(1) is State.SUSPECTED
    assert one.code(1) is Code.HEARTBEAT_LATE
    assert one.pool.ready == [0, 1]
    one.ticks(12.0)
    assert one.pool.ready == [0]
    assert one.guards.standing(1).reason == Reason(Code.HEARTBEAT_LOST, {"silent": 3.0, "ttl": 3.0})
    assert one.guards.heard("beating", 12.0) == 1
    assert one.pool.ready == [0, 1]
    assert one.pool.weights[1] == pytest.approx(0.2)  # a tenth of its earlier weight
    assert one.guards.standing(1) == Standing(State.STARTING, Reason(Code.JOINED), 12.0)


def test_a_late_heartbeat_ends_the_suspicion():
    one = Guarded(1)
    one.guards.heard("n0", 0.0)
    one.ticks(2.5)
    assert one.state(0) is State.SUSPECTED
    one.guards.heard("n0", 2.5)
    assert one.guards.standing(0) == Standing(State.UP, Reason(Code.HEARTBEAT_BACK, {"silent": 2.5}), 2.5)


def test_a_member_that_never_sent_a_heartbeat_does_not_leave_for_want_of_one():
    one = Guarded(2)
    one.ticks(60.0)
    assert one.pool.ready == [0, 1]


@pytest.mark.parametrize("code", [Code.ASKED, Code.CONVICTED])
def test_a_heartbeat_does_not_bring_back_a_node_that_was_made_to_leave(code):
    one = Guarded(2)
    one.guards.heard("n0", 0.0)
    one.guards.leave(0, 0.0, code)
    assert one.guards.heard("n0", 0.5) == 0
    one.ticks(1.0)
    assert one.pool.ready == [1]
    assert one.code(0) is code


def test_a_new_weight_counts_at_once_and_a_start_goes_on():
    one = Guarded(2)
    one.guards.weigh(0, 0.0, 3.0)
    assert one.pool.weights == [3.0, 1.0]
    assert one.policy.times == 1
    one.fails(0)
    one.ticks(45.0)
    one.guards.weigh(0, one.now, 8.0)
    assert one.pool.weights[0] == pytest.approx(4.0)


def test_a_request_beyond_the_limits_is_refused():
    one = Guarded(2, Rules(limits=Limits(requests=10, of_node=3)))
    one.pool.in_flight[1] = 3
    assert one.guards.refusal(9) is None
    refused = one.guards.refusal(10)
    assert refused
    assert refused.code is Code.TOO_MANY_REQUESTS
    assert one.guards.refusal_of_node(0) is None
    full = one.guards.refusal_of_node(1)
    assert full
    assert full.code is Code.NODE_FULL


def test_the_news_are_each_change_once_in_order():
    one = Guarded()
    one.fails(3)
    one.ticks(60.0)
    assert [(change.place, change.standing.state) for change in one.guards.news()] == [
        (3, State.EJECTED),
        (3, State.STARTING),
        (3, State.UP),
    ]
    assert one.guards.news() == []


def test_a_node_that_stays_down_is_no_news():
    one = Guarded()
    one.checks(0, "+---")
    one.guards.news()
    one.checks(0, "---")
    assert one.guards.news() == []
    assert one.guards.standing(0).reason.figures["failed"] == 6


def test_news_that_nobody_takes_are_bounded():
    one = Guarded()
    one.checks(0, "+")
    for _ in range(MOST_NEWS):
        one.checks(0, "-+")
    assert len(one.guards.news()) == MOST_NEWS
