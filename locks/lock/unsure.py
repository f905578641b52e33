"""The holder_ids of requests whose outcome nobody knows: the next request is made by the same one, and recognised."""

from __future__ import annotations

import os
from collections import deque

_MOST = 16


class Unsure:
    """Those of one lock object. Safe among threads; a forked child takes none of its parent's."""

    def __init__(self) -> None:
        self._ids: deque[tuple[int, str]] = deque(maxlen=_MOST)

    def put(self, holder_id: str) -> None:
        """Remembers one; the oldest of too many is forgotten, and runs out by itself."""
        self._ids.append((os.getpid(), holder_id))

    def take(self) -> str | None:
        """One of this process, for one asker."""
        while True:
            try:
                pid, holder_id = self._ids.popleft()
            except IndexError:
                return None
            if pid == os.getpid():
                return holder_id
