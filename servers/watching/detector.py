"""Decides from rounds of pings which servers are suspected and which are declared dead. Pure: time and answers are
passed in.

Every round pings every server once. A round without an answer is a miss: the first makes a suspicion, the second in a
row a verdict, and an answer clears it. Two kinds of rounds never lead to a verdict:

- The observer itself was late (asleep, paused, blocked). The round says nothing, and misses are counted from zero.
- More than half of a cluster's servers miss together, most likely because of something they share. They are suspected,
  but the misses do not count, and counting restarts. More than half of one is one, so pings never declare a cluster's
  only server dead; only the end of its process does. Of two servers, one can be declared dead.

If a server is stopped on purpose for part of a round, only the rest of that round counts as silence, and rests that add
up to a whole round make one miss. So a known stop is not a miss, and a real silence is still found, only later.

A verdict is final: the server is not pinged or counted again until it is watched anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

ServerKey = tuple[int, int, str]
"""Identifies a watched server: its cluster's number, its own number there, and its role."""

MOST_LATE_S = 0.25  # if the observer is later than this, the round does not count
MISSES_TO_CONVICT = 2
_NEVER: Mapping[ServerKey, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Finding:
    """A server's change in a round.

    `misses` is the number of counted misses in a row: 1 if the next one is a verdict; 0 for "clear", and for a
    suspicion in a round that does not count.
    """

    kind: Literal["suspicion", "clear", "verdict"]
    key: ServerKey
    misses: int


@dataclass(slots=True)
class _Standing:
    """The state of a server. `told` is the number of misses in the last suspicion, None if there is none."""

    misses: int = 0
    silent_rounds: float = 0.0  # below 1: silence that is not yet a whole miss
    named_misses: int | None = None
    convicted: bool = False
    excused_until: float = float("-inf")

    def forgive(self) -> None:
        """Counts misses from zero again."""
        self.misses, self.silent_rounds = 0, 0.0

    def is_missing(self, share: float) -> bool:
        """Adds silence for this share of a round. Returns whether it adds up to a whole round."""
        self.silent_rounds += share
        if self.silent_rounds < 1.0:
            return False
        self.silent_rounds -= 1.0
        return True


class Detector:
    """The state of every watched server. Not thread-safe; `now` is in seconds on one monotonic clock."""

    def __init__(self) -> None:
        self._standing: dict[ServerKey, _Standing] = {}

    def watch(self, key: ServerKey) -> None:
        """Watches the server from a clean start."""
        self._standing[key] = _Standing()

    def unwatch(self, key: ServerKey) -> None:
        """Stops watching the server, if it is watched. It gets no more findings."""
        self._standing.pop(key, None)

    def excuse(self, key: ServerKey, until: float) -> None:
        """Ignores the server's misses until `until`, and clears those it has. Meanwhile it is left out of the half."""
        if standing := self._standing.get(key):
            standing.excused_until = until
            standing.forgive()

    def wanted(self) -> list[ServerKey]:
        """The servers to ping in the next round: all that have not been declared dead."""
        return [key for key, standing in self._standing.items() if not standing.convicted]

    def judge(
        self,
        now: float,
        answered: Mapping[ServerKey, bool],
        late_s: float = 0.0,
        stopped: Mapping[ServerKey, float] = _NEVER,
    ) -> list[Finding]:
        """Evaluates a round: whether each pinged server answered. `late_s` is how late the observer was.

        `stopped` gives the share (0..1) of the round in which a server was stopped on purpose.

        Ignores servers that are not watched (any more) or were declared dead.
        """
        if late_s > MOST_LATE_S:
            self.void()
            return []
        findings: list[Finding] = []
        silent: defaultdict[int, list[ServerKey]] = defaultdict(list)
        counted: defaultdict[int, int] = defaultdict(int)
        for key in self.wanted():
            if key not in answered:
                continue
            standing = self._standing[key]
            excused = now < standing.excused_until
            counted[key[0]] += not excused
            if answered[key]:
                findings += _clear(key, standing)
            elif excused:
                standing.forgive()
            elif standing.is_missing(1.0 - stopped.get(key, 0.0)):
                silent[key[0]].append(key)
            else:
                counted[key[0]] -= 1
        for cluster, keys in silent.items():
            together = 2 * len(keys) > counted[cluster]
            for key in keys:
                findings += _miss(key, self._standing[key], counts=not together)
        return findings

    def void(self) -> None:
        """Discards a round: all misses are counted from zero. Suspicions stay until an answer."""
        for standing in self._standing.values():
            standing.forgive()


def _clear(key: ServerKey, standing: _Standing) -> list[Finding]:
    standing.forgive()
    if standing.named_misses is None:
        return []
    standing.named_misses = None
    return [Finding("clear", key, 0)]


def _miss(key: ServerKey, standing: _Standing, *, counts: bool) -> list[Finding]:
    standing.misses = standing.misses + 1 if counts else 0
    if standing.misses >= MISSES_TO_CONVICT:
        standing.convicted = True
        return [Finding("verdict", key, standing.misses)]
    if standing.named_misses == standing.misses:
        return []
    standing.named_misses = standing.misses
    return [Finding("suspicion", key, standing.misses)]
