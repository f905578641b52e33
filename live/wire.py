"""The messages of a socket, as text. `now` is milliseconds since 1970 by the server's clock."""

import json
import time
from typing import Any

from live.log import event_frame
from live.models import Event


def encode(message: dict[str, Any]) -> str:
    """ASCII JSON, because unencodable text would close every socket it reaches."""
    return json.dumps(message, separators=(",", ":"))


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def hello(head: int, epoch: str) -> str:
    """The first message of every connection."""
    return encode({"type": "hello", "head": head, "epoch": epoch, "now": now_ms()})


def heartbeat(head: int) -> str:
    """Sent every second, so that a page knows whether it is current."""
    return encode({"type": "heartbeat", "v": head, "now": now_ms()})


def event(row: Event) -> str:
    """One event, one message."""
    return encode(event_frame(row))


def log(readable: bool) -> str:
    """Whether this process can read the event log. While it cannot, a page is not live, even if frames arrive."""
    return encode({"type": "log", "readable": readable})


def snapshot(data: dict[str, Any]) -> str:
    """The complete state at a version: `data` has "v", "epoch" and "parts", the state of each subject."""
    return encode({"type": "snapshot", **data})


def frame(topic: str, number: int, data: object) -> str:
    """The newest value of a topic. `number` rises within a connection and restarts with the next one."""
    return encode({"type": "frame", "topic": topic, "n": number, "data": data})


GONE = encode({"type": "gone"})
