"""What each policy reached on one stream, part by part."""

from typing import Any

import pytest

from balancer.traffic.reached import MOST, SPAN_S, Driven, Reached
from balancer.traffic.tally import Tally

STREAM, CALM = ("rate", 100), ("calm",)


class Driving:
    """Parts of half a second, each with answers of one latency."""

    def __init__(self) -> None:
        self.reached = Reached()
        self.counting = Tally()
        self.counting.add()
        self.now = 0.0

    def run(self, policy: str, latency_s: float, seconds: float, **more: Any) -> None:
        """So long under this policy."""
        for _ in range(round(seconds * 2)):
            stream, around = more.get("stream", STREAM), more.get("around", CALM)
            self.reached.under(stream, policy, more.get("options", {}), around, self.now)
            self.now += 0.5
            self.counting.latencies[0] += [latency_s] * 10
            self.reached.add(self.counting.take(0.5, []), self.now)

    def told(self) -> dict[str, Driven]:
        return {one.policy: one for one in self.reached.told()}


def test_a_policy_keeps_what_it_reached_when_another_one_takes_over():
    driving = Driving()
    driving.run("slow", 0.25, 6)
    driving.run("fast", 0.004, 4)
    assert list(driving.told()) == ["slow", "fast"]
    assert driving.told()["slow"].p99_ms == pytest.approx(250, rel=0.02)
    assert driving.told()["fast"].p99_ms == pytest.approx(4, rel=0.02)
    assert (driving.told()["slow"].at, driving.told()["fast"].at) == (6.0, 10.0)


def test_the_first_second_of_a_policy_is_left_out_as_it_answers_for_the_one_before():
    driving = Driving()
    driving.run("slow", 0.25, 6)
    driving.run("fast", 0.25, 1)
    assert driving.told()["fast"].p99_ms is None
    driving.run("fast", 0.004, 3)
    assert driving.told()["fast"].p99_ms == pytest.approx(4, rel=0.02)


def test_only_the_last_ten_seconds_count():
    driving = Driving()
    driving.run("one", 0.25, 5)
    driving.run("one", 0.004, SPAN_S)
    told = driving.told()["one"]
    assert told.seconds == SPAN_S
    assert told.p99_ms == pytest.approx(4, rel=0.02)


def test_another_stream_forgets_all_of_them():
    driving = Driving()
    driving.run("one", 0.1, 4)
    driving.run("two", 0.1, 4)
    driving.run("two", 0.1, 4, stream=("rate", 200))
    assert list(driving.told()) == ["two"]


def test_where_a_fault_begins_the_policy_begins_anew_and_the_others_tell_what_was_around():
    driving = Driving()
    driving.run("one", 0.004, 4)
    driving.run("two", 0.004, 4)
    driving.run("two", 0.25, 4, around=("frozen",))
    told = driving.told()
    assert told["two"].p99_ms == pytest.approx(250, rel=0.02)
    assert (told["one"].around, told["two"].around) == (CALM, ("frozen",))


def test_other_options_are_another_policy():
    driving = Driving()
    driving.run("d_choices", 0.004, 3, options={"d": 2})
    driving.run("d_choices", 0.004, 3, options={"d": 3})
    assert [one.options for one in driving.reached.told()] == [{"d": 2}, {"d": 3}]


def test_a_policy_that_comes_back_is_listed_once_and_as_the_last():
    driving = Driving()
    for policy in ("one", "two", "one"):
        driving.run(policy, 0.004, 3)
    assert [one.policy for one in driving.reached.told()] == ["two", "one"]


def test_the_number_of_policies_kept_is_bounded():
    driving = Driving()
    for number in range(MOST + 5):
        driving.run("d_choices", 0.004, 2, options={"d": float(number)})
    assert len(driving.reached.told()) == MOST + 1
