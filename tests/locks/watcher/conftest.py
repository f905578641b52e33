"""A watched source: real servers, the watcher's threads, and its frames as pages get them, without a database."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from redis import Redis

from live.channel import channel_name
from locks.core.rows import Past, Row, Status
from locks.core.sourcelist import SourceConfig
from locks.sources import SourceTrouble
from locks.stores.line import prefix
from locks.stores.past import past
from locks.stores.table import status, table
from locks.stores.writing import TableWriter, newest_token
from locks.watcher.clock import OurClock
from locks.watcher.ledger import Ledger, Told
from locks.watcher.standing import Standing
from locks.watcher.teller import Teller
from locks.watcher.watching import SourceWatch
from tests import started
from tests.processes import until

NOTIFY = ("--notify-keyspace-events", "Kg$xhlz")


class Recorded:
    """Records what would become events."""

    def __init__(self) -> None:
        self.alerts: list[tuple[str, Any, bool, str]] = []
        self.others: list[str] = []

    def alert(self, told: Told) -> None:
        self.alerts.append((told.turn.alert["kind"], told.row["name"], told.turn.raised, told.why))

    def lost(self, trouble: SourceTrouble) -> None:
        self.others.append(f"lost {trouble.kind}")

    def back(self) -> None:
        self.others.append("back")


class Frames:
    """The frames of a source, as a hub gets them."""

    def __init__(self, stream_id: int) -> None:
        self.all: list[dict[str, Any]] = []
        self._stream_id = stream_id
        self._closing = threading.Event()
        self._pubsub = Redis.from_url(django_settings.REDIS_URL, socket_timeout=10).pubsub()
        self._pubsub.subscribe(channel_name())
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._closing.is_set():
            message = self._pubsub.get_message(timeout=0.1)
            if message and message["type"] == "message":
                kind, stream_id, *rest = json.loads(message["data"])
                if kind == "frame" and stream_id == self._stream_id:
                    self.all.append(rest[1])

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        self._pubsub.close()


class Watching:
    """One watched source, with its own slug and stream."""

    _next = 0

    def __init__(self, server: started.Valkey | None = None, **kept: Any) -> None:
        """`kept` may have url, if not of a plain server; user; token, raised and slug_of of an earlier watcher."""
        Watching._next += 1
        before = kept.get("slug_of")
        self.slug = before.slug if before else f"jobs-{Watching._next}"
        self.recorded = Recorded()
        self.fenced = threading.Event()
        self.frames = Frames(Watching._next)
        clock = OurClock()
        clock.keep()
        self.writer = TableWriter(self.slug, kept.get("token") or newest_token() or 1)
        seq = self.writer.claim()
        ledger = Ledger(clock, lambda _: None, table(self.slug).rows, past(self.slug, 0), kept.get("raised", ()))
        self.teller = Teller(self.slug, Watching._next, self.writer, seq, clock)
        url = kept.get("url") or f"unix://{kept.get('user', '')}{server.path if server else ''}"
        config = SourceConfig(self.slug, self.slug, f"{url}?timeout=0.5")
        own = prefix().encode()
        self.watch = SourceWatch(
            config,
            ledger,
            Standing(clock),
            self.recorded,
            is_ours=lambda key: key.startswith(own),
            news=self.teller.wake,
        )

    def __enter__(self) -> Watching:
        self.watch.start()
        self.teller.start(self.watch, self.fenced.set)
        return self

    def __exit__(self, *_error: object) -> None:
        self.watch.stop()
        self.watch.join(timeout_s=10)
        self.teller.stop()
        self.frames.close()

    def status(self) -> Status:
        found = until(lambda: status(self.slug), what="a status")
        assert found is not None
        return found

    def is_watched(self) -> Status:
        """Returns once the first search is complete."""
        until(lambda: self.status()["state"] == "watching" and self.status()["reconciled_at"], what="the first search")
        return self.status()

    def rows(self, name: str) -> list[Row]:
        return [row for row in table(self.slug).rows.values() if row["name"] == name]

    def row(self, name: str, what: Callable[[Row], Any] = lambda _row: True) -> Row:
        """The row of a lock's only holder, once `what` is true of it."""

        def found() -> Row | None:
            rows = self.rows(name)
            return rows[0] if len(rows) == 1 and what(rows[0]) else None

        row = until(found, what=f"the row of {name}")
        assert row is not None
        return row

    def no_row(self, name: str) -> None:
        until(lambda: not self.rows(name), what=f"the end of {name}")

    def past(self, name: str, count: int = 1) -> list[Past]:
        """The holds of a lock that ended, once there are at least `count`."""

        def found() -> list[Past]:
            holds = [hold for hold in past(self.slug, 0) if hold["name"] == name]
            return holds if len(holds) >= count else []

        return until(found, what=f"{count} past holds of {name}")

    def frame(self, what: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """The first frame that matches `what`."""
        return until(lambda: [frame for frame in list(self.frames.all) if what(frame)], what="a frame")[0]


@pytest.fixture(scope="module")
def our_redis(shared_valkey: started.Valkey) -> Iterator[started.Valkey]:
    """Our own Redis, shared by the tests of a file."""
    before, django_settings.REDIS_URL = django_settings.REDIS_URL, shared_valkey.url
    yield shared_valkey
    django_settings.REDIS_URL = before


@pytest.fixture(scope="module")
def server() -> Iterator[started.Valkey]:
    """A server that sends notifications. A test that kills or changes a server starts its own instead."""
    with started.valkey(*NOTIFY) as one:
        yield one


@pytest.fixture(scope="module")
def watching(our_redis: started.Valkey, server: started.Valkey) -> Iterator[Watching]:
    """That server, watched."""
    with Watching(server) as one:
        one.is_watched()
        yield one


@pytest.fixture
def client(server: started.Valkey) -> Iterator[Redis]:
    with client_at(server) as one:
        yield one


def client_at(server: started.Valkey) -> Redis:
    """A client that uses locks."""
    return Redis(unix_socket_path=str(server.path), socket_timeout=10)
