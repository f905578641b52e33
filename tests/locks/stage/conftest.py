"""The stage of a test installation: a director in this process, and the main thread as its hands."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.db import connections

from fleet.hands import Hands
from live.actor import Actor
from live.models import Event
from locks.core.sourcelist import EMBEDDED
from locks.events.stage_state import State
from locks.models import LockSource
from locks.selectors.stage import state_of
from locks.services.sources import ensure_sources
from locks.services.stage import ask
from locks.stage.director import Director
from locks.stores.writing import TableWriter
from tests import started
from tests.locks.rows import a_status
from tests.on_hands import run_beside
from tests.own_database import connected, made_database
from tests.processes import until

T = TypeVar("T")
OPERATOR = Actor("operator", "page", may_operate=True)
_keys = itertools.count(1)


def watch(source: LockSource) -> None:
    """Pretends that a watcher is running, which is believed for some seconds."""
    TableWriter(source.slug, next(_keys)).replace(1, {}, a_status(1))


@dataclass
class Stage:
    """A stage and its director."""

    source: LockSource
    hands: Hands = field(default_factory=Hands)

    def __post_init__(self) -> None:
        self.director = Director(self.hands, self.source)

    def play(self, work: Callable[[], T]) -> T:
        """Runs `work` in a thread while the director runs; the main thread is its hands."""

        def played() -> T:
            self.director.start()
            try:
                return work()
            finally:
                self.director.stop()
                connections.close_all()

        try:
            return run_beside(self.hands, played)
        finally:
            self.hands.end()

    def ask(self, what: str, **fields: Any) -> Event:
        """Sends a request as an operator's page would."""
        watch(self.source)
        texts = {name: str(value) for name, value in fields.items()}
        return ask(EMBEDDED, OPERATOR, {"what": what, "key": f"key-{next(_keys)}", **texts})

    @property
    def state(self) -> State:
        return state_of(self.source)

    def ended(self) -> State:
        """The state once no run is open."""
        until(lambda: self.state["run"] is None, what="the end of the run")
        return self.state

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        """The events of the stage, oldest first."""
        events = Event.objects.filter(stream_id=self.source.stream_id, kind__startswith="stage_").order_by("version")
        return [(event.kind, event.payload) for event in events]


def is_stopped(pid: int) -> bool:
    """Whether the system says that a process is stopped."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def workers_of_ours() -> list[int]:
    """The worker processes that this test started and that are still alive."""
    mine = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        if b"locks.stage.worker" in words and parent == os.getpid():
            mine.append(int(folder.name))
    return mine


@pytest.fixture
def stage(hint_server: started.Valkey, settings: Any, django_db_blocker: Any) -> Iterator[Stage]:
    with django_db_blocker.unblock(), started.folder() as folder, made_database(folder) as url, connected(url):
        settings.DATA_DIR = folder
        (source,) = ensure_sources()
        yield Stage(source)
