"""Retry budget: limits retries to a part of the traffic, so that retries alone never overload the nodes.

Finagle's `RetryBudget`, and Linkerd's `retryBudget` with the same defaults: the requests of the last 10 s (`ttl`) allow
20 % of their number in retries, plus 10 a second, at any time within that window. As in Finagle the window moves in
tenths.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_SLICES: Final = 10
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Budget:
    """The allowed retries: `share` of the requests of the last `ttl_s` seconds, and `least_per_s` a second."""

    ttl_s: float = 10.0
    least_per_s: float = 10.0
    share: float = 0.20


class RetryBudget:
    """Counts requests and retries. O(1) each; memory for ten slices.

    Within the window (the current tenth of `ttl_s` and the nine before), retries are at most share x requests +
    least_per_s x ttl_s.
    """

    def __init__(self, rules: Budget, now: float) -> None:
        self.rules = rules
        self._wide = rules.ttl_s / _SLICES
        self._requests = [0] * _SLICES
        self._retries = [0] * _SLICES
        self._at = int(now // self._wide)  # the number of the current slice
        self._ends = (self._at + 1) * self._wide
        self._slot = self._at % _SLICES

    def sent(self, now: float) -> None:
        """Records a request's first attempt."""
        if now >= self._ends:
            self._move(now)
        self._requests[self._slot] += 1

    def retry(self, now: float) -> bool:
        """Whether a request may be retried. If so, counts the retry."""
        if self.left(now) < 1:
            return False
        self._retries[self._slot] += 1
        return True

    def left(self, now: float) -> int:
        """How many retries are allowed now, never below 0."""
        if now >= self._ends:
            self._move(now)
        allowed = self.rules.share * sum(self._requests) + self.rules.least_per_s * self.rules.ttl_s
        return max(int(allowed - sum(self._retries) + _ROUNDING), 0)

    def _move(self, now: float) -> None:
        """Moves to the current slice, and empties it and the skipped ones."""
        at = max(int(now // self._wide), self._at + 1)  # rounding can place the end of a slice inside it
        for each in range(max(self._at + 1, at - _SLICES + 1), at + 1):
            self._requests[each % _SLICES] = self._retries[each % _SLICES] = 0
        self._at, self._ends, self._slot = at, (at + 1) * self._wide, at % _SLICES
