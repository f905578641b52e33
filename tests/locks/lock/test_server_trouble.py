"""A server refuses: no memory, a replica, no permission, another program's key. Each is reported and does no harm."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from locks.core.own import keys_of
from locks.lock import Lock, LockServerError, break_lock, client_of
from locks.lock.scripts import ACQUIRE, EXTEND, RELEASE
from tests import started
from tests.locks.lock.looking import left_over, line
from tests.processes import until

DOCS = Path(__file__).parents[3] / "docs" / "locks.md"


@pytest.fixture(scope="module")
def server() -> Iterator[started.Valkey]:
    with started.valkey() as ours:
        yield ours


@pytest.fixture
def client(server) -> Iterator[Redis]:
    with client_of(server.url) as ours:
        yield ours


@pytest.fixture
def full(client) -> Iterator[None]:
    yield
    client.config_set("maxmemory", "0")


def test_out_of_memory_it_grants_nothing_and_still_extends_and_releases(client, name, full):
    held = Lock(client, name).try_acquire()
    assert held is not None
    coming: list[int] = []
    waiter = threading.Thread(target=lambda: coming.append(Lock(client, name).acquire(30).fencing_token))
    waiter.start()
    until(lambda: line(client, name), what="the waiter")
    client.config_set("maxmemory", "1")
    with pytest.raises(LockServerError, match="raise its maxmemory") as raised:
        Lock(client, f"other {name}").try_acquire()
    assert (raised.value.passes, raised.value.unsure) == (True, False)
    assert not left_over(client, f"other {name}")
    assert held.extend()
    assert held.release()
    client.config_set("maxmemory", "0")
    waiter.join(30)
    assert coming == [held.fencing_token + 1]


def test_a_replica_grants_nothing(client, name):
    client.replicaof("127.0.0.1", 1)  # nothing listens there
    try:
        with pytest.raises(LockServerError, match="connect to the primary"):
            Lock(client, name).try_acquire()
    finally:
        client.replicaof("NO", "ONE")


@pytest.mark.parametrize("part", ["held", "fencing", "queue"])
def test_a_key_of_another_program_is_left_alone(client, name, part):
    key = getattr(keys_of(name), part)
    client.hset(key, "not", "ours")
    with pytest.raises(LockServerError, match="choose another name"):
        Lock(client, name).acquire(5)
    assert client.hgetall(key) == {b"not": b"ours"}
    assert client.exists(keys_of(name).held) == (part == "held")


def as_user(client: Redis, server: started.Valkey, *rules: str) -> Redis:
    client.execute_command("ACL", "SETUSER", "locker", "reset", "on", ">secret", *rules)
    return Redis(unix_socket_path=str(server.path), username="locker", password="secret", socket_timeout=5)


def test_the_rights_that_the_docs_name_are_enough(client, server, name):
    found = re.search(r"ACL SETUSER \S+ on >\S+ (.+)", DOCS.read_text())
    assert found is not None
    rules = found[1].split()
    called = {f"+{command.lower()}" for script in (ACQUIRE, EXTEND, RELEASE) for command in calls(script.source)}
    assert set(rules) == called | {"~ringviz:lock:*", "+evalsha", "+eval", "+blpop"}, "and no more than that"
    with as_user(client, server, *rules) as user:
        held = Lock(user, name).acquire(5)
        assert held.extend()
        waiter = threading.Thread(target=lambda: Lock(user, name).acquire(30).release())
        waiter.start()
        until(lambda: line(client, name), what="the waiter")
        assert break_lock(user, name, held.holder_id) == (True, 1)
        waiter.join(30)
    assert not left_over(client, name)


def calls(source: str) -> set[str]:
    return set(re.findall(r"redis\.p?call\('(\w+)'", source))


def test_without_a_right_it_says_which(client, server, name):
    user = as_user(client, server, "~ringviz:lock:*", "+@read")
    with user, pytest.raises(LockServerError, match=r"\+evalsha") as raised:
        Lock(user, name).acquire(5)
    assert not raised.value.passes


def test_a_wrong_password_is_not_tried_again(client, server, name):
    as_user(client, server).close()
    user = client_of(f"unix://locker:wrong@{server.path}")
    with user, pytest.raises(LockServerError, match="check the user name and password"):
        Lock(user, name).acquire(60)
