"""Connections through a proxy, and the server that each one reached."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from balancer.proxy.calls import Calls
from balancer.proxy.config import NODES, slot_name
from balancer.proxy.process import Proxy
from servers.client.line import Limits, Outcome
from servers.resp import command
from tests.servers.driver.servers import PASSWORD, Server

DEADLINE_S = 60.0
LOOK_EVERY_S = 0.05
LIMITS = Limits(30.0, 1_000)
WHO = command(b"CLUSTER", b"MYID")


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not await condition():  # noqa: ASYNC110 - HAProxy notifies nobody
            await asyncio.sleep(LOOK_EVERY_S)


@dataclass
class Before:
    """A proxy in front of servers, in slots 1, 2, ... in order."""

    proxy: Proxy
    servers: list[Server]

    def calls(self) -> Calls:
        return Calls(self.proxy.address, PASSWORD, LIMITS)

    async def visit(self, calls: Calls | None = None) -> Outcome:
        """Sends one request on a separate connection. Returns the reply: the identity of a server."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Outcome] = loop.create_future()
        (calls or self.calls()).ask(WHO, answer.set_result)
        return await answer

    def slot(self, outcome: Outcome) -> int:
        """The slot of the server that answered."""
        assert isinstance(outcome, bytes), outcome
        return 1 + [server.id for server in self.servers].index(outcome.decode())

    async def visits(self, count: int) -> dict[int, int]:
        """Opens `count` connections, one after the other. Returns how many reached each slot."""
        return Counter([self.slot(await self.visit()) for _ in range(count)])

    async def hold(self) -> tuple[int, asyncio.StreamReader, asyncio.StreamWriter]:
        """Opens a connection that stays open. Returns the slot that it reached, and its streams."""
        reader, writer = await asyncio.open_connection(*self.proxy.address)
        writer.write(command(b"AUTH", PASSWORD.encode()))
        assert await reader.readline() == b"+OK\r\n"
        return await self.ask_again(reader, writer), reader, writer

    async def ask_again(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
        writer.write(WHO)
        await reader.readline()
        return self.slot((await reader.readline()).strip())

    async def status(self, slot: int) -> str:
        found = await self.proxy.runtime.figures()
        return next(one.status for one in found if (one.backend, one.name) == (NODES, slot_name(slot)))

    async def up(self, *slots: int) -> bool:
        return all([await self.status(slot) == "UP" for slot in slots])

    async def down(self, slot: int) -> bool:
        return (await self.status(slot)).startswith("DOWN")

    async def given(self, backend: str, slot: int, count: int) -> bool:
        """Whether a backend has given a slot at least this many connections."""
        return (await self.total(backend))[slot] >= count

    async def total(self, backend: str) -> dict[int, int]:
        """How many connections a backend has given to each slot."""
        found = await self.proxy.runtime.figures()
        return {int(one.name.removeprefix("n")): one.total for one in found if one.backend == backend}
