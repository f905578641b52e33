"""Which servers are suspected, and which convicted, from rounds of pings. Pure: time and answers are passed in.

Every round asks every server once. A round without an answer is a miss: the first is a suspicion, the second in a row a
verdict, and an answer clears. Two kinds of rounds convict nobody:

- the observer itself was late (asleep, paused, blocked): the round says nothing about anybody, and misses are counted
  from the start;
- more than half of a cluster's servers miss together: far likelier a fault of what they share. They are suspected, but
  the misses do not count, and counting starts again. More than half of one is one: the only server of a cluster is
  never convicted by pings, it is lost by the end of its process; of two, one can be.

A server that somebody stops on purpose for a part of a round is silent for the rest of it only: a whole round of such
rests is one miss. So a stop that is known is no miss, and a silence beside it is found, later.

A verdict is final: a convicted server is asked no more and counts in no half, until it is watched anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

ServerKey = tuple[int, int, str]
"""What a server is watched as: the number of its cluster, its own number there, and its role."""

MOST_LATE_S = 0.25  # an observer later than this judges nobody
MISSES_TO_CONVICT = 2
_NEVER: Mapping[ServerKey, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Finding:
    """What a round changed for a server.

    `misses` are those in a row that count: 1 when the next one convicts; 0 for "clear", and for a suspicion in a round
    of which the misses do not count.
    """

    kind: Literal["suspicion", "clear", "verdict"]
    key: ServerKey
    misses: int


@dataclass(slots=True)
class _Standing:
    """Where a server stands. `told` is the number of misses that the last suspicion named, None while there is none."""

    misses: int = 0
    silent_rounds: float = 0.0  # less than one: silence that is no whole miss yet
    named_misses: int | None = None
    convicted: bool = False
    excused_until: float = float("-inf")

    def forgive(self) -> None:
        """What is held against it is counted from the start."""
        self.misses, self.silent_rounds = 0, 0.0

    def is_missing(self, share: float) -> bool:
        """Adds a silence for this share of a round; whether that makes a whole one."""
        self.silent_rounds += share
        if self.silent_rounds < 1.0:
            return False
        self.silent_rounds -= 1.0
        return True


class Detector:
    """The state of every watched server. Not thread-safe; `now` is in seconds of any one clock that only rises."""

    def __init__(self) -> None:
        self._standing: dict[ServerKey, _Standing] = {}

    def watch(self, key: ServerKey) -> None:
        """Watch the server, with nothing held against it."""
        self._standing[key] = _Standing()

    def unwatch(self, key: ServerKey) -> None:
        """Forget the server, if it is watched. Nothing is found about it any more."""
        self._standing.pop(key, None)

    def excuse(self, key: ServerKey, until: float) -> None:
        """Hold no miss against the server before `until`, and forget those it has. It counts in no half meanwhile."""
        if standing := self._standing.get(key):
            standing.excused_until = until
            standing.forgive()

    def wanted(self) -> list[ServerKey]:
        """The servers that the next round is to ask: all but the convicted."""
        return [key for key, standing in self._standing.items() if not standing.convicted]

    def judge(
        self,
        now: float,
        answered: Mapping[ServerKey, bool],
        late_s: float = 0.0,
        stopped: Mapping[ServerKey, float] = _NEVER,
    ) -> list[Finding]:
        """What a round says: whether each server that was asked did answer. `late_s` is how late the observer was.

        `stopped`: in which share (0..1) of the round a server was stopped on purpose.

        Servers that are not watched (any more), and convicted ones, are passed over.
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
        """A round that says nothing: all misses are counted from the start. Suspicions stay until an answer."""
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
