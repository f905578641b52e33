"""What this web process knows for certain: itself, and the database and hint server that it just asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import DatabaseError, connection
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from redis import Redis, RedisError

from live.channel import redis_url
from live.places import Process, all_places
from live.wording import number

TIMEOUT_S = 0.5
_KEPT_S = 2.0  # many open overviews ask at the same moment; one check serves them all
_started_at = timezone.now()


@dataclass(frozen=True, slots=True)
class Processes:
    """All of them at one moment."""

    at: datetime
    processes: tuple[Process, ...]


_last: tuple[float, Processes] | None = None
_looking = threading.Lock()


def processes_now() -> Processes:
    """The processes now, or at most two seconds ago. Waits at most half a second for a silent one."""
    global _last  # noqa: PLW0603  one look a process
    with _looking:
        if _last is None or time.monotonic() - _last[0] > _KEPT_S:
            _last = time.monotonic(), Processes(timezone.now(), (_web(), _database(), _hint_server(), *_of_places()))
        return _last[1]


def _web() -> Process:
    return Process(_("Web"), True, _("answers"), _("this process, up since"), _started_at)


def _database() -> Process:
    name = _("Database")
    start = time.perf_counter()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError as error:
        return Process(name, False, _("does not answer"), str(error))
    detail = [connection.display_name, _ms(start)]
    if size := _file_bytes():
        detail.append(filesizeformat(size))
    return Process(name, True, _("answers"), ", ".join(detail))


def _file_bytes() -> int:
    """The size of SQLite's file and its write-ahead log; 0 for another database."""
    if connection.vendor != "sqlite":
        return 0
    name = str(connection.settings_dict["NAME"])
    return sum(path.stat().st_size for path in (Path(name), Path(f"{name}-wal")) if path.is_file())


def _hint_server() -> Process:
    name = _("Notifications (Valkey)")
    slower = _("changes show within a second instead of at once")
    url = redis_url()
    if not url:
        return Process(name, True, _("not used"), slower)
    try:
        with Redis.from_url(url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S) as client:
            client.ping()
            start = time.perf_counter()
            client.ping()
            took = _ms(start)
            about = client.info("server")
    except (RedisError, OSError):
        return Process(name, False, _("does not answer"), slower)
    kind = (
        f"Valkey {about['valkey_version']}" if "valkey_version" in about else f"Redis {about.get('redis_version', '')}"
    )
    return Process(name, True, _("answers"), f"{kind}, {took}")


def _of_places() -> Iterator[Process]:
    """What the subjects report about their own processes."""
    for places in all_places():
        yield from places.processes()


def _ms(start: float) -> str:
    """The time since `start` of `perf_counter`, in milliseconds, for reading."""
    return _("%(n)s ms") % {"n": number((time.perf_counter() - start) * 1000, 2)}
