"""Which samples are kept, and for how long."""

from balancer.core.policy import Choice
from balancer.traffic.sampled import MOST_RECENT, MOST_SLOW, Candidate, Request, Sample, Samples
from balancer.traffic.tally import Count


def sample(number: int) -> Sample:
    return Sample(Request(number, number / 10, 7), "p2c", Choice(1), (Candidate(1, "b", 3, 1.0),))


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
