"""How often a program may be started: a limit per minute, pauses that double, and when to give up."""

import math
from collections import deque
from dataclasses import dataclass, field

MINUTE_S = 60.0
_MOST_DOUBLINGS = 30


@dataclass
class Pace:
    """For one program, or a group. Times are passed in, by any clock that only rises; it has no clock of its own.

    At most `starts_a_minute` starts; after a death a pause of `first_pause_s`, doubled for each recent death up to
    `longest_pause_s`; hopeless after `deaths` within `within_s` seconds.
    """

    starts_a_minute: int
    first_pause_s: float
    longest_pause_s: float
    deaths: int
    within_s: float
    _starts: deque[float] = field(default_factory=deque, init=False)
    _deaths: deque[float] = field(default_factory=deque, init=False)
    _paused_until: float = field(default=-math.inf, init=False)

    def started(self, now: float) -> None:
        """Notes a start."""
        self._starts.append(now)
        while len(self._starts) > self.starts_a_minute:
            self._starts.popleft()

    def died(self, now: float) -> None:
        """Notes a death. All recent ones count for the pause, including those beyond `deaths`."""
        self._deaths.append(now)
        while len(self._deaths) > 1 and now - self._deaths[0] >= self.within_s:
            self._deaths.popleft()
        doublings = min(len(self._deaths) - 1, _MOST_DOUBLINGS)
        self._paused_until = now + min(self.first_pause_s * 2**doublings, self.longest_pause_s)

    def next_start(self, now: float) -> float:
        """The earliest time of the next start; `now` if it may start at once."""
        due = max(now, self._paused_until)
        if len(self._starts) >= self.starts_a_minute:
            due = max(due, self._starts[0] + MINUTE_S)
        return due

    def may_start(self, now: float) -> bool:
        """Whether a start is due."""
        return self.next_start(now) <= now

    def is_hopeless(self, now: float) -> bool:
        """Whether it died too often in too short a time."""
        return sum(now - death < self.within_s for death in self._deaths) >= self.deaths
