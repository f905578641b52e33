"""An A/B run in words: no more is claimed than was seen."""

from __future__ import annotations

from typing import Any

import pytest

from balancer.core.trial import B, Fault, lower
from balancer.verdicts import figure, label, labels, notes, verdict
from tests.balancer.comparisons import FROZEN, TRAFFIC, comparison


def test_a_large_difference_is_told_in_times_by_its_interval():
    found = comparison()
    ratio = found["summary"]["ratio"]
    assert ratio is not None
    assert lower(ratio) == B
    assert 55 < ratio["low"] < 62 < ratio["high"] < 68
    expected = (
        f"The p99 of two choices is {ratio['low']:.1f} to {ratio['high']:.1f} times lower than that of round robin."
    )
    assert verdict(found) == expected


def test_the_better_one_may_be_a():
    assert verdict(comparison((2.0, 8.0), (2.2, 8.2), (1.9, 7.9))).startswith("The p99 of round robin is 3.")


def test_a_small_difference_is_told_in_percent():
    text = verdict(comparison((10.0, 9.0), (10.2, 9.1), (10.1, 9.05)))
    assert text.startswith("The p99 of two choices is 9.")
    assert text.endswith("% lower than that of round robin.")


def test_no_difference_is_told_as_one_that_is_not_seen():
    assert verdict(comparison((10.0, 9.0), (9.0, 10.0), (9.5, 9.5))) == "No clear difference in p99 after 3 rounds."


def test_without_answers_nothing_is_compared():
    found = comparison((None, 1.0), (None, 1.0), sent=0, answered=0)
    assert verdict(found) == "Too few requests were answered to compare the two."
    assert figure(found["summary"]["a"]["p99_ms"]) == "–"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, []),
        ({"faults": (FROZEN,)}, ["cache-2 froze for 300 of every 1,000 ms."]),
        ({"faults": ({**FROZEN, "first": 2, "last": 2},)}, ["cache-2 froze for 300 of every 1,000 ms in round 2."]),
        (
            {"faults": (Fault(node=1, name="b", state="down", for_ms=0, every_ms=0, first=3, last=6),)},
            ["b was down in rounds 3 to 6."],
        ),
        (
            {"refused": 5, "answered": 95},
            ["Refused or failed: 5.00% of requests under round robin, 5.00% under two choices."],
        ),
        ({"late": 1}, ["The driver fell behind and skipped 12 requests."]),
        (
            {"lag_ms": 130.0},
            [
                "The driver's own lag (p99 130 ms) is as large as the difference. Lower the rate or try again.",
            ],
        ),
    ],
)
def test_what_may_have_disturbed_it_is_told(given: Any, told: list[str]):
    assert notes(comparison(**given)) == told


def test_a_figure_has_as_many_digits_as_it_is_worth():
    found = [figure({"mean": mean, "margin": mean / 15}) for mean in (0.523, 4.14, 251.3)]
    assert found == ["0.52 ms ± 0.03", "4.1 ms ± 0.3", "251 ms ± 17"]
    assert figure({"mean": 251.3, "margin": 0.31}) == "251 ms ± 0.31", "never ± 0"
    assert figure({"mean": 3.0, "margin": None}) == "3.0 ms"


def test_options_that_are_not_the_usual_ones_are_named():
    assert label("d_choices", {"d": 5}) == "d choices (d=5)"
    assert label("bounded_ring", {"c": 1.25}) == "bounded ring"
    assert labels({**TRAFFIC, "trial": None}) == {"a": "round robin"}
