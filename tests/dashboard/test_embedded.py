"""What the embedded Valkey keeps, and that it starts again whatever became of that."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dashboard.demo.embedded import EmbeddedValkey
from fleet.process import Child
from locks.lock import Lock, client_of
from tests import started


class Demo:
    """The embedded server of a data folder, which is started again and again."""

    def __init__(self, folder: Path) -> None:
        self.said: list[str] = []
        self.kept = folder / "valkey"
        self.socket = folder / "valkey.sock"
        self._start = EmbeddedValkey(self.socket, folder, self.said.append)
        self.child: Child | None = None

    def start(self) -> Child:
        self.child = self._start()
        return self.child

    @contextmanager
    def up(self) -> Iterator[Child]:
        """It runs within the block, and is killed at its end."""
        child = self.start()
        try:
            started.await_ready(child, lambda: started.listens(self.socket))
            yield child
        finally:
            child.kill()
            self.socket.unlink(missing_ok=True)

    def token(self) -> int:
        """The next fencing token of a lock that was released."""
        with self.up(), client_of(f"unix://{self.socket}") as client, Lock(client, "jobs").hold(5) as held:
            return held.fencing_token

    def file(self, name: str) -> Path:
        return next(self.kept.glob(f"appendonlydir/*{name}"))


@pytest.fixture
def demo() -> Iterator[Demo]:
    with started.folder() as folder:
        demo = Demo(folder)
        yield demo
        if demo.child is not None:
            demo.child.kill()


def test_fencing_tokens_rise_over_kills(demo):
    assert [demo.token(), demo.token(), demo.token()] == [1, 2, 3]
    assert demo.kept.stat().st_mode & 0o077 == 0
    assert not demo.said


def test_a_tail_that_was_cut_off_costs_its_last_command(demo):
    demo.token()
    tail = demo.file("incr.aof")
    os.truncate(tail, tail.stat().st_size - 7)  # within the deletion that released the lock
    with demo.up(), client_of(f"unix://{demo.socket}") as client:
        assert client.get("ringviz:lock:{jobs}:fencing") == b"1"
        assert client.exists("ringviz:lock:{jobs}")
    assert not demo.said


@pytest.mark.parametrize("damage", ["base.rdb", "incr.aof", "manifest"])
def test_what_cannot_be_read_is_set_aside_and_it_starts_empty(demo, damage):
    demo.token()
    demo.file(damage).write_bytes(b"damaged")
    assert demo.start().wait(30) == 1
    assert demo.token() == 1
    assert len(demo.said) == 1
    assert "valkey.damaged" in demo.said[0]
    assert (demo.kept.parent / "valkey.damaged" / "appendonlydir").is_dir()


def test_what_cannot_be_mended_is_not_set_aside_twice(demo):
    demo.socket.mkdir()  # nobody can listen there
    for _again in range(3):
        assert demo.start().wait(30) == 1
    assert len(demo.said) <= 1


def test_it_hears_of_locks_and_has_room_for_their_table(demo):
    with demo.up(), client_of(f"unix://{demo.socket}") as client:
        told = client.config_get("notify-keyspace-events", "maxmemory", "maxmemory-policy", "appendfsync")
    assert set(told["notify-keyspace-events"]) == set("Kg$xhlz")
    assert (told["maxmemory"], told["maxmemory-policy"]) == (str(256 << 20), "noeviction")
    assert told["appendfsync"] == "no"


def test_a_server_that_was_ready_and_ended_keeps_what_it_has(demo):
    demo.token()
    with demo.up() as child:
        assert child.end(5) == 0
    assert demo.token() == 2
    assert not demo.said
