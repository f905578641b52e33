"""How many pages have a stream open, over all web processes.

Each hub publishes its number of sockets on change and every few seconds; the count is the sum of recent reports. A dead
process is forgotten after 15 s of silence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

HEARD_WITHIN_S = 15.0
MOST_HUBS = 1000


@dataclass(slots=True)
class Watchers:
    """The other hubs' reports and their times. Pure: the caller passes the time (seconds, monotonic)."""

    _said: dict[str, tuple[float, Mapping[int, int]]] = field(default_factory=dict)

    def hear(self, hub: str, counts: Mapping[int, int], now: float) -> bool:
        """Records another hub's sockets by stream. True if the hub is new, so it does not know us either."""
        self.forget(now)
        new = hub not in self._said
        if new and len(self._said) >= MOST_HUBS:
            return False
        self._said[hub] = (now, counts)
        return new

    def forget(self, now: float) -> None:
        """Drops the hubs that have been silent for too long."""
        for hub in [hub for hub, (heard, _) in self._said.items() if now - heard > HEARD_WITHIN_S]:
            del self._said[hub]

    def elsewhere(self, stream_id: int, now: float) -> int:
        """The sockets that other hubs have on the stream."""
        return sum(counts.get(stream_id, 0) for heard, counts in self._said.values() if now - heard <= HEARD_WITHIN_S)
