"""Reads new keys for a cluster in the background of a web process, and reports progress.

The KeyImport row stores the progress, so that a page that missed a frame can ask any process (GET keys). The import
does not change the cluster. Its keys can be planned and applied afterwards (`taking`), or are applied at the end if
requested.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import BinaryIO

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from live.actor import Actor
from live.hints import publish_frame
from live.turns import write_turn
from ringviz.errors import Invalid, NotFound, Refused
from ringviz.events import Payload
from ringviz.models import Cluster, KeyImport, KeySet
from ringviz.selectors.clusters import Known, cluster_of
from ringviz.services.changing import check_allowed, check_changeable
from ringviz.services.clusters import use_keys
from ringviz.services.decisions import Decision
from ringviz.services.decisions import use_keys as use_keys_of
from ringviz.services.keys import Note
from ringviz.stores.keysets import Progress

_FRAME_EVERY_S = 0.1
_ROW_EVERY_S = 1.0
ABANDONED_AFTER = timedelta(seconds=30)

Make = Callable[[Progress, Note], KeySet]


def start_import(
    *, slug: str, actor: Actor, make: Make, language: str, source: BinaryIO | None = None, take: bool = True
) -> KeyImport:
    """Starts making a key set. With `take`, applies it to the cluster at the end.

    Only one import per cluster at a time. Closes `source` at the end. Raises NotAllowed, NotFound, Invalid (one runs).
    """
    check_allowed(actor)
    cluster = cluster_of(slug)
    check_changeable(cluster)
    with write_turn():
        Cluster.objects.select_for_update().filter(
            pk=cluster.pk
        ).first()  # makes concurrent requests check one after another
        running = current_import(cluster)
        if running is not None and running.state == KeyImport.State.RUNNING:
            raise Invalid("file", None, _("An import of keys is already running. Wait until it ends."))
        job = KeyImport.objects.create(cluster=cluster)
    run = _Run(job, cluster=cluster, actor=actor, make=make, language=language, source=source, take=take)
    threading.Thread(target=run, name=f"import-{job.pk}", daemon=True).start()
    return job


def current_import(cluster: Cluster) -> KeyImport | None:
    """The newest import of a cluster. It counts as failed if its process is gone."""
    job = cluster.imports.order_by("-pk").first()
    if job and job.state == KeyImport.State.RUNNING and job.updated_at < timezone.now() - ABANDONED_AFTER:
        job.state = KeyImport.State.FAILED
        job.error = _("The import was interrupted. Nothing was changed. Start it again.")
    return job


def progress_of(job: KeyImport) -> dict[str, object]:
    """An import for pages: `done` of about `total` keys, and at the end `keys`, the key set."""
    frame: dict[str, object] = {"id": job.pk, "done": job.done, "total": job.total, "state": job.state}
    if job.key_set_id is not None:
        frame["keys"] = job.key_set_id
    if job.error:
        frame["error"] = job.error
    return frame


def taking(number: int) -> Decision:
    """The decision to use keys that were read for this cluster. Raises NotFound for any other key set."""

    def decide(on: Known) -> Payload:
        read = KeyImport.objects.filter(cluster=on.cluster, key_set=number).select_related("key_set").first()
        if read is None or read.key_set is None:
            raise NotFound(_("These keys were not read for this cluster. Choose the file again."))
        return use_keys_of(read.key_set)(on)

    return Decision("keys", {"keys": str(number)}, decide)


class _Run:
    """The work of one import."""

    def __init__(
        self,
        job: KeyImport,
        *,
        cluster: Cluster,
        actor: Actor,
        make: Make,
        language: str,
        source: BinaryIO | None,
        take: bool,
    ) -> None:
        self._take = take
        self._job, self._cluster, self._actor = job, cluster, actor
        self._make, self._language, self._source = make, language, source
        self._framed_at = self._saved_at = time.monotonic()
        self._converted = ""

    def __call__(self) -> None:
        job = self._job
        with override(self._language):
            try:
                key_set = self._make(self._progress, self._note)
                if self._take:
                    use_keys(slug=self._cluster.slug, actor=self._actor, key_set=key_set)
                job.key_set = key_set
                job.done = job.total = key_set.count
                job.state = KeyImport.State.DONE
            except Refused as refused:
                self._fail(refused.message)
            except Exception:
                self._fail(_("The import failed. Nothing was changed. The server's log says why."))
                raise
            finally:
                self._end()

    def _fail(self, error: str) -> None:
        self._job.state, self._job.error = KeyImport.State.FAILED, error

    def _end(self) -> None:
        if self._source is not None:
            self._source.close()
        self._save()
        self._frame()
        connection.close()

    def _note(self, converted: str) -> None:
        self._converted = converted

    def _progress(self, done: int, total: int) -> None:
        self._job.done, self._job.total = done, total
        now = time.monotonic()
        if now - self._framed_at >= _FRAME_EVERY_S:
            self._framed_at = now
            self._frame()
        if now - self._saved_at >= _ROW_EVERY_S:
            self._saved_at = now
            self._save()

    def _frame(self) -> None:
        frame = progress_of(self._job)
        if self._converted:
            frame["converted"] = self._converted
        publish_frame(self._cluster.stream_id, "import", frame)

    def _save(self) -> None:
        """Updates the row, if it still exists: deleting a cluster deletes its imports."""
        job = self._job
        KeyImport.objects.filter(pk=job.pk).update(
            state=job.state,
            done=job.done,
            total=job.total,
            error=job.error,
            key_set=job.key_set,
            updated_at=timezone.now(),
        )
