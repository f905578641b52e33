"""`manage.py locks list`: what it prints for programs and for people, and how it refuses."""

from __future__ import annotations

import base64
import json
import socketserver
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from redis import Redis

from locks.core.sourcelist import SourceConfig
from locks.management.commands.locks import Command
from tests import started

HOLDER = "ee08789ee6e011f1a6b202fc00000001"
NASTY = "\x1b[31mred\u202egreen\r\n\x00"


@dataclass(frozen=True)
class Ran:
    out: str
    error: str
    status: int

    @property
    def array(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.out)
        return found


@pytest.fixture
def locks(capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Ran]:
    def run(*words: str) -> Ran:
        status = 0
        try:
            Command(stdout=sys.stdout).run_from_argv(["manage.py", "locks", *words])
        except SystemExit as end:
            status = int(end.code or 0)
        out, error = capsysbinary.readouterr()
        return Ran(out.decode(), error.decode(), status)

    return run


def test_json_has_every_field_and_is_in_order(theirs: Redis, watched_server: started.Valkey, locks) -> None:
    theirs.set("b", HOLDER, px=30_000)
    theirs.set(b"a\xff", HOLDER)
    first, second = locks("list", "--json", "--redis", watched_server.url).array
    assert first["key"] == {"b64": base64.b64encode(b"a\xff").decode()}
    assert first["ttl_ms"] is None
    assert (second["key"], second["name"], second["client"], second["confidence"]) == ("b", "b", "redis-py", "likely")
    assert (second["holder_id"], second["count"], second["waiters"], second["kind"]) == (HOLDER, 1, None, "mutex")
    assert 0 < second["ttl_ms"] <= 30_000
    assert second["evidence"]
    assert set(second) == {
        *("key", "name", "client", "confidence", "holder_id", "ttl_ms", "count", "waiters", "kind"),
        *("mode", "fencing_token", "evidence", "waiters_inferred"),
    }


def test_an_empty_server(theirs: Redis, watched_server: started.Valkey, locks) -> None:
    assert locks("list", "--json", "--redis", watched_server.url).out == "[]\n"
    assert locks("list", "--redis", watched_server.url).out == "--redis: 0 locks\n"


def test_the_table_says_what_is_unknown_and_hostile_names_do_nothing(theirs, watched_server, locks) -> None:
    theirs.set(NASTY, HOLDER, px=90_000)
    theirs.set("lock:" + "long" * 100, "TqzMhbpSl3l9hGkc2OElzID1")
    ran = locks("list", "--redis", watched_server.url)
    assert ran.status == 0
    summary, head, *rows = ran.out.splitlines()
    assert summary == "--redis: 2 locks, 1 without a TTL"
    assert head.split() == ["LOCK", "CLIENT", "KIND", "HOLDER", "LEFT", "COUNT", "WAITERS"]
    (nasty,) = [row for row in rows if "green" in row]
    cells = [r"\x1b[31mred\xe2\x80\xaegreen\x0d\x0a\x00", "redis-py", "(likely)", "mutex", HOLDER, "1.5", "min", "1"]
    assert nasty.split() == [*cells, "unknown"]
    (other,) = [row for row in rows if "long" in row]
    assert "…" in other
    assert "no TTL" in other
    assert all(row.isprintable() for row in rows)
    theirs.set("lock:\x9b31m\u202e", HOLDER)
    listed = locks("list", "--json", "--redis", watched_server.url)
    assert listed.out.removesuffix("\n").isprintable()
    assert "lock:\x9b31m\u202e" in [one["key"] for one in listed.array]


def test_where_the_address_comes_from(theirs, watched_server, locks, settings, monkeypatch) -> None:
    theirs.set("b", HOLDER)
    settings.REDIS_URL = watched_server.url
    settings.LOCK_SOURCES = (SourceConfig("shop", "shop", watched_server.url),)
    monkeypatch.setenv("SHOP_URL", watched_server.url)
    wanted = locks("list", "--json").array
    assert [one["key"] for one in wanted] == ["b"]
    for words in (("--source", "shop"), ("--source", "embedded"), ("--redis-env", "SHOP_URL")):
        assert locks("list", "--json", *words).array == wanted


@pytest.mark.parametrize(
    ("words", "because"),
    [
        (("--source", "nobody"), "there is no source 'nobody'; choose one of: embedded, shop"),
        (("--redis-env", "NOT_SET_AT_ALL"), "'NOT_SET_AT_ALL' is not set"),
        (("--redis", "redis://u:hunter2@127.0.0.1:1"), "127.0.0.1:1"),
        (("--redis", "http://u:hunter2@h"), "must begin with one of"),
        (("--redis", "unix:///nowhere/at/all.sock"), "/nowhere/at/all.sock"),
        (("--redis", "redis://x", "--source", "shop"), "not allowed with"),
        (("--what",), "unrecognized arguments"),
    ],
)
def test_what_is_refused_is_one_line_and_status_2(words, because, locks, settings) -> None:
    settings.REDIS_URL = "unix:///nowhere.sock"
    settings.LOCK_SOURCES = (SourceConfig("shop", "shop", "redis://127.0.0.1:1"),)
    ran = locks("list", "--json", *words)
    assert because in ran.error
    assert (ran.out, ran.status, ran.error.count("\n")) == ("", 2, 1)
    assert "hunter2" not in ran.error


def test_no_source_at_all(locks, settings) -> None:
    settings.REDIS_URL = ""
    settings.LOCK_SOURCES = ()
    assert locks("list").error == "error: no source is configured; give --redis URL\n"


class Refusing(socketserver.BaseRequestHandler):
    """A server that answers every command with control characters that a terminal would obey."""

    def handle(self) -> None:
        with suppress(OSError):
            while words := self.request.recv(4_096):
                self.request.sendall(b"-ERR \x1b[2J\xe2\x80\xaeno\r\n" * words.count(b"*"))


def test_what_a_hostile_server_says_is_inert(locks) -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        ran = locks("list", "--redis", f"redis://127.0.0.1:{server.server_address[1]}")
        server.shutdown()
        thread.join()
    assert (ran.status, ran.out) == (2, "")
    assert r"\x1b[2J" in ran.error
    assert ran.error.removesuffix("\n").isprintable()
