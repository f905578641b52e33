"""`manage.py locks break`: it breaks one lock for a reason, records that if there is a stream, and refuses the rest."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from redis import Redis

from live.models import Event
from locks.core.sourcelist import SourceConfig
from locks.management.commands.locks import Command

HOLDER = "q83vASNFZ4mrze8BI0VniQEB"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("live.door.connections.close_all", lambda: None)  # the connection is the test's database

    def running(*words: str) -> tuple[int, str, str]:
        status = 0
        try:
            Command(stdout=sys.stdout).run_from_argv(["manage.py", "locks", "break", *words])
        except SystemExit as end:
            status = int(end.code or 0)
        out, error = capsysbinary.readouterr()
        return status, out.decode(), error.decode()

    return running


@pytest.fixture
def server(hint_server: Any) -> Iterator[Redis]:
    with Redis(unix_socket_path=str(hint_server.path), socket_timeout=10) as client:
        yield client


@pytest.fixture
def key(server: Redis) -> str:
    """A held lock of python-redis-lock. Its name is random because the server is shared."""
    name = f"lock:jobs-{secrets.token_hex(4)}"
    server.set(name, HOLDER, px=60_000)
    return name


@pytest.mark.django_db
def test_a_break_of_our_own_server_is_recorded(run: Run, server: Redis, key: str) -> None:
    status, out, _error = run(key, "--reason", "stuck")
    assert (status, server.exists(key)) == (0, 0)
    assert out == f"embedded: {key.removeprefix('lock:')} broken, held by {HOLDER}: stuck\n"
    event = Event.objects.get(kind="lock_broken")
    assert (event.origin, event.payload["reason"], event.payload["sure"]) == ("command line", "stuck", True)
    server.set(key, HOLDER)
    told = json.loads(run(key, "--reason", "stuck", "--json", "--source", "embedded")[1])
    assert (told["recorded"], told["version"], told["key"], told["holder"]) == (True, event.version + 1, key, HOLDER)


@pytest.mark.django_db
def test_a_source_without_a_second_user_is_read_only(run: Run, server: Redis, key: str, settings: Any) -> None:
    settings.LOCK_SOURCES = (SourceConfig("jobs", "jobs", settings.REDIS_URL),)
    status, _out, error = run(key, "--reason", "stuck", "--source", "jobs")
    assert (status, server.exists(key)) == (2, 1)
    assert error == "error: jobs is read-only: its entry in LOCK_SOURCES names no break=VARIABLE.\n"


def test_any_server_by_its_address_without_a_database(
    run: Run, server: Redis, key: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_SERVER", settings.REDIS_URL)
    status, out, _error = run(key, "--reason", "stuck", "--redis-env", "SOME_SERVER")
    assert (status, server.exists(key)) == (0, 0)
    assert "not recorded" in out
    server.set(key, HOLDER)
    told = json.loads(run(key, "--reason", "stuck", "--redis", settings.REDIS_URL, "--json")[1])
    assert (told["recorded"], told["key"], server.exists(key)) == (False, key, 0)


def test_one_of_several_holders(run: Run, server: Redis, settings: Any) -> None:
    key, where = f"shelf-{secrets.token_hex(4)}", ("--redis", settings.REDIS_URL)
    readers = ["3f2504e0-4f89-41d3-9a0c-0305e82c3301:7", "6ba7b814-9dad-41d1-80b4-00c04fd430c8:41"]
    server.hset(key, mapping={**dict.fromkeys(readers, "1"), "mode": "read"})
    server.pexpire(key, 60_000)
    status, _out, error = run(key, "--reason", "stuck", *where)
    assert (status, server.hlen(key)) == (2, 3)
    assert all(reader in error for reader in readers)
    assert run(key, "--reason", "stuck", "--holder", readers[0], *where)[0] == 0
    assert set(server.hkeys(key)) == {readers[1].encode(), b"mode"}
    assert run(key, "--reason", "stuck", *where)[0] == 0
    assert server.exists(key) == 0, "no holder is left, and the client would delete the key"


def test_an_empty_name_means_no_server_not_our_own(run: Run, server: Redis, key: str) -> None:
    for option in ("--redis-env", "--source"):
        status, _out, _error = run(key, "--reason", "stuck", option, "")
        assert (status, server.exists(key)) == (2, 1)


@pytest.mark.django_db
def test_no_name_of_a_source_goes_past_its_second_user(run: Run, server: Redis, key: str, settings: Any) -> None:
    settings.LOCK_SOURCES = (SourceConfig("typed", "typed", settings.REDIS_URL),)
    status, _out, error = run(key, "--reason", "stuck", "--source", "typed")
    assert (status, server.exists(key)) == (2, 1)
    assert "read-only" in error


@pytest.mark.parametrize("hostile", ["none\x1b[31m\n", "a\udcff"])
def test_refusals_are_one_inert_line(run: Run, server: Redis, settings: Any, hostile: str) -> None:
    status, _out, error = run(hostile, "--reason", "stuck", "--redis", settings.REDIS_URL)
    assert (status, error.count("\n")) == (2, 1)
    assert error.strip().isprintable()
    assert run("x", "--reason", "  ", "--redis", settings.REDIS_URL)[0] == 2
    assert run("x", "--reason", "stuck", "--redis", "redis://127.0.0.1:1")[2].startswith("error: The server refuses")
    assert run("x", "--redis", settings.REDIS_URL)[0] == 2
