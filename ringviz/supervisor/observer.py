"""Looks at every attached cluster once a second. Publishes key counts as frames and map changes as events."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait

from django.db import Error, close_old_connections, connection
from django.utils import timezone

from live.hints import publish_frame
from live.models import Stream
from live.outage import Outage
from locks.services.leading import Fenced, Guard
from ringviz.errors import NotFound
from ringviz.models import Attachment
from ringviz.selectors.clusters import known
from ringviz.selectors.door import door
from ringviz.selectors.external import reader_of, silent_frame, stored_frame
from ringviz.services.external import hear, miss, relocate, see
from ringviz.supervisor.asking import RESOLVE_EVERY_S, Answer, Asking
from servers.guard.door import Door
from servers.reading.look import Reader, SilentCluster

logger = logging.getLogger(__name__)

EVERY_S = 1.0
TIMEOUT_S = 0.8


class Observer:
    """One per installation: the leading supervisor starts it, and it writes under the leader's `guard`.

    Its thread uses the database; another thread queries the servers (`asking.py`). Each look is published as soon as it
    ends, so that a slow cluster delays no other.
    """

    def __init__(
        self,
        guard: Callable[[], Guard],
        every_s: float = EVERY_S,
        timeout_s: float = TIMEOUT_S,
        resolve_every_s: float = RESOLVE_EVERY_S,
    ) -> None:
        self._guard = guard
        self._every_s = every_s
        self._readers: dict[int, Reader] = {}
        self._under_way: dict[int, Future[Answer]] = {}
        self._asking = Asking(timeout_s, resolve_every_s)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._outage = Outage("attached clusters", "they are not looked at")

    def start(self) -> None:
        """Starts the thread."""
        self._thread = threading.Thread(target=self._run, name="observer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends it after the current step. Returns when its connections are closed."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._forget(set(self._readers))
        self._asking.close()

    def step(self) -> None:
        """Looks at each cluster and publishes results for up to `every_s`. A later step publishes slower ones.

        Stops looking at detached clusters. Raises Fenced.
        """
        until = time.monotonic() + self._every_s
        attachments = {one.pk: one for one in Attachment.objects.select_related("cluster")}
        self._forget(self._readers.keys() - attachments.keys())
        here = door()
        for pk, attachment in attachments.items():
            if pk not in self._under_way:
                self._under_way[pk] = self._asking.look(self._reader(attachment, here), here, attachment.host)
        while self._under_way and not self._stopping.is_set():
            done, _slow = wait(self._under_way.values(), max(0.0, until - time.monotonic()), FIRST_COMPLETED)
            if not done:
                return
            for pk in [pk for pk, look in self._under_way.items() if look in done]:
                self._tell_safely(attachments[pk], self._under_way.pop(pk))

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                began, pause_s = time.monotonic(), self._every_s
                close_old_connections()
                try:
                    self.step()
                    self._outage.answered()
                except Error as error:
                    pause_s = max(pause_s, self._outage.failed(error))
                except Fenced as newer:  # the new leader looks at them
                    logger.warning("The attached clusters are no longer checked: %s", newer)
                    return
                except Exception:
                    logger.exception("A look at the attached clusters failed; the next one is a second later")
                self._stopping.wait(max(0.0, pause_s - (time.monotonic() - began)))
        finally:
            self._forget(set(self._readers))
            connection.close()

    def _reader(self, attachment: Attachment, here: Door) -> Reader:
        """The reader of a cluster, kept until it is detached."""
        if attachment.pk not in self._readers:
            self._readers[attachment.pk] = reader_of(attachment, here)
        return self._readers[attachment.pk]

    def _tell_safely(self, attachment: Attachment, look: Future[Answer]) -> None:
        """Publishes a look. Errors of one cluster are logged and do not affect others. Raises Fenced and database
        errors.
        """
        try:
            self._tell(attachment, look.result())
        except (NotFound, Stream.DoesNotExist):  # detached meanwhile
            self._forget({attachment.pk})
        except (Error, Fenced):
            raise
        except Exception:
            logger.exception("A look at %s failed; the next one follows", attachment.cluster.slug)

    def _tell(self, attachment: Attachment, answer: Answer) -> None:
        cluster, guard, now_ms = attachment.cluster, self._guard(), int(timezone.now().timestamp() * 1000)
        look, target = answer
        if isinstance(look, SilentCluster):
            since_ms = int(miss(attachment, guard=guard).timestamp() * 1000)
            frame = silent_frame(known(cluster.slug).state["nodes"], now_ms, since_ms, look)
        else:
            hear(attachment, guard=guard)
            if target is not None and target != (attachment.ip, attachment.port):
                relocate(attachment, target, guard=guard)
            frame = stored_frame(look, see(cluster.slug, look, guard=guard), now_ms)
        publish_frame(cluster.stream_id, "stored", dict(frame))

    def _forget(self, gone: set[int]) -> None:
        """Stops looking at these clusters before it returns."""
        for pk in gone:
            self._under_way.pop(pk, None)
        self._asking.end([self._readers.pop(pk) for pk in gone if pk in self._readers])
