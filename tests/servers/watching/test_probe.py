"""What counts as the answer to a ping: complete replies, of any kind, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from servers.address import Address
from servers.watching.probe import Probe

WITHIN_S = 10.0
PINGS = b"*1\r\n$4\r\nPING\r\n"
AUTH = b"*2\r\n$4\r\nAUTH\r\n$3\r\n\xc3\xbcw\r\n"


class Peer:
    """Says these words, with a pause after each, to whoever connects and has asked; what it heard is kept."""

    def __init__(self, *words: bytes) -> None:
        self._words = words
        self.heard: list[bytes] = []
        self.ended = asyncio.Event()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.heard.append(await reader.read(1000))
        for word in self._words:
            writer.write(word)
            await asyncio.sleep(0.02)
        await reader.read()
        self.ended.set()
        writer.close()


@asynccontextmanager
async def probed(peer: Peer, password: str = "") -> AsyncIterator[Probe]:
    server = await asyncio.start_server(peer, "127.0.0.1", 0)
    probe = Probe(asyncio.get_running_loop(), Address(*server.sockets[0].getsockname()), password)
    try:
        yield probe
    finally:
        probe.close()
        server.close()


async def answered(probe: Probe) -> bool:
    probe.ask()
    for _ in range(30):
        if probe.rtt_s is not None:
            break
        await asyncio.sleep(0.01)
    return probe.settle()


@pytest.mark.parametrize("words", [[b"+PONG\r\n"], [b"+PO", b"NG\r", b"\n"], [b"-LOADING keys\r\n"]])
async def test_any_complete_reply_is_an_answer(words):
    peer = Peer(*words)
    async with probed(peer) as probe:
        assert await answered(probe)
    assert peer.heard == [PINGS]


async def test_with_a_password_both_replies_are_awaited():
    peer = Peer(b"+OK\r\n+PONG\r\n")
    async with probed(peer, "üw") as probe:
        assert await answered(probe)
    assert peer.heard == [AUTH + PINGS]


@pytest.mark.parametrize("words", [[b"+PO"], [b"+OK\r\n"], [b"$3\r\na\nb\r\n"]])
async def test_less_than_that_is_none(words):
    """The last one is a single reply, of two lines."""
    async with probed(Peer(*words), "üw") as probe:
        assert not await answered(probe)


@pytest.mark.parametrize("words", [[b"HTTP/1.1 400 Bad Request\r\n\r\n"], [b"*1\r\n+PONG\r\n"], [b"$1025\r\n"]])
async def test_what_is_no_reply_is_none_and_ends_the_connection(words):
    peer = Peer(*words)
    async with probed(peer) as probe:
        probe.ask()
        async with asyncio.timeout(WITHIN_S):
            await peer.ended.wait()
        assert not probe.settle()
