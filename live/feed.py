"""One stream in one process: its recent events, encoded once and shared by all sockets that have it open.

Only the hub waits and reads. Memory is bounded: the window by count and bytes, the frames by topic.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from live import wire
from live.reading import Head

if TYPE_CHECKING:
    from live.socket import Socket

WINDOW_EVENTS = 1000
WINDOW_BYTES = 8 * 1024 * 1024
MOST_TOPICS = 32


class EncodedEvent(NamedTuple):
    """An encoded event."""

    version: int
    text: str


class Snapshot(NamedTuple):
    """An encoded snapshot, and the version that it describes."""

    head: Head
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The newest value of a topic. `at` is the loop's clock in seconds."""

    number: int
    text: str
    at: float


class Feed:
    """What this process knows about a stream. `window` ends at `head` and has no gap; `life` counts the resets."""

    def __init__(self, stream_id: int, head: Head) -> None:
        self.stream_id = stream_id
        self.name = secrets.token_hex(4)  # frames are numbered within a feed
        self.head = head
        self.life = 0
        self.gone = False
        self.window: deque[EncodedEvent] = deque()
        self.frames: dict[str, Frame] = {}
        self.sockets: set[Socket] = set()
        self.watchers: tuple[int | None] | None = None
        self.heartbeat = ""
        self.beats = 0
        self.snapshot: Snapshot | None = None
        self.snapshot_task: asyncio.Task[Snapshot] | None = None
        self._window_bytes = 0
        self._frame_number = 0

    def event(self, version: int) -> str | None:
        """The encoded event. None if it has left the window or does not exist yet."""
        back = self.head.version - version
        return self.window[-1 - back].text if 0 <= back < len(self.window) else None

    def extend(self, events: Iterable[EncodedEvent]) -> None:
        """Appends new events. After a gap (more was written than one read returns), the window restarts."""
        for event in events:
            if event.version != self.head.version + 1:
                self._clear_window()
            self.window.append(event)
            self._window_bytes += len(event.text)
            self.head = self.head._replace(version=event.version)
        while len(self.window) > WINDOW_EVENTS or (self._window_bytes > WINDOW_BYTES and len(self.window) > 1):
            self._window_bytes -= len(self.window.popleft().text)

    def reset(self, head: Head) -> None:
        """The stream was reset (new epoch, or its version fell): drops everything known about it."""
        self._clear_window()
        self.head = head
        self.snapshot = None
        self.life += 1

    def put_frame(self, topic: str, data: object) -> None:
        """Replaces the topic's value. Ignores topics beyond the limit."""
        if topic not in self.frames and len(self.frames) >= MOST_TOPICS:
            return
        self._frame_number += 1
        text = wire.frame(topic, self._frame_number, data)
        self.frames[topic] = Frame(self._frame_number, text, asyncio.get_running_loop().time())
        self.wake()

    def frames_after(self, number: int) -> list[Frame]:
        """The newest value of every topic that changed after frame `number`, in the order of change."""
        if number == self._frame_number:
            return []
        return sorted(
            (frame for frame in self.frames.values() if frame.number > number), key=lambda frame: frame.number
        )

    def beat(self) -> None:
        """Encodes the next heartbeat once and has all sockets send it."""
        self.beats += 1
        self.heartbeat = wire.heartbeat(self.head.version)
        self.wake()

    def wake(self) -> None:
        """Wakes every socket to look for unsent messages."""
        for socket in self.sockets:
            socket.wake()

    def _clear_window(self) -> None:
        self.window.clear()
        self._window_bytes = 0
