"""The documented users have enough rights to watch, and cannot write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from redis import Redis
from redis.exceptions import NoPermissionError

from locks.sources import Source
from tests import started
from tests.locks.restoring import capture_of, restore

DOCUMENT = started.ROOT / "docs" / "locks.md"


def user(name: str) -> list[str]:
    """The rules of a user, as documented."""
    (line,) = re.findall(rf"^user {name} .*$", DOCUMENT.read_text(), re.MULTILINE)
    return str(line).split()[1:]


@pytest.fixture(scope="module")
def guarded() -> Iterator[started.Valkey]:
    with started.valkey() as server, Redis(unix_socket_path=str(server.path)) as client:
        for name in ("watch", "break"):
            client.execute_command("ACL", "SETUSER", *user(name))
        client.config_set("notify-keyspace-events", "Kg$xhlz")
        yield server


def test_the_watcher_needs_no_more(guarded: started.Valkey, open_source: Callable[..., Source]) -> None:
    with Redis(unix_socket_path=str(guarded.path)) as client:
        source = open_source(f"unix://watch:secret@{guarded.path}")
        stages = [(file, one) for file in ("redisson", "huey", "symfony-lock") for one in capture_of(file)["stages"]]
        for file, written in stages:
            restore(client, written["keys"])
            assert (len(source.all()) > 0) == (len(written["expect"]["locks"]) > 0), file
        client.rpush("list", 1)
        client.sadd("set", 1)
        client.xadd("stream", {"a": "b"})
        assert len(source.look([b"list", b"set", b"stream"])) == 0
        assert source.pttl([b"list"]) == [-1]
        assert source.connections()
        assert source.clock().uncertainty_ms < float("inf")
        told = source.capabilities()
        assert (told.role, told.notifications, told.tracking, told.script) == ("primary", "unknown", True, "EVAL_RO")
        assert told.can == (True, True)
        source.estimate()
        assert source.cost.bill().server_us is not None
        for way in ("notifications", "tracking"):
            with source.listen(way) as listening:
                client.set("x", 1)
                assert [change.key for change in listening.changes(10)] == [b"x"]
        client.execute_command("ACL", "LOG", "RESET")
        open_source(f"unix://watch:secret@{guarded.path}?db=1").all()
        assert client.acl_log() == []  # nothing forbidden was even tried


@pytest.mark.parametrize("words", [("SET", "a", 1), ("DEL", "a"), ("CONFIG", "GET", "*"), ("EVAL", "return 1", 0)])
def test_the_watcher_cannot_write(guarded: started.Valkey, words: tuple[object, ...]) -> None:
    with (
        Redis(unix_socket_path=str(guarded.path), username="watch", password="secret") as client,
        pytest.raises(NoPermissionError),
    ):
        client.execute_command(*words)
