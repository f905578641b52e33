"""A page in another process: a real WebSocket that stores what it receives and notes every broken promise."""

import asyncio
import json
import random
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import unix_connect

HOST = "127.0.0.1"
# Its queue is unbounded: a client that stops reading would not read the answer to its close either.
OPTIONS: dict[str, Any] = {"origin": f"http://{HOST}", "compression": None, "max_size": None, "max_queue": None}
Apply = Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]


@dataclass
class Client:
    """`apply(state, event)` folds an event. `webs` are the sockets of the web processes; it picks one at random."""

    webs: list[Path]
    path: str
    apply: Apply
    chance: random.Random
    state: dict[str, Any] = field(default_factory=dict)
    version: int = -1
    epoch: str = ""
    connections: int = 0
    snapshots: int = 0
    lost: list[str] = field(default_factory=list)

    async def follow(self, until: int, *, restless: bool) -> None:
        """Follows until it reaches the version. A restless client disconnects at random and returns, often elsewhere.

        Raises if the server disconnects, because that breaks its promise.
        """
        while self.version < until:
            async with self._connection() as connection:
                self.connections += 1
                messages = self.chance.randint(1, 30) if restless else 10**9
                for _ in range(messages):
                    self._take(json.loads(await connection.recv()))
                    if self.version >= until:
                        return

    @asynccontextmanager
    async def _connection(self):
        since = f"?since={self.version}&epoch={self.epoch}" if self.epoch else ""
        web = self.chance.choice(self.webs)
        uri = f"ws://{HOST}{self.path}{since}"
        async with unix_connect(str(web), uri, **OPTIONS) as connection:
            yield connection

    def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "hello":
                if self.epoch not in ("", message["epoch"]):
                    self.lost.append(f"epoch {message['epoch']} after {self.epoch}")
                self.epoch = message["epoch"]
            case "snapshot":
                self.snapshots += 1
                self.version, self.state = message["v"], message["parts"]
            case "event":
                if message["v"] != self.version + 1:
                    self.lost.append(f"event {message['v']} after {self.version}")
                self.version, self.state = message["v"], self.apply(self.state, message)


async def fresh(web: Path, path: str) -> dict[str, Any]:
    """The snapshot that a page without a version gets."""
    uri = f"ws://{HOST}{path}"
    async with unix_connect(str(web), uri, **OPTIONS) as connection:
        while True:
            message: dict[str, Any] = json.loads(await connection.recv())
            if message["type"] == "snapshot":
                return message


async def all_follow(clients: list[Client], until: int) -> None:
    """Runs all clients at once; every second one is restless."""
    await asyncio.gather(*(each.follow(until, restless=bool(index % 2)) for index, each in enumerate(clients)))
