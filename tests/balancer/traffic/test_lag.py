"""How late a loop is."""

import asyncio
import time
from itertools import pairwise

import pytest

from balancer.traffic.lag import EVERY_S, Lag


@pytest.fixture
async def lag():
    looking = Lag()
    yield looking
    looking.close()


async def looked(lag: Lag) -> list[float]:
    """What it notes until it has looked."""
    async with asyncio.timeout(30):
        while not (late := lag.take()):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(EVERY_S)
    return late


async def test_every_look_that_a_blockage_made_it_miss_counts(lag):
    await looked(lag)
    time.sleep(20 * EVERY_S)  # noqa: ASYNC251 - that is what is tested
    late = await looked(lag)
    assert late[0] >= 18 * EVERY_S
    steps = [before - after for before, after in pairwise(late[:18])]
    assert steps == pytest.approx([EVERY_S] * 17)


async def test_a_long_sleep_of_the_machine_costs_no_more_than_ten_seconds_of_looks(lag):
    lag._next -= 3600
    assert len(await looked(lag)) < 2000  # of 360,000, and of what this machine was busy with meanwhile


async def test_what_is_taken_is_not_told_again(lag):
    await looked(lag)
    assert lag.take() == []
