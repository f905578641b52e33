"""JSON messages, one per line, over a socket pair between the director and one worker."""

from __future__ import annotations

import json
import select
import socket
import time
from collections import deque
from typing import Any

Message = dict[str, Any]
_READ_BYTES = 65_536


class Gone(Exception):
    """The other end is closed, so its process has ended."""


class Line:
    """One end. It owns `socket` from here on."""

    def __init__(self, end: socket.socket) -> None:
        self._socket = end
        self._partial = b""
        self._waiting: deque[Message] = deque()

    def fileno(self) -> int:
        """For `select`."""
        return self._socket.fileno()

    def send(self, message: Message) -> None:
        """Raises Gone."""
        try:
            self._socket.sendall(json.dumps(message, separators=(",", ":")).encode() + b"\n")
        except OSError as error:
            raise Gone from error

    def receive(self, timeout_s: float | None = None) -> Message | None:
        """The next message; None after `timeout_s`. Raises Gone."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        while not self._waiting:
            left_s = None if deadline is None else max(deadline - time.monotonic(), 0)
            if not select.select([self._socket], [], [], left_s)[0]:
                return None
            self._read()
        return self._waiting.popleft()

    def take(self) -> list[Message]:
        """All messages that have arrived, after `select` reported some. Raises Gone."""
        self._read()
        messages = list(self._waiting)
        self._waiting.clear()
        return messages

    def close(self) -> None:
        """Closes the line for both ends."""
        self._socket.close()

    def _read(self) -> None:
        try:
            chunk = self._socket.recv(_READ_BYTES)
        except OSError as error:
            raise Gone from error
        if not chunk:
            raise Gone
        *whole, self._partial = (self._partial + chunk).split(b"\n")
        self._waiting.extend(json.loads(line) for line in whole)
