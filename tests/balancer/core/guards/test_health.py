"""Health by rise and fall, counted as HAProxy does."""

from hypothesis import given
from hypothesis import strategies as st

from balancer.core.guards.health import Checks, Health
from balancer.core.guards.standing import Code, Reason, Standing, State


def health(rules: Checks | None = None) -> Health:
    return Health(rules or Checks(), Standing(State.UP, Reason(Code.JOINED), 5.0))


def checked(story: str, rules: Checks | None = None) -> Health:
    """Makes one check a second from 10 s on: + passes, - fails."""
    one = health(rules)
    for second, sign in enumerate(story, 10):
        one.checked(float(second), ok=sign == "+")
    return one


def test_the_defaults_are_haproxys():
    assert Checks() == Checks(every_s=2.0, fall=3, rise=2)


def test_three_failed_checks_in_a_row_take_a_node_down():
    assert checked("+--").standing == Standing(
        State.SUSPECTED, Reason(Code.CHECKS_FAILED, {"failed": 2, "fall": 3}), 11.0
    )
    down = checked("+---")
    assert down.standing == Standing(State.DOWN, Reason(Code.CHECKS_FAILED, {"failed": 3, "fall": 3}), 13.0)
    assert not down.up


def test_one_passed_check_takes_the_failed_ones_away():
    one = checked("+--+--")
    assert one.up
    assert one.standing.state is State.SUSPECTED


def test_two_passed_checks_in_a_row_bring_it_up_again():
    assert not checked("+---+").up
    assert not checked("+---+-+").up
    up = checked("+---+-++")
    assert up.standing == Standing(State.UP, Reason(Code.CHECKS_PASSED, {"passed": 2, "rise": 2}), 17.0)


def test_who_is_back_has_to_fail_three_times_again():
    assert checked("+---++--").up
    assert not checked("+---++---").up


def test_the_first_check_of_a_new_node_decides_alone():
    assert not checked("-").up
    assert checked("+").standing == Standing(State.UP, Reason(Code.CHECKS_PASSED, {"passed": 1, "rise": 2}), 5.0)


def test_a_node_stays_down_since_it_went_down():
    down = checked("+-----")
    assert down.standing.since == 13.0
    assert down.standing.reason.figures["failed"] == 5


def naive(story: list[bool], fall: int, rise: int) -> bool:
    """Whether it is up: counts equal results in a row since the last change of state. The first check decides alone."""
    up, row = story[0], 0
    if not up:
        row = 0
    for ok in story[1:]:
        row = 0 if ok is up else row + 1
        if row == (fall if up else rise):
            up, row = not up, 0
    return up


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.integers(1, 5), st.integers(2, 5))
def test_it_is_the_same_as_counting_in_a_row(story, fall, rise):
    one = health(Checks(fall=fall, rise=rise))
    for second, ok in enumerate(story):
        one.checked(float(second), ok=ok)
    assert one.up is naive(story, fall, rise)
    assert one.up is (one.standing.state is not State.DOWN)
