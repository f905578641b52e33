"""How often a program is started: the limit, the pauses, and when to give up."""

import itertools

import pytest

from fleet.pace import MINUTE_S, Pace


def pace(**given):
    return Pace(
        **{"starts_a_minute": 3, "first_pause_s": 0.5, "longest_pause_s": 10, "deaths": 3, "within_s": 60, **given}
    )


def pauses(of, *times):
    """The pause after a death at each of the times."""
    found = []
    for now in times:
        of.died(now)
        found.append(of.next_start(now) - now)
    return found


def test_the_first_start_is_at_once():
    assert pace().next_start(5.0) == 5.0
    assert pace().may_start(5.0)


def test_no_minute_has_more_starts_than_the_cap():
    ours, now, starts = pace(), 0.0, []
    for _ in range(50):
        now = ours.next_start(now)
        assert ours.may_start(now)
        ours.started(now)
        starts.append(now)
        now += 0.5
    for first in starts:
        assert sum(first <= start < first + MINUTE_S for start in starts) <= 3
    # And nothing is held back that the cap allows.
    assert starts[:4] == [0.0, 0.5, 1.0, MINUTE_S]
    assert all(after - before in {0.5, 59.0} for before, after in itertools.pairwise(starts))


def test_pauses_double_up_to_the_longest_though_it_is_hopeless_by_then():
    assert pauses(pace(), *(100 + n for n in range(8))) == [0.5, 1, 2, 4, 8, 10, 10, 10]


def test_the_pause_starts_at_the_death_and_is_not_shortened_by_waiting():
    ours = pace()
    pauses(ours, 0, 59)
    assert ours.next_start(59) == 60
    assert not ours.may_start(59.9)
    # The first death is not recent any more, and yet the pause that it doubled stays as long as it was.
    assert pauses(ours, 59.9) == [2]
    assert ours.next_start(60.5) == 61.9
    assert ours.next_start(70) == 70


def test_old_deaths_double_nothing():
    assert pauses(pace(), 0, 60, 200) == [0.5, 0.5, 0.5]


def test_the_cap_holds_after_a_pause_too():
    ours = pace()
    for now in (0, 1, 2):
        ours.started(now)
    assert pauses(ours, 3) == [57]


@pytest.mark.parametrize(
    ("deaths", "now", "hopeless"),
    [
        ((0, 1), 1, False),
        ((0, 1, 2), 2, True),
        ((0, 30, 59.9), 59.9, True),
        ((0, 30, 60), 60, False),
        ((0, 1, 2), 59.9, True),
        ((0, 1, 2), 60, False),
        ((0, 50, 55, 70), 70, True),
        ((0, 50, 62, 111), 111, False),
    ],
)
def test_it_is_hopeless_after_so_many_deaths_in_so_short_a_time(deaths, now, hopeless):
    ours = pace()
    pauses(ours, *deaths)
    assert ours.is_hopeless(now) is hopeless


def test_a_crash_loop_of_days_needs_no_more_memory_nor_larger_numbers():
    ours = pace(longest_pause_s=0.01, within_s=60)
    assert max(pauses(ours, *(n * 0.01 for n in range(20_000)))) == pytest.approx(0.01)
    assert len(ours._deaths) <= 6_001
