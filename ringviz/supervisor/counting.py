"""Counts the keys on every server of every managed cluster a few times a second, and publishes them. The same look
records which replicas are full copies.

Runs in a separate thread, so that waiting for a frozen server delays no decision.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Protocol

from live.hints import publish_frame
from live.wire import now_ms
from ringviz.selectors.external import Stored, StoredFrame, StoredReplica
from ringviz.supervisor.members import Members
from servers.address import Address
from servers.driver.copying import Link
from servers.driver.engine import Engine
from servers.driver.holding import Measured

logger = logging.getLogger(__name__)

EVERY_S = 0.25
TIMEOUT_S = 0.2
MOST_KEPT = 4_096  # nodes whose bytes are remembered, dead ones too, because a death may be reported late


class Counted(Protocol):
    """A cluster whose servers are counted."""

    stream_id: int
    engine: Engine

    members: Members


class Counting:
    """The thread that counts."""

    def __init__(self, clusters: Callable[[], Iterable[Counted]]) -> None:
        self._clusters = clusters
        self._stopping = threading.Event()
        self._bytes: dict[tuple[int, int], int] = {}
        self._thread = threading.Thread(target=self._run, name="counting", daemon=True)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def stop(self) -> None:
        """Ends."""
        self._stopping.set()
        self._thread.join(timeout=5)

    def bytes_of(self, stream_id: int, number: int) -> int:
        """The bytes of a node's keys at the last count, 0 if never counted."""
        return self._bytes.get((stream_id, number), 0)

    def _run(self) -> None:
        while not self._stopping.wait(EVERY_S):
            for cluster in list(self._clusters()):
                try:
                    self._count(cluster)
                except Exception:
                    logger.exception("The servers of stream %d could not be counted", cluster.stream_id)

    def _count(self, cluster: Counted) -> None:
        current = cluster.members.current()
        asked = [one.address for pair in current.values() for one in pair if one is not None]
        measured = cluster.engine.measure(asked, TIMEOUT_S) if asked else {}
        nodes: dict[str, Stored] = {}
        for number, (primary, replica) in current.items():
            found = measured.get(primary.address) if primary else None
            copy = measured.get(replica.address) if replica else None
            nodes[str(number)] = _stored(found, copy, replica.address if replica else None)
            if primary is not None and replica is not None:
                link = copy.link if copy else None
                cluster.members.copies.seen(replica, primary, link, primary_answers=found is not None)
            if found is not None:
                self._keep((cluster.stream_id, number), found.data)
        publish_frame(cluster.stream_id, "stored", dict(StoredFrame(at=now_ms(), nodes=nodes)))

    def _keep(self, node: tuple[int, int], data: int) -> None:
        self._bytes.pop(node, None)
        self._bytes[node] = data  # moves it to the end
        if len(self._bytes) > MOST_KEPT:
            del self._bytes[next(iter(self._bytes))]


def _stored(found: Measured | None, other: Measured | None, at: Address | None) -> Stored:
    copy = replica_seen(at, other, found.link if found else None) if at else None
    if found is None:
        return Stored(up=False, keys=None, bytes=None, limit=None, ops=None, replica=copy)
    return Stored(up=True, keys=found.keys, bytes=found.bytes, limit=found.limit, ops=found.ops, replica=copy)


def replica_seen(at: Address, itself: Measured | None, primary: Link | None) -> StoredReplica:
    """The replica at an address by what it says itself and what its primary says; None for one that does not answer."""
    follower = next((one for one in primary.followers if one.address == at), None) if primary else None
    syncing = itself is not None and itself.link.syncing
    state: str | None
    if follower is not None:
        state = "online" if follower.online else "copying"
    elif syncing:
        state = "copying"
    else:
        state = "apart" if primary else None
    known = follower if primary and follower and follower.online else None
    return StoredReplica(
        keys=itself.keys if itself else None,
        up=itself is not None,
        address=str(at),
        state=state,
        behind=max(0, primary.offset - known.offset) if primary and known else None,
        silent_s=known.silent_s if known else None,
    )
