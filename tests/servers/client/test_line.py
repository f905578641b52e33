"""How long one line waits for a reply, and how many requests can wait on it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from servers.address import Address
from servers.client.client import Client
from servers.client.line import Failed, Limits, Line, Outcome
from servers.client.owners import SlotOwners
from servers.resp import command

WITHIN_S = 20.0
ASKED = command(b"ECHO", b"x")


class Node:
    """Greets at once, but answers requests only when told to."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.asked = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            writer.write(b"+PONG\r\n" * data.count(b"PING"))
            if asked := data.count(b"ECHO"):
                self.asked += asked
                await self.may_answer.wait()
                writer.write(b"$1\r\nx\r\n" * asked)
        writer.close()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Address]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        yield Address(*server.sockets[0].getsockname())
        server.close()


class Replies(list[Outcome]):
    """What came, and a way to wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self._news = asyncio.Event()

    def put(self, outcome: Outcome) -> None:
        self.append(outcome)
        self._news.set()

    async def first(self, count: int) -> list[Outcome]:
        async with asyncio.timeout(WITHIN_S):
            while len(self) < count:
                self._news.clear()
                await self._news.wait()
        return self[:count]


async def test_a_silent_node_is_given_up_after_the_lines_own_timeout():
    node, replies, loop = Node(), Replies(), asyncio.get_running_loop()
    async with node.serving() as address:
        line = Line(address, "", Limits(timeout_s=0.5))
        begun = loop.time()
        line.ask(ASKED, replies.put)
        assert await replies.first(1) == [Failed.LOST]
        assert loop.time() - begun >= 0.49  # with the default it would be 0.3
        line.close()


async def test_a_longer_timeout_makes_a_freeze_latency_and_not_an_error():
    node, replies, loop = Node(), Replies(), asyncio.get_running_loop()
    async with node.serving() as address:
        line = Line(address, "", Limits(timeout_s=WITHIN_S))
        line.ask(ASKED, replies.put)
        loop.call_later(0.6, node.may_answer.set)
        assert await replies.first(1) == [b"x"]
        line.close()


@pytest.mark.parametrize("most", [2, 5])  # a line with its greeting in flight has room for one more
async def test_what_exceeds_the_cap_is_turned_away_unsent(most):
    node, replies = Node(), Replies()
    async with node.serving() as address:
        line = Line(address, "", Limits(WITHIN_S, most))
        line.ask(command(b"PING"), replies.put)  # once it is answered, nothing of the greeting is in flight
        assert await replies.first(1) == [b"PONG"]
        for _ in range(most + 2):
            line.ask(ASKED, replies.put)
        assert replies[1:] == [Failed.FULL] * 2
        node.may_answer.set()
        assert (await replies.first(3 + most))[3:] == [b"x"] * most
        assert node.asked == most
        line.close()


async def test_it_is_told_when_all_that_is_in_line_has_ended():
    node, replies = Node(), Replies()
    async with node.serving() as address:
        line = Line(address, "", Limits(WITHIN_S))
        line.ask(command(b"PING"), replies.put)
        assert await replies.first(1) == [b"PONG"]
        line.when_next(lambda: replies.put(b"nobody is in line"))
        line.ask(ASKED, replies.put)
        line.when_next(lambda: replies.put(b"one has ended"))
        line.ask(ASKED, lambda _: replies.put(b"the other one"))
        assert replies[1:] == [b"nobody is in line"]
        node.may_answer.set()
        assert (await replies.first(5))[2:] == [b"x", b"one has ended", b"the other one"]
        line.close()


async def test_who_waits_for_those_in_line_is_told_also_when_they_are_lost():
    node, replies = Node(), Replies()
    async with node.serving() as address:
        line = Line(address, "", Limits(WITHIN_S))
        line.ask(ASKED, replies.put)
        line.when_next(lambda: replies.put(b"it has ended"))
        line.close()
        assert replies == [Failed.LOST, b"it has ended"]


async def test_a_client_gives_its_limits_to_its_lines():
    node, replies = Node(), Replies()
    async with node.serving() as address:
        slots = SlotOwners()
        slots.move(7, address)
        client = Client(slots, "", lambda: None, Limits(WITHIN_S, 2))
        client.ask(7, command(b"PING"), lambda outcome, _: replies.put(outcome))
        assert await replies.first(1) == [b"PONG"]
        for _ in range(3):
            client.ask(7, ASKED, lambda outcome, _: replies.put(outcome))
        assert replies[1:] == [Failed.FULL]
        client.close()
