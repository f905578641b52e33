"""One stream in one process: its recent events, encoded once, shared by all the sockets that have it open.

Nothing here waits or reads; the hub does. Memory is bounded whatever the sockets do: the window by count and by bytes,
the frames by topic.
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
    """An event as it is sent."""

    version: int
    text: str


class Snapshot(NamedTuple):
    """A snapshot as it is sent, and what it is of."""

    head: Head
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The newest value of a topic. `at` is the loop's clock in seconds."""

    number: int
    text: str
    at: float


class Feed:
    """What this process knows of a stream. `window` ends at `head` and has no gap; `life` counts the resets."""

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
        """The encoded event, or None where it has left the window or does not exist yet."""
        back = self.head.version - version
        return self.window[-1 - back].text if 0 <= back < len(self.window) else None

    def extend(self, events: Iterable[EncodedEvent]) -> None:
        """Appends news. After a gap (more was written than is read at once) the window starts anew."""
        for event in events:
            if event.version != self.head.version + 1:
                self._clear_window()
            self.window.append(event)
            self._window_bytes += len(event.text)
            self.head = self.head._replace(version=event.version)
        while len(self.window) > WINDOW_EVENTS or (self._window_bytes > WINDOW_BYTES and len(self.window) > 1):
            self._window_bytes -= len(self.window.popleft().text)

    def reset(self, head: Head) -> None:
        """The stream is in another life (its epoch changed, or its version fell): nothing known of it holds."""
        self._clear_window()
        self.head = head
        self.snapshot = None
        self.life += 1

    def put_frame(self, topic: str, data: object) -> None:
        """Replaces the topic's value. A topic more than a feed has room for is dropped."""
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
        """Packs the next heartbeat, once for all sockets, and has them send it."""
        self.beats += 1
        self.heartbeat = wire.heartbeat(self.head.version)
        self.wake()

    def wake(self) -> None:
        """Lets every socket look for what it has not sent."""
        for socket in self.sockets:
            socket.wake()

    def _clear_window(self) -> None:
        self.window.clear()
        self._window_bytes = 0
