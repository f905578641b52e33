"""gRPC's formula, its blackout period and its expiry."""

import pytest

from balancer.core.weighing import LEAST_FACTOR, MOST_FACTOR, Report, Weigher, Weighing

QUIET = Report(qps=100, eps=0, utilization=0.25)
BUSY = Report(qps=100, eps=0, utilization=0.5)
NOW = Weighing(blackout_s=0)


def weigher(rules: Weighing, **reports: Report) -> Weigher:
    made = Weigher(rules)
    for name, report in reports.items():
        made.report(name, 0.0, report)
    return made


@pytest.mark.parametrize(
    ("report", "weight"),
    [
        (QUIET, 400),
        (BUSY, 200),
        (Report(100, 50, 0.5), 100),  # 100 / (0.5 + 0.5 * 1)
        (Report(0, 0, 0.5), 0),
        (Report(100, 0, 0), 0),
    ],
)
def test_a_weight_is_queries_by_utilization_and_errors_count_as_utilization(report, weight):
    assert Weighing().weight(report) == weight


def test_a_node_at_twice_the_load_gets_half():
    assert weigher(NOW, a=QUIET, b=BUSY).factors("ab", 1.0) == {"a": 4 / 3, "b": 2 / 3}


def test_the_defaults_are_those_of_a58():
    rules = Weighing()
    assert (rules.blackout_s, rules.expiry_s, rules.every_s, rules.penalty) == (10, 180, 1, 1)


def test_no_weight_counts_in_the_first_ten_seconds_nor_three_minutes_after_the_last_report():
    made = weigher(Weighing(), a=QUIET, b=BUSY)
    assert made.factors("ab", 9.9) == {"a": 1.0, "b": 1.0}
    assert made.factors("ab", 10.0) == {"a": 4 / 3, "b": 2 / 3}
    assert made.factors("ab", 179.9)["a"] == 4 / 3
    assert made.factors("ab", 180.0) == {"a": 1.0, "b": 1.0}
    for name, report in (("a", QUIET), ("b", BUSY)):
        made.report(name, 181.0, report)
    assert made.factors("ab", 190.9)["a"] == 1.0, "the blackout begins again"
    assert made.factors("ab", 191.0)["a"] == 4 / 3


def test_who_has_no_weight_has_the_mean_of_the_others_and_one_alone_is_no_mean():
    assert weigher(NOW, a=QUIET, b=BUSY).factors("abc", 1.0)["c"] == 1.0
    assert weigher(NOW, a=QUIET).factors("abc", 1.0) == {"a": 1.0, "b": 1.0, "c": 1.0}


def test_a_node_that_is_another_is_new():
    made = weigher(NOW, a=QUIET, b=BUSY)
    made.forget("b")
    assert made.factors("ab", 1.0) == {"a": 1.0, "b": 1.0}


def test_no_factor_leaves_the_bounds():
    nodes = {f"n{number}": Report(100, 0, 1e-6 if number == 0 else 1.0) for number in range(20)}
    factors = weigher(NOW, **nodes).factors(nodes, 1.0)
    assert factors["n0"] == MOST_FACTOR
    assert factors["n1"] == LEAST_FACTOR


def test_a_report_that_says_nothing_changes_nothing():
    made = weigher(NOW, a=QUIET, b=BUSY)
    made.report("b", 1.0, Report(0, 0, 0.9))
    assert made.factors("ab", 1.0)["b"] == 2 / 3
