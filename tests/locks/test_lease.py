"""A lease has one holder at a time, on a real server, whatever becomes of holders and server."""

import multiprocessing
import secrets
import threading
import time
from collections.abc import Iterator

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from locks.lease import Held, Lease, LeaseServerGone
from tests import started
from tests.clusters import PASSWORD, server_cluster
from tests.processes import until

LONG_MS = 60_000


def client_of(server: started.Valkey, timeout_s: float = 5.0) -> Redis:
    return Redis(unix_socket_path=str(server.path), socket_timeout=timeout_s, retry=Retry(NoBackoff(), 0))


@pytest.fixture
def client(shared_valkey: started.Valkey) -> Iterator[Redis]:
    with client_of(shared_valkey) as ours:
        yield ours


@pytest.fixture
def name() -> str:
    return secrets.token_hex(8)


def left_ms(held: Held) -> int:
    """What is left of it, 0 when it is somebody else's or nobody's."""
    client, key = held.lease._client, held.lease.keys[0]
    return max(0, client.pttl(key)) if client.get(key) == held.holder_id.encode() else 0


def gone(lease: Lease) -> None:
    """Returns once the lease has run out."""
    until(lambda: not lease._client.exists(lease.keys[0]), what="the end of the lease")


def test_only_one_acquires_it_until_it_is_released(client, name):
    first = Lease(client, name, LONG_MS).acquire()
    assert first is not None
    assert Lease(client, name, LONG_MS).acquire() is None
    assert first.release()
    assert Lease(client, name, LONG_MS).acquire() is not None


def test_it_runs_out_by_itself(client, name):
    lease = Lease(client, name, 50)
    held = lease.acquire()
    assert held is not None
    assert 0 < left_ms(held) <= 50
    gone(lease)
    assert left_ms(held) == 0
    assert not held.renew()
    assert lease.acquire() is not None


def test_renewing_makes_it_last(client, name):
    held = Lease(client, name, 2_000).acquire()
    assert held is not None
    client.pexpire(held.lease.keys[0], 1_000)
    assert held.renew()
    assert left_ms(held) > 1_000


def test_a_late_holder_does_nothing_to_the_next(client, name):
    lease = Lease(client, name, 50)
    late = lease.acquire()
    assert late is not None
    gone(lease)
    present = Lease(client, name, LONG_MS).acquire()
    assert present is not None
    assert not late.renew()
    assert not late.release()
    assert left_ms(late) == 0
    assert left_ms(present) > LONG_MS / 2
    assert present.release()


def test_the_naive_lock_has_two_holders_where_this_has_one(client, name):
    """The article's: SET by whoever comes, DEL by whoever goes."""
    naive = f"naive:{name}"
    assert client.set(naive, "first")
    assert client.set(naive, "second")  # and both believe that they hold it
    client.delete(naive)  # the first is done, and frees what is the second's
    assert client.set(naive, "third", nx=True)  # a third beside the second
    first = Lease(client, name, LONG_MS).acquire()
    assert first is not None
    second = Lease(client, name, LONG_MS).acquire()
    assert second is None


def test_fencing_tokens_rise_over_release_and_expiry(client, name):
    tokens = []
    for ttl_ms in (LONG_MS, 30, LONG_MS):
        lease = Lease(client, name, ttl_ms)
        held = lease.acquire()
        assert held is not None
        tokens.append(held.fencing_token)
        gone(lease) if ttl_ms == 30 else held.release()
    assert tokens == sorted(set(tokens))


def test_who_does_not_get_it_uses_up_no_token(client, name):
    lease = Lease(client, name, LONG_MS)
    first = lease.acquire()
    assert first is not None
    assert lease.acquire() is None
    first.release()
    second = lease.acquire()
    assert second is not None
    assert second.fencing_token == first.fencing_token + 1


@pytest.mark.parametrize("floor", [0, 41, 2**50])
def test_tokens_rise_over_a_server_that_lost_its_memory(floor):
    with started.valkey() as server, client_of(server) as client:
        lease = Lease(client, "wiped", LONG_MS)
        before = lease.acquire(floor=floor)
        assert before is not None
        assert before.fencing_token == floor + 1
        client.flushall()
        assert not before.renew()
        after = lease.acquire(floor=before.fencing_token)
        assert after is not None
        assert after.fencing_token == before.fencing_token + 1
        after.release()
        last = lease.acquire()  # without a floor too: the server counts on from there
        assert last is not None
        assert last.fencing_token == after.fencing_token + 1


def test_it_goes_on_when_the_server_forgets_the_scripts(client, name):
    held = Lease(client, name, LONG_MS).acquire()
    assert held is not None
    for act in (held.renew, held.release, held.lease.acquire):
        client.script_flush()
        assert act()


def test_a_lease_below_a_millisecond_is_none(client):
    with pytest.raises(ValueError, match="0 ms"):
        Lease(client, "x", 0)


def contend(path: str, name: str, turns: int) -> None:
    """Each turn: alone in the room, or the counter of those in it tells otherwise."""
    client = Redis(unix_socket_path=path, socket_timeout=5)
    lease = Lease(client, name, LONG_MS)
    for _ in range(turns):
        held = lease.wait(60)
        assert held is not None
        if client.incr(f"{name}:inside") != 1:
            client.incr(f"{name}:met")
        client.rpush(f"{name}:tokens", held.fencing_token)
        client.decr(f"{name}:inside")
        assert held.release()


def test_processes_that_contend_are_never_in_it_together(shared_valkey, client, name):
    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=contend, args=(str(shared_valkey.path), name, 10)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert client.get(f"{name}:met") is None
    tokens = [int(token) for token in client.lrange(f"{name}:tokens", 0, -1)]
    assert tokens == sorted(set(tokens))
    assert len(tokens) == 30


def test_threads_that_ask_at_once_get_one_lease(client, name):
    lease, barrier, got = Lease(client, name, LONG_MS), threading.Barrier(16), []

    def ask():
        barrier.wait()
        got.append(lease.acquire())

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([held for held in got if held is not None]) == 1


def test_waiting_ends_with_nothing_at_its_time(client, name):
    assert Lease(client, name, LONG_MS).acquire() is not None
    began = time.monotonic()
    assert Lease(client, name, LONG_MS).wait(0.3) is None
    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize("way", ["released", "run out"])
def test_who_waits_gets_it_afterwards(client, name, way):
    first = Lease(client, name, LONG_MS if way == "released" else 200).acquire()
    assert first is not None
    if way == "released":
        threading.Timer(0.1, first.release).start()
    second = Lease(client, name, LONG_MS).wait(30)
    assert second is not None
    assert second.fencing_token > first.fencing_token


def test_it_works_in_a_cluster():
    with server_cluster(3) as cluster:
        slot = int(cluster.servers[0].call("CLUSTER", "KEYSLOT", "ringviz:lease:{x}"))
        owner = next(s for s in cluster.servers if any(a <= slot <= b for a, b in s.ranges()))
        with Redis(port=owner.port, password=PASSWORD, socket_timeout=5) as client:
            held = Lease(client, "x", LONG_MS).acquire()
            assert held is not None
            assert Lease(client, "x", LONG_MS).acquire() is None
            assert held.renew()
            assert held.release()


@pytest.mark.parametrize("way", ["dead", "frozen"])
def test_a_server_that_does_not_answer_is_told_as_that(way):
    with started.valkey() as server, client_of(server, 0.2) as client:
        lease = Lease(client, "gone", LONG_MS)
        held = lease.acquire()
        assert held is not None
        assert server.child is not None
        server.kill() if way == "dead" else server.child.freeze()
        for act in (lease.acquire, held.renew, held.release, lambda: lease.wait(60)):
            with pytest.raises(LeaseServerGone):
                act()
