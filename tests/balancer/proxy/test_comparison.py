"""The same requests, sent directly and through a real HAProxy, each on its own connection."""

import asyncio
from contextlib import suppress

import pytest

from balancer.core.bounds import OutOfBounds
from balancer.core.named import OnlySimulated
from balancer.proxy.comparison import HIGHEST_RATE, Comparison, Run
from balancer.proxy.errors import UnknownAlgorithm
from balancer.traffic.settings import Settings
from ringviz.core.abilities import NO_OPTIONS
from tests.balancer.traffic.driving import PATIENT_S, targets
from tests.servers.driver.servers import PASSWORD

SETTINGS = Settings(rate=150, seed=7, timeout_s=PATIENT_S)


async def compared(servers, folder, policies, algorithms, seconds=1) -> dict[str, Run]:
    comparison = Comparison(targets(servers), PASSWORD, SETTINGS, seconds)
    asked = [(name, NO_OPTIONS) for name in policies]
    return {run.name: run async for run in comparison.runs(asked, algorithms, folder)}


def connections(servers) -> int:
    """How many connections all servers have accepted so far, not counting ours that ask this."""
    total = 0
    for server in servers:
        with server.client as client:
            total += client.info("stats")["total_connections_received"]
    return total - len(servers)


async def test_both_sides_send_the_same_requests_with_a_connection_each(kept_servers, folder):
    before = connections(kept_servers)
    runs = await compared(kept_servers, folder, ["round_robin", "p2c"], ["roundrobin", "leastconn"])
    taken = connections(kept_servers) - before - len(kept_servers)
    assert [run.proxied for run in runs.values()] == [False, False, True, True]
    (sent,) = {run.figures["sent"] for run in runs.values()}
    assert 100 < sent < 200
    for run in runs.values():
        assert run.figures["answered"] == sum(run.given.values()) == sent
        p50, p99, lag = run.figures["p50_ms"], run.figures["p99_ms"], run.figures["lag_p99_ms"]
        assert p50 is not None
        assert p99 is not None
        assert lag is not None
        assert 0 < p50 <= p99
    for name in ("round_robin", "roundrobin"):
        assert max(runs[name].given.values()) - min(runs[name].given.values()) <= 1
    # HAProxy's checks also connect: once a second per node, and a few times at each start.
    assert 4 * sent <= taken <= 4 * sent + 100


async def test_a_frozen_node_delays_fewer_where_connections_are_counted(kept_servers, folder):
    async def freeze_and_thaw():
        """Freezes for 300 ms of each second, as a supervisor does for `freeze --for 300ms --every 1s`."""
        child = kept_servers[1].child
        try:
            while True:
                child.freeze()
                await asyncio.sleep(0.3)
                child.thaw()
                await asyncio.sleep(0.7)
        finally:
            child.thaw()

    freezing = asyncio.ensure_future(freeze_and_thaw())
    try:
        runs = await compared(kept_servers, folder, ["round_robin"], ["roundrobin", "leastconn"], seconds=4)
    finally:
        freezing.cancel()
        with suppress(asyncio.CancelledError):
            await freezing
    assert runs["leastconn"].given["b"] < runs["roundrobin"].given["b"]
    for name in ("round_robin", "roundrobin"):
        p99 = runs[name].figures["p99_ms"]
        assert p99 is not None
        assert p99 > 150
    assert all(run.figures["errors"] == 0 for run in runs.values())


@pytest.mark.parametrize(
    ("policies", "algorithms", "error"),
    [(["central"], [], OnlySimulated), (["round_robin"], ["best"], UnknownAlgorithm)],
)
async def test_what_cannot_be_compared_is_refused_before_anything_is_sent(folder, policies, algorithms, error):
    with pytest.raises(error):
        await compared([], folder, policies, algorithms)


@pytest.mark.parametrize(("settings", "seconds"), [(Settings(rate=HIGHEST_RATE + 1), 1), (SETTINGS, 0)])
def test_more_than_the_machine_has_ports_for_is_refused(settings, seconds):
    with pytest.raises(OutOfBounds):
        Comparison([], PASSWORD, settings, seconds)
