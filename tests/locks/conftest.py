"""A source written by a test as a watcher would write it: the table in a real Redis, events in the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from locks.core.rows import Past, Row, lane_of
from locks.core.sourcelist import EMBEDDED
from locks.models import LockSource
from locks.selectors.clock import now_ms
from locks.services.sources import ensure_sources
from locks.stores.line import line, prefix
from locks.stores.writing import TableWriter
from tests.locks.rows import a_past, a_row, a_status

_tokens = count(1)  # readers cache a table by its writer's token


@dataclass
class Watched:
    """The embedded source. Its table in our own Redis looks as if a watcher had written it."""

    source: LockSource
    now: int
    writer: TableWriter = field(default_factory=lambda: TableWriter(EMBEDDED, next(_tokens)))
    seq: int = 0

    @property
    def url(self) -> str:
        """The address of its page."""
        return f"/locks/{self.source.slug}/"

    def row(self, key: str, /, **fields: Any) -> Row:
        """A current row that outlasts the test, with a valid id."""
        made = a_row(key, **{"since": self.now - 20_000, "ends_at": self.now + 600_000, **fields})
        return {**made, "id": fields.get("id") or lane_of(f"{key} {made['holder']}".encode())}

    def write(self, *rows: Row, past: tuple[Past, ...] = (), **status: Any) -> None:
        """Writes the whole table, holds that ended, and a status."""
        self.seq += 1
        told = a_status(self.seq, **status)
        self.writer.replace(self.seq, {row["id"]: row for row in rows}, told)
        if past:
            self.writer.write(self.seq, {}, (), past, told)

    def hold(self, key: str, *, ago_ms: int, ms: int = 1_000, **fields: Any) -> Past:
        """A hold of `ms` that ended that long ago."""
        to = self.now - ago_ms
        return a_past(key, to=to, **{"from": to - ms, **fields})


def forget() -> None:
    """Deletes everything that a watcher wrote."""
    for key in line().scan_iter(f"{prefix()}*"):
        line().delete(key)


@pytest.fixture
def watched(db: None, hint_server: Any) -> Watched:
    forget()
    (source,) = ensure_sources()
    return Watched(source, now_ms())


@pytest.fixture
def operator_client(client: Any, django_user_model: Any) -> Any:
    """A browser session that may operate."""
    client.force_login(django_user_model.objects.create_superuser("operator"))
    return client
