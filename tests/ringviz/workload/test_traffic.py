import asyncio

import pytest

from ringviz.core.origin import origin_value
from tests.clusters import SLOTS
from tests.ringviz.workload.playing import KEYS, bucket, fill, names, traffic, workload


async def test_a_full_cache_hits_always(cluster, patient):
    fill(cluster)
    async with traffic(cluster) as (_, frames):
        await frames.until(lambda frame: frame["reads"] > 0)
        for frame in await frames.more(3):
            assert frame["hit"] == 1.0
            assert frame["errors"] == 0
            assert frame["ops"] == frame["reads"] == sum(node["ops"] for node in frame["by_node"].values())
            assert set(frame["by_node"]) == {"1", "2", "3"}
            assert 0 < frame["p50_ms"] <= frame["p99_ms"]
            assert frame["clients"] == 4


async def test_a_third_of_the_keys_lost_is_a_dip_that_recovers(cluster):
    fill(cluster)
    async with traffic(cluster, rate=2000) as (_, frames):
        await frames.until(lambda frame: frame["hit"] == 1.0)
        cluster.servers[1].client.flushall()
        dip = await frames.until(lambda frame: frame["hit"] < 1.0)
        assert dip["hit"] > 0.5
        assert dip["by_node"]["2"]["hit"] < 1.0
        assert dip["by_node"]["1"]["hit"] == dip["by_node"]["3"]["hit"] == 1.0
        await frames.until(lambda frame: frame["hit"] == 1.0)
    assert cluster.stored() > len(KEYS) * 2 / 3


async def test_an_empty_cache_is_filled_with_what_the_origin_has(cluster):
    async with traffic(cluster, rate=5000) as (_, frames):
        first = await frames.until(lambda frame: frame["reads"] > 0)
        assert first["hit"] < 1.0
        await frames.until(lambda frame: frame["hit"] == 1.0 and cluster.stored() == len(KEYS))
    for number, server in enumerate(cluster.servers):
        assert sorted(server.client.keys()) == sorted(names(number))
        for name in names(number):
            assert server.client.get(name) == origin_value(name.partition(b"}")[2])


async def test_writes_store_new_versions_that_a_refill_leaves_alone(cluster):
    async with traffic(cluster, rate=3000, reads=0.5) as (_, frames):
        frame = await frames.until(lambda frame: cluster.stored() == len(KEYS) and frame["writes"] > 0)
        assert frame["reads"] > 0
        await frames.more(5)
    written = [server.client.get(name) for at, server in enumerate(cluster.servers) for name in names(at)]
    versions = [int(value.split()[0]) for value in written]
    assert sum(version > 0 for version in versions) > len(KEYS) * 0.9


async def test_only_writes_have_no_hit_rate(cluster):
    async with traffic(cluster, reads=0.0) as (_, frames):
        frame = await frames.until(lambda frame: frame["writes"] > 0)
        assert frame["hit"] is None
        assert frame["reads"] == 0
        assert all(node["hit"] is None for node in frame["by_node"].values())


@pytest.mark.parametrize("rate", [10, 400, 2000])
async def test_the_rate_is_kept(cluster, rate):
    fill(cluster)
    async with traffic(cluster, rate=rate) as (_, frames):
        await frames.until(lambda frame: frame["ops"] > 0)
        reached = 0.0
        async with asyncio.timeout(60):
            while reached < 0.85 * rate:  # a busy machine sends less for a while, and does not catch up later
                some = await frames.more(10)
                seconds = sum(frame["window_ms"] for frame in some) / 1000
                reached = sum(frame["ops"] for frame in some) / seconds
                assert reached < 1.15 * rate


async def test_settings_change_while_it_runs(cluster):
    fill(cluster)
    async with traffic(cluster, rate=1) as (running, frames):
        await frames.more(1)
        running.configure(workload(rate=1500))
        await frames.until(lambda frame: frame["ops"] * 1000 / frame["window_ms"] > 1200)
        running.configure(workload(rate=50))
        await frames.until(lambda frame: 0 < frame["ops"] * 1000 / frame["window_ms"] < 100)
        running.configure(workload(on=False))
        await frames.until(lambda frame: frame["ops"] == 0 and frame["clients"] == 0)
        seen = len(frames)
        await asyncio.sleep(0.5)
        assert len(frames) <= seen + 1  # the one that says there is nothing
        running.configure(workload(rate=500))
        frame = await frames.until(lambda frame: frame["ops"] > 0)
        assert frame["hit"] == 1.0


async def test_popular_keys_are_asked_for_most(cluster):
    """The most popular of 600 keys gets 14 % of the reads, so its node serves more than the others."""
    fill(cluster)
    owner = bucket(KEYS[0]) * 3 // SLOTS
    weights = [0.0, 0.0, 0.0]
    for position, key in enumerate(KEYS):
        weights[bucket(key) * 3 // SLOTS] += 1 / (position + 1)
    async with traffic(cluster, rate=2000, distribution="zipf") as (_, frames):
        await frames.until(lambda frame: frame["ops"] > 0)
        some = await frames.more(10)
    shares = [sum(frame["by_node"][str(at + 1)]["ops"] for frame in some) for at in range(3)]
    assert shares[owner] / sum(shares) == pytest.approx(weights[owner] / sum(weights), abs=0.06)
    assert weights[owner] / sum(weights) > 0.4  # far from a third: a uniform workload would fail here


async def test_a_frozen_node_fails_its_own_and_nobody_elses(cluster):
    fill(cluster)
    async with traffic(cluster, rate=1500) as (_, frames):
        await frames.until(lambda frame: frame["hit"] == 1.0)
        cluster.servers[0].freeze()
        await frames.until(lambda frame: frame["errors"] > 0)
        await frames.until(lambda frame: frame["by_node"]["1"]["ops"] == 0)
        await frames.in_a_row(5, only_the_first_fails)
        cluster.servers[0].thaw()
        await frames.until(lambda frame: frame["errors"] == 0 and frame["by_node"]["1"]["hit"] == 1.0)


def only_the_first_fails(frame) -> bool:
    first, *others = (frame["by_node"][number] for number in ("1", "2", "3"))
    well = all(node["ops"] > 50 and node["errors"] == 0 and node["hit"] == 1.0 for node in others)
    # Requests waiting for the frozen server do not count in the latency.
    return well and first["ops"] == 0 and first["errors"] > 50 and frame["p50_ms"] < 300


async def test_a_slot_that_moved_is_found(cluster, patient):
    """Slots and keys of the first go to the second while clients read and write: no error, no miss, both as before."""
    fill(cluster)
    source, target = cluster.servers[:2]
    async with traffic(cluster, rate=1500, reads=0.8) as (_, frames):
        await frames.until(lambda frame: frame["hit"] == 1.0)
        seen = len(frames)
        try:
            await migrate(source, target, 0, 2000)
            await frames.more(3)
            assert [frame["errors"] for frame in frames[seen:]] == [0] * len(frames[seen:])
            assert {frame["hit"] for frame in frames[seen:]} == {1.0}
        finally:
            await migrate(target, source, 0, 2000)
    assert cluster.stored() == len(KEYS)


async def migrate(source, target, first: int, last: int) -> None:
    """Runs the engine's atomic slot migration to its end."""
    source.call("CLUSTER", "MIGRATESLOTS", "SLOTSRANGE", first, last, "NODE", target.id)
    async with asyncio.timeout(30):
        while True:
            jobs = source.call("CLUSTER", "GETSLOTMIGRATIONS")
            newest = jobs[0]
            told = newest if isinstance(newest, dict) else dict(zip(newest[::2], newest[1::2], strict=True))
            state = {k.decode() if isinstance(k, bytes) else k: v for k, v in told.items()}["state"]
            if state == b"success":
                return
            assert state not in (b"failed", b"cancelled"), told
            await asyncio.sleep(0.02)
