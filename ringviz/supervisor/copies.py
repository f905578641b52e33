"""Which replicas were full copies when they were last seen with a live primary.

After a death it is too late to ask: a replica without its primary reports the same whether it had everything or had
only begun to copy. So each look records it in memory and, once the directory has everything too, in the replica's
directory (`copy.json`) for the next supervisor.
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import dataclass, replace

from ringviz.supervisor.servers import Server
from servers.driver.copying import Link

NOTE = "copy.json"


@dataclass(frozen=True, slots=True)
class Copy:
    """A replica that was in sync when last seen, up to this `offset` of its primary's writes.

    `kept`: its directory is a full copy too. `doubted`: its link was down once while its primary answered.
    """

    offset: int
    kept: bool
    doubted: bool = False


class Copies:
    """The copies of one cluster. Thread-safe."""

    def __init__(self) -> None:
        self._copies: dict[Server, Copy] = {}
        self._lock = threading.Lock()

    def of(self, replica: Server) -> Copy | None:
        """What is known about a replica. None if it is not a full copy."""
        with self._lock:
            return self._copies.get(replica)

    def seen(self, replica: Server, primary: Server, link: Link | None, *, primary_answers: bool) -> None:
        """Records a look at a replica, and whether its primary answered in the same look. Silence changes nothing.

        A link that is down only counts if the primary is alive. The primary may have died during the look, so it takes
        a second one.
        """
        with self._lock:
            was = self._copies.get(replica)
            if link is None or not replica.is_running or not primary.is_running:
                return
            if link.up and link.follows == primary.address:
                self._put(replica, Copy(link.offset, link.kept or (was is not None and was.kept)))
            elif was is not None and primary_answers:
                self._put(replica, None if was.doubted else replace(was, doubted=True))

    def looked_at(self, replica: Server, primary: Server, link: Link | None) -> None:
        """Records a look at a replica whose primary is known to have lived after it, so there is no doubt."""
        for _look in range(2):
            self.seen(replica, primary, link, primary_answers=True)

    def begun(self, replica: Server, before: Server | None = None) -> None:
        """A replica was started from its directory, which has the recorded state, or what it was `before`."""
        with self._lock:
            was = self._copies.pop(before, None) if before is not None else _noted(replica)
            if was is not None and was.kept:
                self._copies[replica] = replace(was, doubted=False)

    def drop(self, server: Server) -> None:
        """Records that it is not a copy any more."""
        with self._lock:
            self._put(server, None)

    def _put(self, replica: Server, copy: Copy | None) -> None:
        was = self._copies.get(replica)
        if copy is None:
            self._copies.pop(replica, None)
        else:
            self._copies[replica] = copy
        if (was is not None and was.kept) != (copy is not None and copy.kept):
            _note(replica, copy)


def _note(replica: Server, copy: Copy | None) -> None:
    """Records in the directory whether it is a full copy.

    A missing directory is not a copy anyway. If it cannot be written, the server cannot write either and reports that.
    """
    path = replica.directory / NOTE
    with suppress(OSError):
        if copy is None:
            path.unlink()
            return
        draft = path.with_name(f"{NOTE}.new")
        draft.write_text(json.dumps({"offset": copy.offset}))
        draft.replace(path)


def _noted(replica: Server) -> Copy | None:
    with suppress(OSError, ValueError, KeyError, TypeError):
        return Copy(int(json.loads((replica.directory / NOTE).read_text())["offset"]), kept=True)
    return None
