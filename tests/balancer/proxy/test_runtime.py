"""A real HAProxy in front of real servers: commands while it runs, their effect, and how to undo them."""

import asyncio

import pytest

from balancer.proxy.algorithms import ALGORITHMS
from balancer.proxy.calls import Calls
from balancer.proxy.config import HEAVIEST, NODES, NOWHERE, slot_name
from balancer.proxy.errors import NotRunning, Refused, UnknownAlgorithm
from balancer.proxy.reading import State
from balancer.proxy.runtime import Runtime
from servers.address import Address
from servers.client.line import Failed
from tests.balancer.proxy.visits import LIMITS, until
from tests.servers.driver.servers import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def known(before, slot: int, backend: str = "roundrobin"):
    found = await before.proxy.runtime.servers()
    return next(one for one in found if (one.backend, one.name) == (backend, slot_name(slot)))


async def test_round_robin_spreads_evenly(before):
    assert await before.visits(25) == {1: 5, 2: 5, 3: 5, 4: 5, 5: 5}


async def test_another_algorithm_has_the_new_connections_and_the_old_ones_go_on(before):
    runtime = before.proxy.runtime
    held = [await before.hold() for _ in range(3)]
    already = await before.total("source")
    undo = await runtime.use("source")
    assert await runtime.algorithm() == "source"
    (slot,) = await before.visits(10)  # all connections come from one address
    assert (await before.total("source"))[slot] == already[slot] + 10
    for slot, reader, writer in held:
        assert await before.ask_again(reader, writer) == slot
        writer.close()
    await runtime.restore(undo)
    assert await runtime.algorithm() == "roundrobin"
    assert len(await before.visits(10)) == 5


async def test_the_first_node_is_filled_before_the_next_gets_anything(before):
    await before.proxy.runtime.use("first")
    held = [await before.hold() for _ in range(5)]
    assert [slot for slot, _, _ in held] == [1, 1, 2, 2, 3]  # two connections fill a node: `full`
    for _slot, _reader, writer in held:
        writer.close()


async def test_an_unknown_algorithm_changes_nothing(before):
    with pytest.raises(UnknownAlgorithm):
        await before.proxy.runtime.use("best")
    assert await before.proxy.runtime.algorithm() == "roundrobin"


async def test_a_weight_is_set_under_every_algorithm_that_takes_one_and_undone(before):
    runtime = before.proxy.runtime
    undo = await runtime.weigh(1, HEAVIEST // 2)
    for name, one in ALGORITHMS.items():
        assert (await known(before, 1, name)).weight == (HEAVIEST // 2 if one.weighs else HEAVIEST)
    assert await before.visits(45) == {1: 5, 2: 10, 3: 10, 4: 10, 5: 10}
    await runtime.restore(undo)
    assert {(await known(before, 1, name)).weight for name in ALGORITHMS} == {HEAVIEST}


async def test_a_weight_that_haproxy_does_not_take_changes_nothing(before):
    with pytest.raises(Refused, match="between 0 and 256"):
        await before.proxy.runtime.weigh(1, 257)
    assert (await known(before, 1)).weight == HEAVIEST


async def test_a_draining_node_keeps_its_connections_and_gets_no_other(before):
    runtime = before.proxy.runtime
    held = [await before.hold() for _ in range(5)]
    slot, reader, writer = held[0]
    undo = await runtime.put(slot, State.DRAIN)
    assert (await known(before, slot, "leastconn")).state is State.DRAIN
    assert slot not in await before.visits(10)
    assert await before.ask_again(reader, writer) == slot
    again = await runtime.put(slot, State.MAINT)
    assert (await known(before, slot)).state is State.MAINT
    await runtime.restore(again)
    assert (await known(before, slot)).state is State.DRAIN
    await runtime.restore(undo)
    assert (await known(before, slot)).state is State.READY
    await until(lambda: before.up(slot))
    assert slot in await before.visits(10)
    for _slot, _reader, writer in held:
        writer.close()


async def test_a_node_joins_at_a_spare_slot(before):
    runtime = before.proxy.runtime
    # The server of slot 5 again: connections to slot 6 reach whatever listens at its address.
    undo = await runtime.move(6, before.servers[4].address)
    back = await runtime.put(6, State.READY)
    await until(lambda: before.up(6))
    assert await before.visits(12) == {1: 2, 2: 2, 3: 2, 4: 2, 5: 4}
    await runtime.restore(back)
    await runtime.restore(undo)
    assert (await known(before, 6)).address == (await known(before, 6, NODES)).address == NOWHERE
    assert await before.visits(10) == {1: 2, 2: 2, 3: 2, 4: 2, 5: 2}


async def test_what_haproxy_does_not_take_is_refused_in_its_words(before):
    runtime = before.proxy.runtime
    with pytest.raises(Refused, match="Invalid addr"):
        await runtime.tell("set server roundrobin/n1 addr nowhere")
    with pytest.raises(Refused, match="static"):
        await runtime.tell("set server static-rr/n1 weight 7")
    with pytest.raises(Refused, match="Unknown command"):
        await runtime.tell("make coffee")
    with pytest.raises(Refused, match="No such server"):
        await runtime.put(99, State.DRAIN)
    with pytest.raises(ValueError, match="more than one"):
        await runtime.ask("show info; set map policy.map policy first")
    await runtime.tell(f"set server roundrobin/n1 addr {before.servers[0].address.host}")  # it already has this address


async def test_nobody_at_the_socket_is_told(tmp_path):
    with pytest.raises(NotRunning):
        await Runtime(tmp_path / "s").algorithm()


async def test_a_check_sees_that_a_node_is_frozen_and_that_it_is_well_again(before):
    before.servers[1].child.freeze()
    await until(lambda: before.down(2))
    assert 2 not in await before.visits(10)
    (row,) = [one for one in await before.proxy.runtime.figures() if (one.backend, one.name) == (NODES, "n2")]
    assert row.check == "L7TOUT"
    before.servers[1].child.thaw()
    await until(lambda: before.up(2))
    assert 2 in await before.visits(10)


async def test_least_connections_leaves_a_frozen_node_alone(before):
    """Even before a check notices: the connections that hang there count."""
    await before.proxy.runtime.use("leastconn")
    before.servers[1].child.freeze()
    already = (await before.total("leastconn"))[2]
    hanging = [asyncio.ensure_future(before.visit()) for _ in range(10)]

    async def others_ended() -> bool:
        """Until then, the other nodes also have connections, and the frozen one may have the fewest."""
        held = (await before.total("leastconn"))[2] - already
        return bool(held > 0 and sum(not one.done() for one in hanging) == held)

    await until(others_ended)
    await before.visits(20)
    assert (await before.total("leastconn"))[2] <= already + 3
    before.servers[1].child.thaw()
    assert {before.slot(await one) for one in hanging} == {1, 2, 3, 4, 5}


async def test_each_request_has_a_connection_of_its_own(before):
    calls = before.calls()
    already = await before.total("roundrobin")
    await asyncio.gather(*(before.visit(calls) for _ in range(40)))
    now = await before.total("roundrobin")
    assert sum(now.values()) - sum(already.values()) == calls.opened == 40


async def test_a_request_that_reaches_nobody_is_told_so(before):
    assert await before.visit(Calls(Address("127.0.0.1", 1), PASSWORD, LIMITS)) is Failed.AWAY
    before.servers[0].child.freeze()
    short = LIMITS._replace(timeout_s=0.1)
    assert await before.visit(Calls(before.servers[0].address, PASSWORD, short)) is Failed.LOST
