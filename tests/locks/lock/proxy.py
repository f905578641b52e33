"""A socket between a client and its server that loses replies when told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests import started


class Proxy:
    """Passes everything on, except the replies that `lose` drops."""

    def __init__(self, path: Path, server: Path) -> None:
        self.url = f"unix://{path}"
        self._server = server
        self._losing = 0
        self._pieces = b""
        self.lost = 0
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def lose(self, replies: int, to: bytes = b"") -> None:
        """The server obeys, but the next `replies` replies to requests that contain `to` never arrive: the connection
        ends instead.
        """
        self._losing, self._pieces = replies, to

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        """Requests and replies take turns, as on any connection of redis-py."""
        with client, socket.socket(socket.AF_UNIX) as server, suppress(OSError):
            server.connect(str(self._server))
            while request := client.recv(1 << 20):
                server.sendall(request)
                reply = server.recv(1 << 20)
                if self._losing and self._pieces in request:
                    self._losing -= 1
                    self.lost += 1
                    return
                client.sendall(reply)


@contextmanager
def proxy(server: started.Valkey) -> Iterator[Proxy]:
    """A proxy in front of the server."""
    with started.folder() as folder:
        ours = Proxy(folder / "proxy.sock", server.path)
        try:
            yield ours
        finally:
            ours.close()
