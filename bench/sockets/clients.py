"""The pages: `python -m bench.sockets.clients SOCKET PATH COUNT` opens COUNT connections from one process.

Prints "connected" when all are open, and after the next line of input what arrived, as JSON. It parses frames by hand,
so that on a machine with two cores the client is not what is measured.
"""

import asyncio
import base64
import json
import os
import sys
import time
from typing import cast

import numpy as np
import uvloop

MARK = b'"t":'
AT_ONCE = 50
OPEN_WITHIN_S = 60.0


class Page(asyncio.Protocol):
    """One connection. Appends to `delays_ns` for each event."""

    def __init__(self, path: str, delays_ns: list[int]) -> None:
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._path = path
        self._delays_ns = delays_ns
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        cast(asyncio.WriteTransport, transport).write(  # uvloop's transports are not of asyncio's classes
            f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("refused"))

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        if not self.opened.done():
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self._rest = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                self.opened.set_exception(ConnectionError(head.decode(errors="replace")))
                return
            self.opened.set_result(None)
        now = time.time_ns()
        start = 0
        while (end := frame_end(data, start)) is not None:
            if (found_at := data.find(MARK, start, end)) >= 0:
                sent = int(data[found_at + len(MARK) : data.index(b",", found_at, end)])
                self._delays_ns.append(now - sent)
            start = end
        self._rest = data[start:]


def frame_end(data: bytes, start: int) -> int | None:
    """Where the frame that begins at `start` ends; None if it is incomplete. A server's frames have no mask."""
    if len(data) < start + 4:
        return None
    length, begins = data[start + 1], start + 2
    if length == 126:
        length, begins = int.from_bytes(data[start + 2 : start + 4]), start + 4
    elif length == 127:
        length, begins = int.from_bytes(data[start + 2 : start + 10]), start + 10
    return begins + length if len(data) >= begins + length else None


async def main() -> None:
    socket_path, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    loop = asyncio.get_running_loop()
    delays_ns: list[int] = []
    async with asyncio.timeout(OPEN_WITHIN_S):
        for _ in range(0, count, AT_ONCE):
            made = await asyncio.gather(
                *(loop.create_unix_connection(lambda: Page(path, delays_ns), socket_path) for _ in range(AT_ONCE))
            )
            await asyncio.gather(*(page.opened for _, page in made))
    print("connected", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    delays_ms = np.array(delays_ns or [0]) / 1e6
    p50, p99, longest = np.percentile(delays_ms, [50, 99, 100])
    print(json.dumps({"received": len(delays_ns), "p50_ms": p50, "p99_ms": p99, "max_ms": longest}), flush=True)


if __name__ == "__main__":
    uvloop.run(main())
