"""One question, one reply: anything else that the far end sends ends the connection."""

from __future__ import annotations

import asyncio

import pytest

from servers.errors import Refusal, Unreachable
from servers.guard.door import Target
from servers.reading.connection import Connection, Login, Question
from tests.servers.reading.impostor import Impostor, Listening

WITHIN_S = 10


def asked(reply: bytes, question: Question = Question.COUNT, login: Login | None = None) -> bytes:
    with Impostor(reply) as port:
        return asyncio.run(ask(port, question, login or Login()))


async def ask(port: int, question: Question, login: Login) -> bytes:
    async with asyncio.timeout(WITHIN_S):
        connection = await Connection.open(Target("127.0.0.1", port), login)
        try:
            return await connection.ask(question)
        finally:
            connection.close()


@pytest.mark.parametrize(("reply", "told"), [(b":42\r\n", b"42"), (b"$2\r\nab\r\n", b"ab"), (b"+OK\r\n", b"OK")])
def test_the_reply_to_the_question(reply, told):
    assert asked(reply) == told


@pytest.mark.parametrize("reply", [b":1\r\n:2\r\n", b":1\r\n:", b"$-1\r\n", b"*0\r\n", b"-ERR no\r\n-ERR no\r\n"])
def test_anything_but_one_reply_is_no_answer(reply):
    with pytest.raises(Unreachable):
        asked(reply)


def test_an_error_is_a_refusal_at_the_login_too():
    with pytest.raises(Refusal, match="NOPERM"):
        asked(b"-NOPERM no\r\n")
    with pytest.raises(Refusal, match="WRONGPASS"):
        asked(b"-WRONGPASS no\r\n", login=Login("somebody", "secret"))


def test_only_the_map_may_be_long():
    """The reader does not wait for a reply that announces more bytes."""
    long = b"x" * 100_000
    with pytest.raises(Unreachable, match="at most 65536"):
        asked(b"$100000\r\n", Question.MEMORY)
    assert asked(b"$100000\r\n" + long + b"\r\n", Question.NODES) == long
    with pytest.raises(Unreachable, match="at most 8388608"):
        asked(b"$8388609\r\n", Question.NODES)


def test_a_connection_that_ends_is_no_answer():
    with Listening() as (port, _asked), pytest.raises(Unreachable):
        asyncio.run(ask(port, Question.COUNT, Login()))
