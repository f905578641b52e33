"""Each real client; and a worker killed inside, whose lock becomes free when its time is up, never before."""

import uuid

import pytest
from redis import Redis

from fleet.hands import Hands
from locks.core.own import keys_of
from locks.stage.clients import CLIENTS, STAGE
from locks.stage.rungs import WAYS
from locks.stage.session import Session
from locks.stage.workers import Workers
from tests.on_hands import run_beside
from tests.processes import until

TTL_MS = 1_000
MARGIN_MS = 500  # between when the first has the lock and when it says so


def key_of(client, name):
    """The key in which a client stores its proof."""
    ours = keys_of(name).held.decode()
    return {"ringviz": ours, "redis-py": STAGE + name, "python-redis-lock": f"lock:{STAGE}{name}"}[client]


def heard(session, condition):
    """Listens to the workers until the condition is true."""

    def so():
        session.hear(0.01)
        return condition()

    until(so, what="what the workers say")


@pytest.fixture
def redis(shared_valkey):
    with Redis.from_url(shared_valkey.url, decode_responses=True, socket_timeout=5) as client:
        yield client


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_holds_renews_and_releases(redis, client):
    name = f"orders:{uuid.uuid4().hex}"
    lock = CLIENTS[client](redis, name, 60_000, "worker-3")
    held, key = lock.attempt(), key_of(client, name)
    assert held is not None
    assert redis.get(key) == held.holder_id
    redis.pexpire(key, 20_000)
    lock.renew()
    assert redis.pttl(key) > (50_000 if lock.renew_every_s else 0)
    lock.release()
    assert redis.get(key) is None


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_that_lost_its_lock_leaves_the_others_alone(redis, client):
    name = f"orders:{uuid.uuid4().hex}"
    lock = CLIENTS[client](redis, name, 60_000, "worker-3")
    lock.attempt()
    redis.set(key_of(client, name), "somebody else", px=60_000)
    lock.renew()
    lock.release()
    assert redis.get(key_of(client, name)) == "somebody else"


def test_fencing_tokens_rise(redis):
    key = f"{STAGE}{uuid.uuid4().hex}"
    rung = WAYS["fencing"](redis, key, 60_000)
    tokens: list[int] = []
    for _turn in range(3):
        held = rung.attempt()
        assert held is not None
        assert held.fencing_token is not None
        tokens.append(held.fencing_token)
        assert rung.attempt() is None
        redis.delete(key)
    assert tokens == sorted(set(tokens))
    redis.delete(f"{key}:fencing")


def test_the_lock_of_a_worker_that_was_killed_inside_is_free_after_its_time(shared_valkey):
    hands = Hands()
    key = f"{STAGE}{uuid.uuid4().hex}"
    order = {"url": shared_valkey.url, "rung": "nx_compare", "locks": [key], "ttl_ms": TTL_MS, "seed": 1}

    def work():
        workers = Workers(hands, 2)
        session = Session(workers, [key])
        workers.start()
        try:
            session.play(1, {**order, "inside_s": (60, 60), "between_s": (0, 0)})
            heard(session, lambda: session.seen[1].state == "inside")
            session.play(2, {**order, "inside_s": (0, 0), "between_s": (60, 60)})
            heard(session, lambda: session.seen[2].state == "waiting")
            workers.kill(1)
            heard(session, lambda: session.seen[2].state == "between")
            return session
        finally:
            workers.close()

    session = run_beside(hands, work)
    hands.end()
    entered = {record.worker: record.at_ns for record in session.log if record.what == "enter"}
    assert session.seen[1].state == "ended"
    assert entered[2] - entered[1] >= (TTL_MS - MARGIN_MS) * 1_000_000


def test_a_refused_write_is_told_with_its_lock_and_its_worker(shared_valkey):
    hands = Hands()
    key = f"{STAGE}{uuid.uuid4().hex}"
    told: list[str] = []
    pace = {"inside_s": (0.01, 0.02), "between_s": (0.05, 0.1)}
    order = {"url": shared_valkey.url, "rung": "fencing", "locks": [key], "ttl_ms": 200, "seed": 1, **pace}

    def work():
        workers = Workers(hands, 2)

        def pause_the_first(number):
            if number == 1:
                workers.pause(1)

        session = Session(workers, [key], pause_the_first, told.append)
        workers.start()
        try:
            for number in (1, 2):
                session.play(number, order)
            heard(session, lambda: workers.alive[1].paused)
            written = session.writes
            heard(session, lambda: session.writes > written)
            workers.resume(1)
            heard(session, lambda: told)
            return [(number, lock) for _at_ns, number, lock, _token in session.refused]
        finally:
            workers.close()

    refused = run_beside(hands, work)
    hands.end()
    assert refused[0] == (1, key)
    assert told[0] == key
    with Redis.from_url(shared_valkey.url) as client:
        client.delete(key, f"{key}:fencing")
