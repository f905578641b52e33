"""The retry budget: no retry is allowed beyond it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancer.core.guards.retries import Budget, RetryBudget


def test_the_defaults_are_finagles_and_linkerds():
    assert Budget() == Budget(ttl_s=10.0, least_per_s=10.0, share=0.2)


def test_a_fifth_of_the_requests_on_top_of_ten_a_second():
    budget = RetryBudget(Budget(), 0.0)
    assert budget.left(0.0) == 100
    for _ in range(1000):
        budget.sent(0.5)
    assert budget.left(0.5) == 300
    assert [budget.retry(0.5) for _ in range(301)] == [True] * 300 + [False]


def test_without_a_reserve_five_requests_pay_for_one_retry():
    budget = RetryBudget(Budget(least_per_s=0.0), 0.0)
    for _ in range(4):
        budget.sent(0.0)
    assert not budget.retry(0.0)
    budget.sent(0.0)
    assert budget.retry(0.0)
    assert not budget.retry(0.0)


@pytest.mark.parametrize(("after", "left"), [(9.9, 20), (10.0, 0), (25.0, 0)])
def test_a_request_counts_for_ten_seconds(after, left):
    budget = RetryBudget(Budget(least_per_s=0.0), 0.0)
    for _ in range(100):
        budget.sent(0.0)
    assert budget.left(after) == left


def test_a_retry_is_forgotten_after_ten_seconds_too():
    budget = RetryBudget(Budget(), 0.0)
    assert all(budget.retry(3.0) for _ in range(100))
    assert not budget.retry(12.9)
    assert budget.retry(13.0)


steps = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.9, 1.0, 4.0, 30.0]), st.booleans()), max_size=300)


@given(steps, st.sampled_from([0.0, 0.5, 3.0]), st.sampled_from([0.0, 0.1, 0.2, 0.3, 1.0]))
def test_a_retry_is_never_allowed_beyond_the_budget(story, least_per_s, share):
    budget, now = RetryBudget(Budget(least_per_s=least_per_s, share=share), 0.0), 0.0
    sent: list[float] = []
    again: list[float] = []
    for wait, retry in story:
        now += wait
        if not retry:
            budget.sent(now)
            sent.append(now)
        elif budget.retry(now):
            again.append(now)
            window = int(now) - 9  # ten slices of a second each
            allowed = share * sum(each >= window for each in sent) + least_per_s * 10
            assert sum(each >= window for each in again) <= allowed + 1e-6
