"""What a look at each node a second finds out, and what it must not: real servers, frozen, thawed and added."""

import asyncio
import time

import pytest

from balancer.core.guards.standing import Code, State
from balancer.traffic.tally import Count
from tests.balancer.traffic.driving import Watched, driving, targets

OUT_WITHIN_S = 4.5  # 3 s without a heartbeat, at most 1 s after the last one, and some patience with this machine


def codes(at_work: Watched, name: str) -> list[Code]:
    """Why the node stood as it did, in order, since the last call."""
    nodes = at_work.driver.nodes
    place = nodes.pool.names.index(name)
    return [change.standing.reason.code for change in nodes.guards.news() if change.place == place]


def standing(at_work: Watched, name: str) -> State:
    nodes = at_work.driver.nodes
    return nodes.guards.standing(nodes.pool.names.index(name)).state


async def heard(at_work: Watched) -> None:
    """Every node has answered a look."""
    await at_work.until(lambda _: all(probe.newest for probe in at_work.driver.nodes.probes.values()))


async def pulsed(server, for_s: float, every_s: float, times: int) -> None:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number in range(times):
        server.child.freeze()
        await asyncio.sleep(begun + number * every_s + for_s - loop.time())
        server.child.thaw()
        await asyncio.sleep(begun + (number + 1) * every_s - loop.time())


async def test_every_node_tells_its_load(servers):
    async with driving(servers, rate=1000) as at_work:
        await at_work.until(lambda _: all(at_work.driver.load(name) for name in "abcde"))
        for name in "abcde":
            load = at_work.driver.load(name)
            assert load
            assert 0 < load.cpu < 1
            assert 0 < load.busy < 1
            assert load.ops > 20
            assert 0 < (load.cost_us or 0) < 1000


@pytest.mark.parametrize(("for_s", "every_s"), [(0.3, 1.0), (0.8, 1.0), (0.8, 1.1)])
async def test_short_freezes_fail_no_check_and_take_no_requests_away(servers, for_s, every_s):
    async with driving(servers, rate=300) as at_work:
        await heard(at_work)
        codes(at_work, "b")
        await pulsed(servers[1], for_s, every_s, 6)
        assert set(codes(at_work, "b")) <= {Code.CHECKS_PASSED}
        assert at_work.driver.nodes.pool.ready == [0, 1, 2, 3, 4]
        assert at_work.total(Count.LOST) == at_work.total(Count.AWAY) == 0


async def test_a_node_that_freezes_for_good_is_suspected_then_out_and_joins_again_by_its_heartbeats(servers):
    async with driving(servers, rate=300) as at_work:
        await heard(at_work)
        codes(at_work, "b")
        begun = asyncio.get_running_loop().time()
        servers[1].child.freeze()
        await at_work.until(lambda _: standing(at_work, "b") is State.SUSPECTED)
        await at_work.until(lambda _: 1 not in at_work.driver.nodes.pool.ready)
        assert asyncio.get_running_loop().time() - begun < OUT_WITHIN_S
        sent = at_work.of("b")[Count.SENT]
        await at_work.more(100)
        assert at_work.of("b")[Count.SENT] == sent
        told = codes(at_work, "b")
        assert told[0] in {Code.CHECKS_FAILED, Code.HEARTBEAT_LATE}
        assert told[-1] is Code.HEARTBEAT_LOST
        servers[1].child.thaw()
        await at_work.until(lambda _: at_work.of("b")[Count.SENT] > sent)
        assert standing(at_work, "b") is State.STARTING
        assert at_work.driver.nodes.pool.weights[1] < at_work.driver.nodes.pool.weights[0]
        assert Code.JOINED in codes(at_work, "b")


async def test_a_node_that_left_by_its_heartbeats_and_is_convicted_is_so_for_that_reason(servers):
    async with driving(servers, rate=300) as at_work:
        await heard(at_work)
        servers[1].child.freeze()
        await at_work.until(lambda _: 1 not in at_work.driver.nodes.pool.ready)
        at_work.driver.know([one for one in targets(servers) if one.name != "b"], {"b"})
        servers[1].child.thaw()
        await at_work.until(lambda _: standing(at_work, "b") is State.GONE)
        assert codes(at_work, "b")[-1] is Code.CONVICTED
        sent = at_work.of("b")[Count.SENT]
        await at_work.more(500)
        assert at_work.of("b")[Count.SENT] == sent, "heartbeats of one that is not known bring nobody back"


async def test_a_driver_that_was_blocked_blames_no_node(servers):
    async with driving(servers, rate=300) as at_work:
        await heard(at_work)
        codes(at_work, "b")
        for _ in range(3):
            time.sleep(2.5)  # noqa: ASYNC251 - that is what is tested
            await at_work.more(20)
        assert set(codes(at_work, "b")) <= {Code.CHECKS_PASSED}
        assert at_work.driver.nodes.pool.ready == [0, 1, 2, 3, 4]
