"""Listens like a server of a cluster, but is none."""

from __future__ import annotations

import socket
import threading


class Listening:
    """A socket of this machine that notes whether anybody connects to it."""

    def __enter__(self) -> tuple[int, threading.Event]:
        self._socket, asked = socket.create_server(("127.0.0.1", 0)), threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(asked,), daemon=True)
        self._thread.start()
        return self._socket.getsockname()[1], asked

    def _serve(self, asked: threading.Event) -> None:
        while True:
            try:
                peer, _from = self._socket.accept()
            except OSError:
                return
            asked.set()
            with peer:
                self._answer(peer)

    def _answer(self, peer: socket.socket) -> None:
        """Nothing."""

    def __exit__(self, *_exc: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class Impostor(Listening):
    """A server that gives one answer to everything, then waits for the connection to end."""

    def __init__(self, reply: bytes) -> None:
        self._reply = reply

    def __enter__(self) -> int:  # type: ignore[override]
        return super().__enter__()[0]

    def _answer(self, peer: socket.socket) -> None:
        try:
            while peer.recv(4096):
                peer.sendall(self._reply)
        except OSError:
            return
