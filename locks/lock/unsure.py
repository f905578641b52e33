"""The holder_ids of requests with an unknown outcome: the next request reuses one, so the server recognises it."""

from __future__ import annotations

import os
from collections import deque

_MOST = 16


class Unsure:
    """The ids of one lock object. Thread-safe; a forked child takes none of its parent's."""

    def __init__(self) -> None:
        self._ids: deque[tuple[int, str]] = deque(maxlen=_MOST)

    def put(self, holder_id: str) -> None:
        """Remembers an id. If there are too many, the oldest is forgotten, and its lock runs out by itself."""
        self._ids.append((os.getpid(), holder_id))

    def take(self) -> str | None:
        """Takes an id of this process, for one caller; None if there is none."""
        while True:
            try:
                pid, holder_id = self._ids.popleft()
            except IndexError:
                return None
            if pid == os.getpid():
                return holder_id
