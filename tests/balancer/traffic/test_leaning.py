"""Weights that follow load, with real servers: one is slowed down as by a quota of its processor."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from balancer.core.bounds import MOST_WORK
from balancer.core.weighing import Weighing
from ringviz.bounds import SLOW_EVERY_MS, SLOW_FOR_MS
from tests.balancer.traffic.driving import driving
from tests.servers.driver.servers import Server

SOON = Weighing(blackout_s=2.0)


@contextmanager
def slowed(server: Server) -> Iterator[None]:
    """Half speed, by a thread of its own."""
    ending = threading.Event()

    def pulse() -> None:
        begun, turn = time.monotonic(), 0
        while not ending.is_set():
            server.child.freeze()
            time.sleep(SLOW_FOR_MS / 1_000)
            server.child.thaw()
            turn += 1
            time.sleep(max(0.001, begun + turn * SLOW_EVERY_MS / 1_000 - time.monotonic()))

    thread = threading.Thread(target=pulse)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()
        server.child.thaw()


async def test_the_share_of_a_slowed_node_falls_and_returns_while_weights_follow_load(servers):
    """Under smooth weighted round robin, which sees nothing but weights."""
    given = {"rate": 300, "work": MOST_WORK // 2}
    async with driving(servers, "smooth_wrr", **given, weighed=True, weighing=SOON) as at_work:
        weights = at_work.driver.nodes.pool.weights

        def relative() -> float:
            return weights[1] / (sum(weights) / len(weights))

        with slowed(servers[1]):
            seen = await at_work.until(lambda seen: relative() < 0.8 and (seen.nodes["b"].share or 1) < 0.17)
            assert min(seen.nodes[name].share or 0 for name in "acde") > (seen.nodes["b"].share or 1)
        await at_work.until(lambda seen: relative() > 0.9 and (seen.nodes["b"].share or 0) > 0.18)


async def test_while_weights_do_not_follow_load_they_stay_and_they_return_at_once(servers):
    async with driving(servers, "smooth_wrr", rate=300, work=MOST_WORK // 2, weighing=SOON) as at_work:
        weights, settings = at_work.driver.nodes.pool.weights, at_work.driver.settings
        with slowed(servers[1]):
            await at_work.more(900)
            assert weights == [1.0] * 5
            at_work.driver.configure(replace(settings, weighed=True))
            await at_work.until(lambda _: weights[1] < 0.9)
            at_work.driver.configure(settings)
            await at_work.until(lambda _: weights == [1.0] * 5)
