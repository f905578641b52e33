"""Looks at every attached cluster once a second: what each server stores as a frame, another map as an event."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable

from django.db import close_old_connections, connection
from django.utils import timezone

from live.hints import publish_frame
from ringviz.errors import NotFound
from ringviz.models import Attachment
from ringviz.selectors.clusters import known
from ringviz.selectors.door import addresses_in, door
from ringviz.selectors.external import silent_frame, stored_frame
from ringviz.services.external import hear, miss, see
from ringviz.services.leading import Fenced, Guard
from ringviz.stores import passwords
from servers.guard.door import Door, Target
from servers.reading.connection import Login
from servers.reading.look import ClusterLook, Reader, SilentCluster

logger = logging.getLogger(__name__)

EVERY_S = 1.0
TIMEOUT_S = 0.8


class Observer:
    """One for an installation: the leader among the supervisors starts it, and it writes by the leader's `guard`.

    Its connections stay open between looks.
    """

    def __init__(self, guard: Callable[[], Guard], every_s: float = EVERY_S, timeout_s: float = TIMEOUT_S) -> None:
        self._guard = guard
        self._every_s, self._timeout_s = every_s, timeout_s
        self._readers: dict[int, Reader] = {}
        self._loop = asyncio.new_event_loop()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """In a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="observer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Returns when it has ended and its connections are closed: after the look that is under way."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        else:
            self._close()

    def step(self) -> None:
        """One look at each of them, all at the same time; an attachment that is gone is forgotten. Raises Fenced."""
        attachments = list(Attachment.objects.select_related("cluster"))
        self._forget({attachment.pk for attachment in attachments})
        here = door()
        readers = [self._reader(attachment, here) for attachment in attachments]
        looks = self._loop.run_until_complete(self._look(readers, here))
        for attachment, look in zip(attachments, looks, strict=True):
            try:
                self._tell(attachment, look)
            except NotFound:  # detached in between
                self._forget(set(self._readers) - {attachment.pk})

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                began = time.monotonic()
                close_old_connections()
                try:
                    self.step()
                except Fenced as newer:  # whoever leads by now looks as well
                    logger.warning("The attached clusters are not looked at any more: %s", newer)
                    return
                except Exception:
                    logger.exception("A look at the attached clusters failed; the next one is a second later")
                self._stopping.wait(max(0.0, self._every_s - (time.monotonic() - began)))
        finally:
            self._close()
            connection.close()

    async def _look(self, readers: list[Reader], here: Door) -> list[ClusterLook | None]:
        return await asyncio.gather(*(self._look_by(reader, here) for reader in readers))

    async def _look_by(self, reader: Reader, here: Door) -> ClusterLook | None:
        try:
            return await reader.look(here, self._timeout_s)
        except SilentCluster:
            return None

    def _reader(self, attachment: Attachment, here: Door) -> Reader:
        """Kept until the attachment is gone. A new one knows the members that were known."""
        if attachment.pk not in self._readers:
            login = Login(attachment.username, passwords.kept(attachment.cluster_id))
            addresses = attachment.cluster.nodes.values_list("address", flat=True)
            self._readers[attachment.pk] = Reader(
                Target(attachment.ip, attachment.port),
                login,
                host=attachment.host,
                others=filter(None, map(here.announced, addresses_in(addresses))),
            )
        return self._readers[attachment.pk]

    def _tell(self, attachment: Attachment, look: ClusterLook | None) -> None:
        cluster, guard, now_ms = attachment.cluster, self._guard(), int(timezone.now().timestamp() * 1000)
        if look is None:
            since_ms = int(miss(attachment, guard=guard).timestamp() * 1000)
            frame = silent_frame(known(cluster.slug).state["nodes"], now_ms, since_ms)
        else:
            hear(attachment, guard=guard)
            frame = stored_frame(look, see(cluster.slug, look, guard=guard), now_ms)
        publish_frame(cluster.stream_id, "stored", dict(frame))

    def _forget(self, there: set[int]) -> None:
        for pk in set(self._readers) - there:
            self._readers.pop(pk).close()

    def _close(self) -> None:
        if self._loop.is_closed():
            return
        self._forget(set())
        self._loop.run_until_complete(asyncio.sleep(0))  # what was aborted is closed in the loop's next turn
        self._loop.close()
