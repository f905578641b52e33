"""The 95 % confidence interval of the mean of a few measurements, by Student's t."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, sqrt
from statistics import fmean, stdev
from typing import Final, NamedTuple

# The quantiles of Student's t for 95 %, two-sided, with 1, 2, 3, ... degrees of freedom. Source: NIST e-Handbook of
# Statistical Methods, 1.3.6.7.2; the tests integrate the density up to each of them.
T_95: Final = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045),
)
MOST_VALUES: Final = len(T_95) + 1


class Interval(NamedTuple):
    """An estimate: `value` is the most likely, `low` to `high` the 95 % interval."""

    value: float
    low: float
    high: float


def half_width(values: Sequence[float]) -> float | None:
    """Half the width of the 95 % interval of the values' mean. None for fewer than 2 values. O(n).

    Assumes independent, roughly normal values, at most MOST_VALUES. Source: Student, "The Probable Error of a Mean",
    Biometrika 6 (1908).
    """
    if len(values) < 2:
        return None
    return T_95[len(values) - 2] * stdev(values) / sqrt(len(values))


def paired_ratio(pairs: Sequence[tuple[float, float]]) -> Interval | None:
    """The ratio of first to second, by the mean of logarithms over pairs. None for fewer than 2 pairs.

    All values are more than 0. Disturbances that affect both of a pair cancel. Twice and half weigh the same.
    """
    logs = [log(one) - log(other) for one, other in pairs]
    margin = half_width(logs)
    if margin is None:
        return None
    middle = fmean(logs)
    return Interval(exp(middle), exp(middle - margin), exp(middle + margin))
