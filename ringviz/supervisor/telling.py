"""Tells pages what the supervisor is doing, many times a second, in frames of which only the newest counts."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, NamedTuple

from live.hints import publish_frame
from live.wire import now_ms
from ringviz.stores.room import Room

_AT_MOST_EVERY_S = 0.1
_AT_LEAST_EVERY_S = 1.0  # so that a page can tell an idle supervisor from a dead one
# Suspicions come from the heartbeat's thread, which must not wait, because a late round does not count.
_teller = ThreadPoolExecutor(1, thread_name_prefix="suspicions")


class About(NamedTuple):
    """The intent and the node that a frame is about. `id` 0 means none."""

    id: int = 0
    action: str = ""
    node: int = 0


NO_INTENT = About()


class Telling:
    """The frames "work", "suspicion" and "space" of one cluster."""

    def __init__(self, stream_id: int) -> None:
        self._stream_id = stream_id
        self._last: dict[str, Any] = {}
        self._last_at = 0.0

    def work(self, phase: str, about: About = NO_INTENT, **progress: Any) -> None:
        """The current work: `progress` has keys_done, keys_total, slots_done, slots_total, atomic, why, extra."""
        frame = {"phase": phase, **about._asdict(), **_NONE, **progress}
        now = time.monotonic()
        same_phase = self._last.get("phase") == phase and self._last.get("id") == about.id
        pause = _AT_LEAST_EVERY_S if same_phase and frame == {**self._last, "since": 0} else _AT_MOST_EVERY_S
        if same_phase and now - self._last_at < pause:
            return
        since = self._last.get("since") if same_phase else now_ms()
        self._last, self._last_at = {**frame, "since": since}, now
        publish_frame(self._stream_id, "work", self._last)

    def space(self, room: Room) -> None:
        """The servers' disk space."""
        publish_frame(self._stream_id, "space", {"state": room.state, "free": room.free})  # pages are public: no path

    def suspicion(self, number: int, misses: int, verdict_ms: int | None) -> None:
        """A server missed pings. `verdict_ms` is set if a verdict may follow. Returns at once. Thread-safe."""
        frame: dict[str, Any] = {"node": number, "misses": misses}
        if verdict_ms is not None:
            frame["verdict_ms"] = verdict_ms
        self._soon(frame)

    def clear(self) -> None:
        """The last reported server answers again. Returns at once. Thread-safe."""
        self._soon({"node": 0, "misses": 0})

    def _soon(self, frame: dict[str, Any]) -> None:
        with suppress(RuntimeError):  # the process is ending
            _teller.submit(publish_frame, self._stream_id, "suspicion", frame)


_NONE: dict[str, Any] = {
    "keys_done": 0,
    "keys_total": 0,
    "slots_done": 0,
    "slots_total": 0,
    "atomic": True,
    "why": "",
    "extra": 0,
    "since": 0,
}
