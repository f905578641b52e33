"""The run itself, against a real cluster: it passes what the engine does, and catches what a broken mover does."""

import itertools
import random
import time
from collections.abc import Iterator

import pytest
from redis.crc import key_slot

from tests.clusters import PASSWORD, ServerCluster, await_true, server_cluster
from tests.consistency.history import OK, UNKNOWN
from tests.consistency.movers import Mover, atomic, owned_slots, without_keys, without_writes_between
from tests.consistency.run import Report, run
from tests.consistency.writers import all_keys, counters

# The same run, driven by a supervisor, is test_supervised.py, in every `make test`.
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def servers() -> Iterator[ServerCluster]:
    with server_cluster(3) as formed:
        yield formed


@pytest.fixture
def cluster(servers) -> Iterator[ServerCluster]:
    yield servers
    for server in servers.servers:
        server.thaw()
    servers.flush()


@pytest.fixture
def own_cluster() -> Iterator[ServerCluster]:
    """For a test that may leave it broken."""
    with server_cluster(3) as formed:
        yield formed


def moving(cluster: ServerCluster, mover: Mover, slots: int) -> Report:
    """A run during which this many slots move between servers: slots of counters and of keys in turn."""
    rng = random.Random(1)

    def churn() -> None:
        pairs = itertools.cycle(itertools.permutations(cluster.servers, 2))
        kinds = itertools.cycle((counters(), all_keys()))
        for (source, target), keys in itertools.islice(zip(pairs, kinds, strict=False), slots):
            if owned := owned_slots(source, keys):
                mover(source, target, rng.choice(owned))
                await_true(cluster.agrees, "the servers do not agree")

    return run(cluster.addresses, PASSWORD, 2, 1, churn)


def test_a_cluster_at_rest_keeps_everything(cluster):
    cluster.servers[0].client.set(_own_name(cluster.servers[0]), 1)  # somebody else's keys, which the run ignores
    report = run(cluster.addresses, PASSWORD, 1, 1, lambda: None)
    assert report.faults == [], report.summary()
    for op in ("set", "delete", "read", "incr"):
        assert report.outcomes[op, OK] > 100, report.summary()
    assert {outcome for _, outcome in report.outcomes} == {OK}


def test_moves_of_the_engine_keep_everything(cluster):
    report = moving(cluster, atomic, 24)
    assert report.faults == [], report.summary()
    assert report.outcomes["set", OK] > 100


def test_a_freeze_that_ends_in_a_thaw_keeps_everything(cluster):
    def churn() -> None:
        for server in cluster.servers:
            server.freeze()
            time.sleep(0.6)  # longer than the writers wait
            server.thaw()
            time.sleep(0.3)

    report = run(cluster.addresses, PASSWORD, 1, 1, churn)
    assert report.faults == [], report.summary()
    assert sum(count for (_, outcome), count in report.outcomes.items() if outcome == UNKNOWN) > 0


def test_a_mover_that_forgets_the_writes_between_is_caught(own_cluster):
    report = moving(own_cluster, without_writes_between, 24)
    kinds = {fault.kind for fault in report.faults}
    assert kinds & {"stale", "lost", "resurrected"}, report.summary()
    assert "counter" in kinds, report.summary()


def test_a_mover_that_leaves_the_keys_behind_is_caught(own_cluster):
    report = moving(own_cluster, without_keys, 24)
    assert "lost" in {fault.kind for fault in report.faults}, report.summary()


def test_a_stray_copy_is_caught(cluster):
    """Nobody reads it, and the count tells."""

    def churn() -> None:
        server = cluster.servers[0]
        server.client.set(_own_name(server), 1)

    report = run(cluster.addresses, PASSWORD, 0.5, 1, churn)
    assert [fault.kind for fault in report.faults] == ["size"]


def _own_name(server) -> str:
    """A name of no writer that this server takes."""
    (first, last), *_ = server.ranges()
    names = map("stray:{}".format, itertools.count())
    return next(name for name in names if first <= key_slot(name.encode()) <= last)
