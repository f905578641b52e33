"""A member that answers with a captured CLUSTER NODES, as a client of it would be answered."""

from __future__ import annotations

import re
import socket
import threading
from pathlib import Path

from tests.servers.reading.impostor import Listening

CAPTURED = Path(__file__).parent / "captured"
KEYS = 7  # what it claims to store


def captured(name: str) -> str:
    """The reply, as a real cluster gave it."""
    return (CAPTURED / f"{name}.txt").read_text()


def line(id_: str, where: str, flags: str = "master", primary: str = "-", *slots: str) -> str:
    """One line of a reply that nobody captured."""
    return " ".join([id_, where, flags, primary, "0", "0", "1", "connected", *slots])


class Told(Listening):
    """Listens at a port of its own: the members that the reply has at port `stands_for` are there then; 0 for none.

    `asked` are the commands that it was sent, `text` is what it says of its cluster: it may change.
    """

    def __init__(self, text: str, stands_for: int = 0) -> None:
        self.text, self.asked, self._stands_for = text, list[str](), stands_for
        self.port = 0

    def __enter__(self) -> Told:  # type: ignore[override]
        self.port = super().__enter__()[0]
        if self._stands_for:
            self.text = self.text.replace(f":{self._stands_for}@", f":{self.port}@")
        return self

    def _answer(self, peer: socket.socket) -> None:
        threading.Thread(target=self._converse, args=(peer.dup(),), daemon=True).start()

    def _converse(self, peer: socket.socket) -> None:
        with peer:
            try:
                while words := _words(peer.recv(4096)):
                    self.asked.append(words)
                    peer.sendall(_bulk(self._reply(words)))
            except OSError:
                return

    def _reply(self, words: str) -> str:
        if words.startswith("CLUSTER"):
            return self.text
        return f"db0:keys={KEYS},expires=0\r\n" if "keyspace" in words else "used_memory:1000\r\nmaxmemory:0\r\n"


def _words(packed: bytes) -> str:
    return " ".join(re.findall(r"\$\d+\r\n([^\r]*)", packed.decode()))


def _bulk(text: str) -> bytes:
    return b"$%d\r\n%b\r\n" % (len(text.encode()), text.encode())
