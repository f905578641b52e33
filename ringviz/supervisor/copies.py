"""Which replicas are full copies, as they were last seen while their primaries lived.

After a death it is too late to ask: a replica whose primary is gone says the same whether it had everything or had only
begun to copy. So it is noted before. In memory by each look; in the replica's directory (`copy.json`) once that has
everything too, so that a supervisor that comes after us knows it.
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
    """A replica that was in sync when it was last seen, to this `offset` of its primary's writes.

    `kept`: its directory is a full copy as well. `doubted`: its link was down once while its primary answered.
    """

    offset: int
    kept: bool
    doubted: bool = False


class Copies:
    """Of one cluster. May be used from any thread."""

    def __init__(self) -> None:
        self._copies: dict[Server, Copy] = {}
        self._lock = threading.Lock()

    def of(self, replica: Server) -> Copy | None:
        """What is known of a replica; None where it is no full copy."""
        with self._lock:
            return self._copies.get(replica)

    def seen(self, replica: Server, primary: Server, link: Link | None, *, primary_answers: bool) -> None:
        """A look at a replica, and whether its primary answered in the same one. Who is silent stays what it was.

        A link that is down says something only of a replica whose primary lives. The primary may have died within a
        look, so that it takes a second one.
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
        """A look at a replica whose primary is known to live after it: there is no doubt."""
        for _look in range(2):
            self.seen(replica, primary, link, primary_answers=True)

    def begun(self, replica: Server, before: Server | None = None) -> None:
        """A replica was started from its directory: what that has is what is noted in it, or what `before` it was."""
        with self._lock:
            was = self._copies.pop(before, None) if before is not None else _noted(replica)
            if was is not None and was.kept:
                self._copies[replica] = replace(was, doubted=False)

    def drop(self, server: Server) -> None:
        """It is no copy of anything any more."""
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
    """Writes into the directory that it is a full copy, or that it is none.

    A directory that is gone is none anyway; where nothing can be written, neither can a server, and it says so itself.
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
