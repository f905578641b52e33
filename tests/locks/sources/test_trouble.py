"""Servers that cannot be read: each is reported by kind, within its deadline, and the others go on."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from signal import SIGCONT, SIGSTOP

import pytest
from redis import Redis

from locks.sources import Source, SourceTrouble
from tests import started
from tests.processes import until

Open = Callable[..., Source]


@pytest.fixture(scope="module")
def troubled() -> Iterator[started.Valkey]:
    """A server that the tests of this module may freeze, fill and stop."""
    with started.valkey() as server, Redis(unix_socket_path=str(server.path)) as client:
        client.execute_command("ACL", "SETUSER", "watch", "on", ">right", "~*", "&*", "+@all", "-info")
        client.execute_command("ACL", "SETUSER", "blind", "on", ">right", "~*", "-@all", "+ping")
        yield server


@pytest.fixture
def client(troubled: started.Valkey) -> Iterator[Redis]:
    with Redis(unix_socket_path=str(troubled.path), socket_timeout=20) as client:
        yield client


def kind_of(source: Source, do: Callable[[Source], object] = lambda source: source.facts([b"x"])) -> str:
    with pytest.raises(SourceTrouble) as trouble:
        do(source)
    assert "right" not in trouble.value.text
    assert "\n" not in trouble.value.text
    return trouble.value.kind


def test_nobody_listens(open_source: Open) -> None:
    assert kind_of(open_source("unix:///nowhere.sock")) == "refused"
    assert kind_of(open_source("redis://127.0.0.1:1")) == "refused"
    assert kind_of(open_source("redis+cluster://127.0.0.1:1")) == "refused"
    assert kind_of(open_source("redis+sentinel://127.0.0.1:1/main")) == "refused"
    assert kind_of(open_source("redis+sentinel://127.0.0.1:1,127.0.0.1:2/main")) == "sentinel"
    assert kind_of(open_source("redis://no.such.host.invalid")) == "dns"


def test_who_takes_no_answer_from_a_stranger(open_source: Open) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        port = mute.getsockname()[1]
        begun = time.monotonic()
        assert kind_of(open_source(f"redis://127.0.0.1:{port}?timeout=0.2")) == "timeout"
        assert kind_of(open_source(f"rediss://127.0.0.1:{port}?timeout=0.2")) == "timeout"
        assert time.monotonic() - begun < 5


def test_what_is_no_redis(open_source: Open, troubled: started.Valkey) -> None:
    """An HTTP server, and a server without TLS that is addressed with it."""
    with socket.socket() as web:
        web.bind(("127.0.0.1", 0))
        web.listen()
        source = open_source(f"redis://127.0.0.1:{web.getsockname()[1]}?timeout=2")

        def answer() -> None:
            peer, _address = web.accept()
            with peer:
                peer.recv(1_000)
                peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                peer.recv(1_000)

        thread = threading.Thread(target=answer)
        thread.start()
        assert kind_of(source) == "protocol"
        source.close()
        thread.join()


def test_who_we_are(open_source: Open, troubled: started.Valkey, client: Redis) -> None:
    path = troubled.path
    assert kind_of(open_source(f"unix://watch:wrong@{path}")) == "auth"
    assert kind_of(open_source(f"unix://nobody:right@{path}")) == "auth"
    blind = open_source(f"unix://blind:right@{path}")
    with pytest.raises(SourceTrouble) as trouble:
        blind.facts([b"x"])
    assert (trouble.value.kind, trouble.value.command) == ("noperm", "eval_ro")
    assert not trouble.value.passing
    client.config_set("requirepass", "right")
    try:
        assert kind_of(open_source(f"unix://{path}")) == "auth"
    finally:
        client.config_set("requirepass", "")


def test_what_may_not_be_asked_is_unknown(open_source: Open, troubled: started.Valkey) -> None:
    source = open_source(f"unix://watch:right@{troubled.path}")
    told = source.capabilities()
    assert (told.server, told.role) == ("unknown", "unknown")
    source.estimate()
    assert source.cost.bill().server_us is None
    assert source.all() == []


def test_a_frozen_server_costs_its_deadline_and_no_more(open_source: Open, troubled: started.Valkey) -> None:
    source = open_source(f"{troubled.url}?timeout=0.3")
    assert source.facts([b"x"]) == []
    assert troubled.child is not None
    troubled.child.signal(SIGSTOP)
    try:
        for ask in (lambda: source.facts([b"x"]), source.all, lambda: source.listen("notifications")):
            begun = time.monotonic()
            with pytest.raises(SourceTrouble) as trouble:
                ask()
            assert trouble.value.kind == "timeout"
            assert trouble.value.passing
            assert time.monotonic() - begun < 5
    finally:
        troubled.child.signal(SIGCONT)
    assert source.facts([b"x"]) == []


def test_a_server_that_comes_back_is_read_again(open_source: Open) -> None:
    with started.valkey() as server:
        source = open_source(server.url)
        assert source.facts([b"x"]) == []
        server.kill()
        assert kind_of(source) in ("lost", "refused")
        assert kind_of(source) == "refused"
        server.start()
        assert source.facts([b"x"]) == []


def test_a_script_that_holds_the_server_up(open_source: Open, troubled: started.Valkey, client: Redis) -> None:
    source = open_source(troubled.url)
    source.facts([b"x"])
    client.config_set("busy-reply-threshold", 1)
    connection = Redis(unix_socket_path=str(troubled.path), single_connection_client=True, socket_timeout=20).connection
    assert connection is not None
    connection.send_command("EVAL", "while true do end", 0)
    try:
        until(lambda: kind_or_none(source) == "busy", what="busy")
    finally:
        until(lambda: client.execute_command("SCRIPT", "KILL"), what="the end of the script")
        connection.disconnect()
        until(lambda: kind_or_none(source) is None, what="the server")
        client.config_set("busy-reply-threshold", 5_000)


def kind_or_none(source: Source) -> str | None:
    try:
        source.facts([b"x"])
    except SourceTrouble as trouble:
        return trouble.kind
    return None


def test_a_full_server_can_still_be_read(open_source: Open, troubled: started.Valkey, client: Redis) -> None:
    client.set("orders:1", "ee08789ee6e011f1a6b202fc00000001")
    client.config_set("maxmemory", 1)
    try:
        assert [one.key for one in open_source(troubled.url).all()] == [b"orders:1"]
    finally:
        client.config_set("maxmemory", 0)
        client.flushall()


def test_a_replica_says_so_and_a_stale_one_too(open_source: Open, troubled: started.Valkey, client: Redis) -> None:
    source = open_source(troubled.url)
    assert (source.capabilities().role, source.capabilities().replica) == ("primary", False)
    client.replicaof("127.0.0.1", 1)
    client.config_set("replica-serve-stale-data", "no")
    try:
        assert kind_of(source) == "stale"
        client.config_set("replica-serve-stale-data", "yes")
        told = source.capabilities()
        assert (told.role, told.replica, told.replicating) == ("replica", True, False)
        assert source.all() == []
    finally:
        client.config_set("replica-serve-stale-data", "yes")
        client.replicaof("NO", "ONE")
