"""Whether a holder is connected: known only if the name of a connection identifies it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from locks.core.holds import Hold, label_of
from locks.core.observed import Connection

_SHORTEST_NAME = 4


class Presence:
    """Which holders were recognised among the connections of a source, and since when they have been missing."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._absent: dict[str, float] = {}

    def __len__(self) -> int:
        """How many holders are known by their connection."""
        return len(self._names)

    def forget(self, hold_id: str) -> None:
        """Forgets a holder whose hold ended."""
        self._names.pop(hold_id, None)
        self._absent.pop(hold_id, None)

    def see(self, new: Iterable[Hold], connections: Sequence[Connection], at_ms: float) -> Mapping[str, float]:
        """Looks for new holders among the connections, and for those recognised before.

        Returns the ids of holds whose holder is gone, with the moment it was first missed. O(new + recognised).
        """
        names = {one.name for one in connections if len(one.name) >= _SHORTEST_NAME}
        if names:
            for hold in new:
                if (name := _name_of(hold, names)) is not None:
                    self._names[hold.id] = name
        for hold_id, name in self._names.items():
            if name in names:
                self._absent.pop(hold_id, None)
            else:
                self._absent.setdefault(hold_id, at_ms)
        return dict(self._absent)


def _name_of(hold: Hold, names: set[str]) -> str | None:
    """The name of the holder's connection: its label, its holder_id, or the part before its last colon."""
    holder = (hold.reading.holder_id or b"").decode(errors="replace")
    for candidate in (label_of(hold.reading), holder, holder.rpartition(":")[0]):
        if candidate and candidate in names:
            return candidate
    return None
