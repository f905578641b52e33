"""A proxy follows the nodes of a cluster; manual settings stay; changes are undone, newest first."""

import pytest
import pytest_asyncio

from balancer.proxy.config import NODES, NOWHERE, Setup, slot_name
from balancer.proxy.errors import NothingToUndo, NotRunning, TooManyNodes
from balancer.proxy.process import running
from balancer.proxy.reading import State
from balancer.proxy.runtime import Runtime
from balancer.proxy.seats import Seats, seated
from balancer.proxy.undos import Done, Undos
from balancer.traffic.nodes import Target
from servers.address import Address


def node(name: str, port: int, weight: float = 1.0) -> Target:
    return Target(name, Address("127.0.0.1", port), weight)


A, B, C = node("a", 1001), node("b", 1002), node("c", 1003)


class Followed:
    """A proxy that is told about nodes."""

    def __init__(self, runtime: Runtime, seats: Seats) -> None:
        self.runtime, self._seats = runtime, seats

    async def __call__(self, targets, draining=()) -> list[tuple[int, int, str]]:
        """Applies the nodes. Returns port, weight and state of each slot."""
        await self._seats.follow(self.runtime, targets, draining)
        found = await self.runtime.servers()
        slots = [one for one in found if one.backend == "roundrobin"]
        assert [one.address for one in found if one.backend == NODES] == [one.address for one in slots]
        return [(one.address.port, one.weight, one.state.value) for one in slots]


@pytest_asyncio.fixture
async def told(folder):
    """A proxy with slots for three nodes, in front of two."""
    async with running(folder, seated([A, B]), "", Setup(slots=3)) as proxy:
        yield Followed(proxy.runtime, Seats(3, [A, B]))


SPARE = (NOWHERE.port, 100, "maint")


async def test_nodes_join_leave_and_return_to_their_slots(told):
    assert await told([A, B]) == [(1001, 100, "ready"), (1002, 100, "ready"), SPARE]
    assert await told([B, C]) == [SPARE, (1002, 100, "ready"), (1003, 100, "ready")]
    assert await told([A, B, C]) == [(1001, 100, "ready"), (1002, 100, "ready"), (1003, 100, "ready")]
    moved = node("b", 2002)
    assert (await told([A, moved, C]))[1] == (2002, 100, "ready")


async def test_a_draining_node_keeps_its_address_until_it_has_left(told):
    assert await told([A], {"b"}) == [(1001, 100, "ready"), (1002, 100, "drain"), SPARE]
    assert await told([A]) == [(1001, 100, "ready"), SPARE, SPARE]


async def test_the_slot_of_a_node_that_left_is_taken_when_no_other_is_free(told):
    await told([A, B, C])
    await told([A, C])
    assert await told([A, C, node("d", 1004)]) == [(1001, 100, "ready"), (1004, 100, "ready"), (1003, 100, "ready")]


async def test_a_node_too_many_is_refused_and_the_others_are_told(told):
    with pytest.raises(TooManyNodes):
        await told([A, B, node("x", 1009), node("y", 1010)])
    assert (await told([A, B, node("x", 1009)]))[2] == (1009, 100, "ready")


async def test_weights_follow_the_heaviest(told):
    assert [weight for _, weight, _ in await told([node("a", 1001, 0.5), node("b", 1002, 2)])] == [25, 100, 100]


async def test_what_was_set_by_hand_stays_until_the_cluster_changes_just_that(told):
    await told.runtime.weigh(1, 7)
    await told.runtime.put(2, State.DRAIN)
    assert (await told([A, B, C]))[:2] == [(1001, 7, "ready"), (1002, 100, "drain")]
    assert (await told([node("a", 1001, 0.5), B, C]))[:2] == [(1001, 50, "ready"), (1002, 100, "drain")]


async def test_changes_are_undone_newest_first(told, folder):
    undos, runtime = Undos(folder), told.runtime
    undos.push(Done("weight", await runtime.weigh(1, 7)))
    undos.push(Done("Zustand 状态", await runtime.put(1, State.DRAIN)))
    undos.push(Done("algorithm", await runtime.use("first")))
    assert await undos.undo(runtime) == "algorithm"
    assert await runtime.algorithm() == "roundrobin"
    assert await undos.undo(runtime) == "Zustand 状态"
    assert (await told([A, B]))[0] == (1001, 7, "ready")
    assert await undos.undo(runtime) == "weight"
    assert (await told([A, B]))[0] == (1001, 100, "ready")
    with pytest.raises(NothingToUndo):
        await undos.undo(runtime)


async def test_what_could_not_be_undone_can_be_undone_later(told, folder):
    undos = Undos(folder)
    undos.push(Done("weight", await told.runtime.weigh(1, 7)))
    with pytest.raises(NotRunning):
        await undos.undo(Runtime(folder / "nobody"))
    assert await undos.undo(told.runtime) == "weight"
    found = [one for one in await told.runtime.servers() if one.name == slot_name(1) and one.backend == "leastconn"]
    assert found[0].weight == 100
