"""A Cluster is one source: every primary is listened to, read and probed, and one that loses its keys is noticed."""

from __future__ import annotations

import uuid

import pytest
from redis.crc import key_slot

from tests.clusters import PASSWORD, ServerCluster, server_cluster
from tests.locks.watcher.conftest import Watching
from tests.processes import until

pytestmark = pytest.mark.usefixtures("our_redis")


def a_key_of_each(cluster: ServerCluster) -> dict[str, int]:
    """One name for each server, in a slot of that server."""
    found: dict[str, int] = {}
    for number, server in enumerate(cluster.servers):
        ranges = server.ranges()
        names = (f"orders:{tried}:lock" for tried in range(10_000))
        found[next(name for name in names if any(low <= key_slot(name.encode()) <= high for low, high in ranges))] = (
            number
        )
    return found


def test_locks_of_every_primary_are_seen(monkeypatch):
    monkeypatch.setattr("locks.watcher.watching.RECONCILE_EVERY_MS", 500.0)
    with server_cluster(3) as cluster:
        for server in cluster.servers:
            server.client.config_set("notify-keyspace-events", "Kg$xhlz")
        names = a_key_of_each(cluster)
        seed = cluster.servers[0].port
        with Watching(url=f"redis+cluster://:{PASSWORD}@127.0.0.1:{seed}") as watching:
            assert watching.is_watched()["way"] == "notifications"
            for name, number in names.items():
                cluster.servers[number].client.set(name, uuid.uuid1().hex, px=60_000)
            for name in names:
                assert watching.row(name)["since_seen"]
            first, second, third = names
            cluster.servers[names[first]].client.set(first, uuid.uuid1().hex, px=100)
            assert watching.past(first, 2)[1]["end"] == "expired"
            cluster.servers[names[second]].client.delete(second)
            assert watching.past(second)[0]["end"] == "released"
            cluster.servers[names[third]].client.flushall()
            assert watching.past(third)[0]["end"] == "gone"
            cluster.servers[1].client.config_set("notify-keyspace-events", "")
            until(lambda: watching.status()["way"] == "tracking", what="another way to hear changes")
            advice = watching.status()["advice"]
            assert advice is not None
            assert advice["servers"] == [f"127.0.0.1:{cluster.servers[1].port}"]
            cluster.servers[2].freeze()
            until(lambda: watching.status()["state"] == "down", what="the trouble")
