"""Outlier ejection by Envoy's rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancer.core.guards.outliers import NO_EJECTIONS, Outliers, Outlying, lowest_rate
from balancer.core.guards.standing import Code, Reason


def watching(nodes: int, rules: Outlying | None = None) -> Outliers:
    outliers = Outliers(rules or Outlying(), 0.0)
    for place in range(nodes):
        outliers.join(place)
    return outliers


def fail(outliers: Outliers, place: int, now: float, times: int = 5) -> list[Reason]:
    return [reason for _ in range(times) if (reason := outliers.failed(place, now))]


def served(outliers: Outliers, place: int, good: int, bad: int = 0) -> None:
    """Failures come early but never in a row, so only the success rate reveals them."""
    for _ in range(bad):
        outliers.failed(place, 0.0)
        outliers.succeeded(place)
    for _ in range(good - bad):
        outliers.succeeded(place)


def test_the_defaults_are_envoys():
    assert Outlying() == Outlying(
        in_a_row=5,
        interval_s=10.0,
        base_s=30.0,
        longest_s=300.0,
        most_ejected=0.1,
        at_least_one=True,
        deviations=1.9,
        least_nodes=5,
        least_requests=100,
    )


def test_five_failures_in_a_row_eject_for_thirty_seconds():
    outliers = watching(5)
    assert fail(outliers, 2, 1.0, times=4) == []
    assert fail(outliers, 2, 1.0, times=1) == [
        Reason(Code.FAILURES_IN_A_ROW, {"failures": 5, "seconds": 30.0, "times": 1})
    ]
    assert outliers.returned(30.9) == []
    assert outliers.returned(31.0) == [(2, 30.0)]


def test_a_good_answer_in_between_begins_the_count_again():
    outliers = watching(5)
    for _ in range(10):
        assert fail(outliers, 2, 1.0, times=4) == []
        outliers.succeeded(2)


def test_answers_that_come_during_an_ejection_do_not_lengthen_it():
    outliers = watching(5)
    fail(outliers, 2, 1.0)
    assert fail(outliers, 2, 20.0, times=50) == []
    assert outliers.returned(31.0) == [(2, 30.0)]
    assert fail(outliers, 2, 31.0, times=4) == []


def test_each_ejection_in_turn_lasts_longer_up_to_five_minutes():
    outliers, now, lasted = watching(5), 0.0, []
    for _ in range(12):
        (reason,) = fail(outliers, 0, now)
        seconds = reason.figures["seconds"]
        lasted.append(seconds)
        now += seconds
        assert outliers.returned(now) == [(0, seconds)]
    assert lasted == [30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 300, 300]


def test_an_interval_in_use_takes_one_from_the_multiple():
    outliers = watching(5)
    fail(outliers, 0, 0.0)
    outliers.returned(30.0)
    fail(outliers, 0, 30.0)
    outliers.returned(90.0)
    for sweep in (100.0, 110.0):
        outliers.swept(sweep)
    (reason,) = fail(outliers, 0, 110.0)
    assert reason.figures["times"] == 1


def test_at_most_a_tenth_is_ejected_and_one_always_may_be():
    outliers = watching(5)
    assert [len(fail(outliers, place, 0.0)) for place in range(3)] == [1, 0, 0]
    outliers = watching(30)
    assert sum(len(fail(outliers, place, 0.0)) for place in range(30)) == 3
    outliers = watching(5, Outlying(at_least_one=False))
    assert fail(outliers, 0, 0.0) == []
    assert fail(watching(5, NO_EJECTIONS), 0, 0.0, times=100) == []


def test_a_share_is_exact_where_a_product_would_be_rounded_down():
    outliers = watching(100, Outlying(most_ejected=0.29))
    assert sum(len(fail(outliers, place, 0.0)) for place in range(100)) == 29


def test_who_may_not_be_ejected_counts_again():
    outliers = watching(5)
    fail(outliers, 0, 0.0)
    fail(outliers, 1, 0.0)
    outliers.returned(30.0)
    assert fail(outliers, 1, 30.0, times=4) == []
    assert len(fail(outliers, 1, 30.0, times=1)) == 1


def test_the_bound_is_that_of_envoys_own_example():
    assert lowest_rate([50, 100, 100, 100, 100], 1.9) == pytest.approx((90, 52))


def test_a_success_rate_far_below_the_others_ejects_at_the_end_of_the_interval():
    outliers = watching(5)
    for place in range(5):
        served(outliers, place, good=100, bad=100 if place == 3 else 0)
    assert outliers.swept(9.9) == []
    ((place, reason),) = outliers.swept(10.0)
    assert place == 3
    assert reason.code is Code.SUCCESS_RATE
    assert reason.figures == pytest.approx(
        {"rate": 0.5, "bound": 0.52, "mean": 0.9, "requests": 200, "seconds": 30.0, "times": 1}
    )


@pytest.mark.parametrize(("nodes", "good"), [(4, 100), (5, 49)])
def test_too_few_nodes_or_requests_say_nothing(nodes, good):
    outliers = watching(nodes)
    for place in range(nodes):
        served(outliers, place, good=good, bad=good if place == 3 else 0)
        served(outliers, place, good=0 if place == 3 else good)
    assert outliers.swept(10.0) == []


@pytest.mark.parametrize(("nodes", "found"), [(4, 0), (5, 1)])
def test_fewer_than_five_nodes_are_not_compared(nodes, found):
    outliers = watching(nodes, Outlying(deviations=1.0))
    for place in range(nodes):
        served(outliers, place, good=100, bad=100 if place == 3 else 0)
    assert len(outliers.swept(10.0)) == found


def test_what_was_counted_in_one_interval_does_not_count_in_the_next():
    outliers = watching(5)
    for sweep in (10.0, 20.0):
        for place in range(5):
            served(outliers, place, good=60, bad=0)
        assert outliers.swept(sweep) == []
    served(outliers, 3, good=60, bad=60)
    assert outliers.swept(30.0) == []


def test_who_leaves_takes_its_ejection_along_and_comes_back_without():
    outliers = watching(5)
    fail(outliers, 0, 0.0)
    outliers.leave(0)
    assert outliers.ejected == {}
    assert fail(outliers, 0, 1.0) == []
    outliers.join(0)
    (reason,) = fail(outliers, 0, 2.0)
    assert reason.figures["times"] == 1


answers = st.lists(st.tuples(st.integers(0, 39), st.booleans(), st.sampled_from([0.0, 0.0, 1.0, 30.0])), max_size=200)


@given(answers, st.integers(1, 40), st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0]), st.booleans())
def test_no_ejection_is_made_beyond_the_share(story, nodes, share, at_least_one):
    rules = Outlying(in_a_row=2, most_ejected=share, at_least_one=at_least_one, least_nodes=2, least_requests=2)
    outliers, now = watching(nodes, rules), 0.0
    for place, ok, wait in story:
        now += wait
        outliers.returned(now)
        outliers.swept(now)
        if ok:
            outliers.succeeded(place % nodes)
        else:
            outliers.failed(place % nodes, now)
        assert len(outliers.ejected) <= max(int(at_least_one), int(share * nodes + 1e-9))
        assert all(0 < until - now <= rules.longest_s for until in outliers.ejected.values())
