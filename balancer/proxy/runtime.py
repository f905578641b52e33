"""HAProxy's runtime socket: sends commands, one per connection, and returns how to undo each change.

Source: HAProxy 2.6, management manual, "Unix Socket commands".
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from balancer.proxy import reading
from balancer.proxy.algorithms import ALGORITHMS, algorithm
from balancer.proxy.config import KEY, MAP, NODES, slot_name
from balancer.proxy.errors import NotRunning, Refused
from servers.address import Address

TIMEOUT_S: Final = 5.0
_LEAST_SERIOUS_REFUSAL: Final = 3  # syslog's severity 3: error
_SAID: Final = re.compile(r"\[(\d)\]: ?(.*)", re.DOTALL)
# `set server ... addr` reports success as a warning, and a change that was not needed too.
_MOVED: Final = re.compile(r"((IP|port) changed from|no need to change) ")

Undo = tuple[str, ...]
"""Commands that restore the previous state."""


class Runtime:
    """The socket at a path. Lives in the running loop. Its methods raise NotRunning if there is no response.

    Methods that change something return the undo, and raise Refused with HAProxy's text. Slots count from 1.
    """

    def __init__(self, path: Path, timeout_s: float = TIMEOUT_S) -> None:
        self.path = path
        self._timeout_s = timeout_s

    async def ask(self, command: str) -> str:
        """Sends one command and returns the answer."""
        if any(mark in command for mark in "\n;\\"):
            raise ValueError(f"more than one command: {command!r}")
        try:
            async with asyncio.timeout(self._timeout_s):
                reader, writer = await asyncio.open_unix_connection(self.path)
                try:
                    writer.write(f"{command}\n".encode())
                    answer = await reader.read(-1)
                finally:
                    writer.close()
                    with suppress(OSError):
                        await writer.wait_closed()
        except (OSError, TimeoutError) as error:
            raise NotRunning from error
        if not answer:  # even success is answered with a line
            raise NotRunning
        return answer.decode(errors="replace")

    async def tell(self, command: str) -> None:
        """Runs a command. Raises Refused."""
        answer = (await self.ask(command)).strip()
        if not answer:
            return
        said = _SAID.match(answer)
        severity, words = (int(said[1]), said[2]) if said else (0, answer)
        if severity <= _LEAST_SERIOUS_REFUSAL or not _MOVED.match(words):
            raise Refused(command, " ".join(words.split()))

    async def restore(self, undo: Undo) -> None:
        """Undoes a change."""
        for command in undo:
            await self.tell(command)

    async def algorithm(self) -> str:
        """The name of the current algorithm."""
        return reading.mapped(await self.ask(f"show map {MAP}"))

    async def servers(self) -> list[reading.Server]:
        """Every server of every backend."""
        return reading.servers(await self.ask("show servers state"))

    async def figures(self) -> list[reading.Figures]:
        """The figures of every server of every backend."""
        return reading.figures(await self.ask("show stat"))

    async def use(self, name: str) -> Undo:
        """Changes the algorithm for new connections. Open connections stay. Raises UnknownAlgorithm."""
        before = await self.algorithm()
        await self.tell(_map(algorithm(name).name))
        return (_map(before),)

    async def weigh(self, slot: int, weight: int) -> Undo:
        """Changes a node's weight, 0 to 256, under every algorithm that can change weights."""
        return await self._all_or_nothing(
            [
                (_weigh(server, weight), _weigh(server, server.weight))
                for server in await self._of(slot)
                if server.backend in ALGORITHMS and ALGORITHMS[server.backend].weighs
            ]
        )

    async def put(self, slot: int, state: reading.State) -> Undo:
        """Changes a node's state under every algorithm, because all of them track NODES."""
        (server,) = [server for server in await self._of(slot) if server.backend == NODES]
        await self.tell(_put(server, state))
        return (_put(server, server.state),)

    async def move(self, slot: int, address: Address) -> Undo:
        """Changes a node's address (IP and port)."""
        return await self._all_or_nothing(
            [(_move(server, address), _move(server, server.address)) for server in await self._of(slot)]
        )

    async def _of(self, slot: int) -> list[reading.Server]:
        found = [server for server in await self.servers() if server.name == slot_name(slot)]
        if not found:
            raise Refused(slot_name(slot), "No such server.")
        return found

    async def _all_or_nothing(self, changes: list[tuple[str, str]]) -> Undo:
        done: list[str] = []
        for command, undo in changes:
            try:
                await self.tell(command)
            except Refused:
                await self.restore(tuple(done))
                raise
            done.insert(0, undo)
        return tuple(done)


def _map(name: str) -> str:
    return f"set map {MAP} {KEY} {name}"


def _weigh(server: reading.Server, weight: int) -> str:
    return f"set server {server.backend}/{server.name} weight {weight}"


def _put(server: reading.Server, state: reading.State) -> str:
    return f"set server {server.backend}/{server.name} state {state}"


def _move(server: reading.Server, address: Address) -> str:
    return f"set server {server.backend}/{server.name} addr {address.host} port {address.port}"
