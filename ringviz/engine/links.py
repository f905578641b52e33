"""Connections to single servers, and what a server says of itself."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, NamedTuple

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from ringviz.engine.address import Address
from ringviz.engine.errors import EngineError


class Measured(NamedTuple):
    """What a server has and does: `keys` of its own slots, `bytes` used of `limit`, `ops` a second."""

    keys: int
    bytes: int
    limit: int
    ops: float
    role: str
    link_up: bool


class Found(NamedTuple):
    """Whether a key is there, and how many replicas follow the server that was asked."""

    primary: bool
    replicas: int


class Links:
    """One client a server, with deadlines, shared by threads. Answers are as the server gave them."""

    def __init__(self, password: str, timeout_s: float) -> None:
        self._password = password
        self._timeout_s = timeout_s
        self._clients: dict[tuple[Address, float], Redis] = {}
        self._making = threading.Lock()

    def client(self, address: Address, timeout_s: float | None = None) -> Redis:
        """The client of a server."""
        key = address, timeout_s or self._timeout_s
        with self._making:
            if key not in self._clients:
                self._clients[key] = self._made(*key)
            return self._clients[key]

    def call(self, address: Address, *words: Any, timeout_s: float | None = None) -> Any:
        """One command. Raises EngineError for a refusal and for silence."""
        try:
            return self.client(address, timeout_s).execute_command(*words)  # type: ignore[no-untyped-call]
        except (RedisError, OSError) as error:
            raise EngineError(f"{address}: {error}") from error

    def text(self, address: Address, *words: Any) -> str:
        """One command whose answer is text."""
        answer = self.call(address, *words)
        return answer.decode() if isinstance(answer, bytes) else str(answer)

    def close(self, address: Address) -> None:
        """Drops the connections to a server that is no more."""
        with self._making:
            for key in [key for key in self._clients if key[0] == address]:
                with suppress(Exception):
                    self._clients.pop(key).close()

    def _made(self, address: Address, timeout_s: float) -> Redis:
        client = Redis(
            host=address.host,
            port=address.port,
            password=self._password or None,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        )
        client.response_callbacks.clear()
        return client


def measured(links: Links, address: Address, timeout_s: float) -> Measured | None:
    """What a server says, in one round trip; None when it does not answer in time."""
    pipe = links.client(address, timeout_s).pipeline(transaction=False)
    for words in (("DBSIZE",), ("INFO", "memory"), ("INFO", "stats"), ("INFO", "replication")):
        pipe.execute_command(*words)  # type: ignore[no-untyped-call]
    try:
        keys, *parts = pipe.execute()
    except (RedisError, OSError):
        return None
    told: dict[str, str] = {}
    for part in parts:
        told.update(_info(part))
    return Measured(
        keys=int(keys),
        bytes=int(told.get("used_memory", 0)),
        limit=int(told.get("maxmemory", 0)),
        ops=float(told.get("instantaneous_ops_per_sec", 0)),
        role="replica" if told.get("role") in ("slave", "replica") else "primary",
        link_up=told.get("master_link_status", told.get("primary_link_status", "up")) == "up",
    )


def measure_all(links: Links, addresses: list[Address], timeout_s: float) -> dict[Address, Measured | None]:
    """All of them at once: a silent one costs its deadline, however many there are."""
    if not addresses:
        return {}
    with ThreadPoolExecutor(min(16, len(addresses))) as pool:
        found = pool.map(lambda address: measured(links, address, timeout_s), addresses)
        return dict(zip(addresses, found, strict=True))


def _info(part: Any) -> dict[str, str]:
    text = part.decode() if isinstance(part, bytes) else str(part)
    pairs = (line.split(":", 1) for line in text.splitlines() if ":" in line and not line.startswith("#"))
    return dict(pairs)
