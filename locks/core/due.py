"""What is due when: one moment per name, retrieved in order of time."""

from __future__ import annotations

import heapq
from typing import Generic, TypeVar

Name = TypeVar("Name", str, bytes)


class Due(Generic[Name]):
    """Each name has one moment; setting it again moves it.

    O(log names) each; at most twice as many entries as names.
    """

    def __init__(self) -> None:
        self._at: dict[Name, float] = {}
        self._heap: list[tuple[float, Name]] = []

    def __len__(self) -> int:
        return len(self._at)

    def set(self, name: Name, at_ms: float | None) -> None:
        """Sets its moment; None means never."""
        if at_ms is None:
            self._at.pop(name, None)
        elif self._at.get(name) != at_ms:
            self._at[name] = at_ms
            heapq.heappush(self._heap, (at_ms, name))
            if len(self._heap) > 2 * len(self._at) + 64:
                self._heap = [(moment, other) for other, moment in self._at.items()]
                heapq.heapify(self._heap)

    def next_ms(self) -> float | None:
        """The earliest moment."""
        while self._heap and self._at.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def pop(self, now_ms: float, most: int | None = None) -> list[Name]:
        """Takes at most `most` names whose moment has come. They then have no moment."""
        names: list[Name] = []
        while (at_ms := self.next_ms()) is not None and at_ms <= now_ms and len(names) != most:
            _at, name = heapq.heappop(self._heap)
            del self._at[name]
            names.append(name)
        return names
