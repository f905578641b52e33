"""The server obeyed, but its reply never arrived."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from redis import Redis

from locks.core.own import keys_of
from locks.lock import Lock, LockServerError, NotAcquired, client_of
from locks.lock.unsure import Unsure
from tests.locks.lock.looking import left_over
from tests.locks.lock.proxy import Proxy, proxy
from tests.processes import until

LONG_MS = 60_000


@pytest.fixture
def line(shared_valkey) -> Iterator[Proxy]:
    with proxy(shared_valkey) as ours:
        yield ours


@pytest.fixture
def far(line, client, name) -> Iterator[Redis]:
    """A client behind the proxy. The server already knows the scripts."""
    with Lock(client, f"known {name}").hold(5), client_of(line.url) as ours:
        ours.ping()
        yield ours


def test_a_try_recognises_the_lock_that_it_took_unknowing(line, far, client, name):
    lock = Lock(far, name, LONG_MS)
    line.lose(1)
    with pytest.raises(LockServerError) as raised:
        lock.try_acquire()
    assert raised.value.unsure
    taken = client.get(keys_of(name).held)
    assert taken is not None, "the server did it"
    client.pexpire(keys_of(name).held, LONG_MS // 2)
    held = lock.try_acquire()
    assert held is not None
    assert (held.holder_id.encode(), held.fencing_token) == (taken, 1)
    assert client.pttl(keys_of(name).held) > LONG_MS // 2, "it lasts as long as was asked for"
    assert lock.try_acquire() is None, "one request is recognised once"
    assert held.release()


def test_who_waits_recognises_the_lock_that_was_taken(line, far, client, name):
    line.lose(3)
    held = Lock(far, name, LONG_MS).acquire(30)
    assert line.lost == 3
    assert held.fencing_token == 1
    assert client.get(keys_of(name).held) == held.holder_id.encode()
    assert held.release()


def test_a_client_that_tries_again_by_itself_is_recognised(shared_valkey, line, far, name):
    with Redis(unix_socket_path=line.url.removeprefix("unix://")) as eager:  # three times, by redis-py's own default
        eager.ping()
        line.lose(1)
        held = Lock(eager, name, LONG_MS).try_acquire()
        assert line.lost == 1
        assert held is not None
        assert held.fencing_token == 1
        assert eager.lock(f"theirs {name}").acquire(blocking=False)


def test_a_waiter_whose_replies_are_lost_has_one_place(line, far, client, name):
    with Lock(client, name).hold(5):
        line.lose(1)
        with pytest.raises(NotAcquired):
            Lock(far, name).acquire(0.6)
        assert line.lost == 1
        assert left_over(client, name) == {""}, "it left the line"


def test_a_wake_up_that_is_lost_costs_a_look(line, far, client, name):
    held = Lock(client, name).try_acquire()
    assert held is not None
    got: list[int] = []
    waiter = threading.Thread(target=lambda: got.append(Lock(far, name).acquire(30).fencing_token))
    waiter.start()
    until(lambda: client.zcard(keys_of(name).queue), what="the waiter")
    line.lose(1, to=b"BLPOP")
    held.release()
    waiter.join(30)
    assert line.lost == 1
    assert got == [held.fencing_token + 1]


def test_a_forked_child_recognises_nothing_of_its_parent(monkeypatch):
    unsure = Unsure()
    unsure.put("parent")
    monkeypatch.setattr("os.getpid", lambda: -1)
    assert unsure.take() is None
    unsure.put("child")
    assert [unsure.take(), unsure.take()] == ["child", None]


def test_a_release_whose_reply_is_lost_is_over_here_and_there(line, far, client, name):
    held = Lock(far, name, LONG_MS).try_acquire()
    assert held is not None
    line.lose(1)
    with pytest.raises(LockServerError):
        held.release()
    assert held.valid_for_s() == 0
    assert not client.exists(keys_of(name).held)
