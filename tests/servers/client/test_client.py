"""How a client finds the node of a slot, and what it does with a redirection."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from servers.address import Address
from servers.client.client import Client
from servers.client.line import Failed, Outcome
from servers.client.owners import SlotOwners
from servers.resp import ErrorReply, command

WITHIN_S = 10.0

pytestmark = pytest.mark.usefixtures("patient")


class Node:
    """Greets, and answers every GET with the same words."""

    def __init__(self, words: bytes) -> None:
        self.words = words
        self.asked = 0

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1000):
            writer.write(b"+PONG\r\n" * data.count(b"PING") + b"+OK\r\n" * data.count(b"ASKING"))
            self.asked += data.count(b"GET")
            writer.write(self.words * (data.count(b"GET") + data.count(b"NODES")))
        writer.close()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Address]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        yield Address(*server.sockets[0].getsockname())
        server.close()


async def asked(client: Client, slot: int = 7) -> tuple[Outcome, Address | None]:
    done: asyncio.Future[tuple[Outcome, Address | None]] = asyncio.get_running_loop().create_future()
    client.ask(slot, command(b"GET", b"x"), lambda *answer: done.set_result(answer))
    async with asyncio.timeout(WITHIN_S):
        return await done


@pytest.mark.parametrize("word", [b"MOVED", b"ASK"])
async def test_a_redirection_is_followed(word):
    slots, there = SlotOwners(), Node(b"$2\r\nhi\r\n")
    async with there.serving() as far:
        here = Node(b"-%b 7 :%d\r\n" % (word, far.port))  # a host that is not said is that of the node asked
        async with here.serving() as near:
            slots.move(7, near)
            client = Client(slots, "", lambda: None)
            assert await asked(client) == (b"hi", far)
            client.close()
    assert (slots.owners[7] == far) is (word == b"MOVED")
    assert there.asked == 1


@pytest.mark.parametrize("words", [b"MOVED 7 nowhere", b"MOVED 7 a:99999", b"MOVED 7", b"CLUSTERDOWN no"])
async def test_what_names_no_address_is_an_error_and_the_map_is_stale(words):
    slots, stale = SlotOwners(), []
    async with Node(b"-%b\r\n" % words).serving() as near:
        slots.move(7, near)
        client = Client(slots, "", lambda: stale.append(1))
        assert await asked(client) == (ErrorReply(words), near)
        client.close()
    assert stale
    assert slots.owners[7] == near


async def test_a_slot_of_nobody_is_turned_away_unsent():
    client = Client(SlotOwners(), "", lambda: None)
    assert await asked(client) == (Failed.AWAY, None)


@pytest.mark.parametrize(("words", "read"), [(b"$5\r\nhello\r\n", False), (b"-ERR no\r\n", False), (b":1\r\n", False)])
async def test_a_reply_that_is_no_map_is_not_taken_over(words, read):
    slots = SlotOwners()
    async with Node(words).serving() as near:
        slots.move(7, near)
        client = Client(slots, "", lambda: None)
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        client.read_map(near, done.set_result)
        async with asyncio.timeout(WITHIN_S):
            assert await done is read
        client.close()
    assert slots.owners[7] == near
