"""Which samples are kept, and for how long."""

from itertools import islice, pairwise

import pytest

from balancer.core.guards.standing import Code, Reason, Standing, State
from balancer.core.policy import Choice
from balancer.traffic.sampled import MOST_RECENT, MOST_SLOW, Candidate, Request, Sample, Samples, Spacing
from balancer.traffic.settings import Settings, between_samples
from balancer.traffic.stream import Stream
from balancer.traffic.tally import Count

UP = Standing(State.UP, Reason(Code.PRESENT), 0.0)


def sample(number: int) -> Sample:
    could = (Candidate(1, "b", 3, 1.0, UP),)
    return Sample("run", Request(number, number / 10, 7), 1_700_000_000.0, "p2c", Choice(1), could)


def test_the_newest_and_the_slowest_are_kept():
    samples = Samples()
    for number in range(1000):
        # The slowest by far come first, and are no longer among the newest.
        samples.ended(samples.keep(sample(number)), 1000 - number, Count.ANSWERED)
    assert [one.request.number for one in samples.recent()] == list(range(999, 999 - MOST_RECENT, -1))
    assert [one.request.number for one in samples.slowest()] == list(range(MOST_SLOW))


def test_what_is_in_flight_has_no_end_yet():
    samples = Samples()
    kept = samples.keep(sample(1))
    assert str(kept.latency_s) == str(kept.end) == "None"
    assert samples.slowest() == []
    samples.ended(kept, 0.5, Count.LOST)
    assert (kept.latency_s, kept.end, kept.node) == (0.5, Count.LOST, "b")


def test_clearing_forgets_all():
    samples = Samples()
    samples.ended(samples.keep(sample(1)), 0.5, Count.ANSWERED)
    samples.clear()
    assert list(samples.recent()) == samples.slowest() == []


def test_what_has_ended_is_taken_once_also_after_other_settings():
    samples = Samples()
    one, other = samples.keep(sample(1)), samples.keep(sample(2))
    samples.ended(other, 0.1, Count.ANSWERED)
    assert samples.take() == [other]
    assert samples.take() == []
    samples.clear()
    samples.ended(one, 9.0, Count.ANSWERED)
    assert samples.take() == [one]
    assert samples.slowest() == [], "it belongs to the settings before"


def numbers(every: int):
    spacing, number = Spacing(every), 0
    while True:
        yield number
        number = spacing.after(number)


@pytest.mark.parametrize("every", [1, 2, 75, 1_000])
def test_one_request_in_n_is_sampled_at_uneven_distances(every):
    taken = list(islice(numbers(every), 4_001))
    assert taken[0] == 0
    assert taken[-1] / 4_000 == pytest.approx(every, rel=0.05)
    assert all(0 < later - one < 2 * every for one, later in pairwise(taken))
    turns = {number % 5 for number in taken}
    assert turns == {0, 1, 2, 3, 4}, "round robin over five nodes: each of them is seen"


@pytest.mark.parametrize(("rate", "every"), [(1, 1), (20, 1), (29, 1), (31, 2), (1_500, 75), (100_000, 5_000)])
def test_about_twenty_a_second_are_sampled_at_any_rate(rate, every):
    assert between_samples(rate) == every
    Settings(rate=rate, sample=every)


def test_no_two_streams_have_one_name():
    assert len({Stream(Settings(), 0.0).name for _ in range(50)}) == 50
