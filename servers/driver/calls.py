"""Commands to single servers, with a deadline each, and to many servers at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from dataclasses import dataclass
from typing import Any, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.exceptions import ClusterDownError
from redis.retry import Retry

from servers.address import Address
from servers.errors import EngineError, NotAgreed, Refusal, Unreachable

T = TypeVar("T")

LOOK_EVERY_S = 0.005  # servers do not announce changes, so they are polled
IDLE_S = 60.0
_MOST_AT_ONCE = 64


@dataclass
class _Client:
    """Connections to one server; `used_at` is on the monotonic clock."""

    redis: redis.Redis
    used_at: float = 0.0

    def let_go(self) -> None:
        """Closes unused connections; one that another thread is using closes when that is done."""
        self.redis.connection_pool.disconnect(inuse_connections=False)


class Calls:
    """Connections to servers that share a password. Thread-safe."""

    def __init__(self, password: str, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self.patience_s = 0.0  # added to every deadline while servers are paused on purpose
        self._password = password
        self._clients: dict[tuple[Address, float], _Client] = {}
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(_MOST_AT_ONCE, "engine")
        self._closed = False

    def __repr__(self) -> str:
        return f"<Calls to {len(self._clients)} servers>"

    def one(self, address: Address, *words: str | int | bytes, timeout_s: float | None = None) -> Any:
        """The reply of a server to one command. Raises Unreachable, Refusal."""
        try:
            return self._client(address, timeout_s).execute_command(*words)  # type: ignore[no-untyped-call]
        except redis.RedisError as error:
            raise self._translated(address, error) from None

    def many(
        self, address: Address, commands: Iterable[Sequence[str | int | bytes]], timeout_s: float | None = None
    ) -> list[Any]:
        """The replies to several commands sent at once, with a Refusal for each that was refused.

        Raises Unreachable.
        """
        client = self._client(address, timeout_s)  # hold a reference: an unreferenced client closes connections in use
        try:
            with client.pipeline(transaction=False) as pipeline:
                for words in commands:
                    pipeline.execute_command(*words)  # type: ignore[no-untyped-call]
                replies = pipeline.execute(raise_on_error=False)
        except redis.RedisError as error:
            raise self._translated(address, error) from None
        return [self._translated(address, one) if isinstance(one, redis.RedisError) else one for one in replies]

    def every(
        self, address: Address, commands: Sequence[Sequence[str | int | bytes]], timeout_s: float | None = None
    ) -> list[Any]:
        """Like `many`, but raises the first Refusal."""
        replies = self.many(address, commands, timeout_s) if commands else []
        for reply in replies:
            if isinstance(reply, EngineError):
                raise reply
        return replies

    def everywhere(
        self, addresses: Iterable[Address], ask: Callable[[Address], T], patience_s: float | None = None
    ) -> dict[Address, T | EngineError]:
        """The result of `ask` for each address, all at once; the error if it raised one of ours.

        With `patience_s` it does not wait for stragglers: a server that is not done this long after half of them (or
        after twice the time those took) is Unreachable. Its request continues until it answers or its time is over.
        """

        def asked(address: Address) -> T | EngineError:
            try:
                return ask(address)
            except EngineError as error:
                return error

        begun = time.monotonic()
        try:
            asking = {address: self._threads.submit(asked, address) for address in dict.fromkeys(addresses)}
        except RuntimeError:  # closed
            return {address: Unreachable(f"{address}: its cluster is closed") for address in addresses}
        if patience_s is not None:
            for done, _future in enumerate(as_completed(asking.values()), start=1):
                if 2 * done >= len(asking):
                    break
            wait(asking.values(), max(patience_s, time.monotonic() - begun))
        return {
            address: future.result()
            if patience_s is None or future.done()
            else Unreachable(f"{address}: no answer in time")
            for address, future in asking.items()
        }

    def all_of(self, addresses: Iterable[Address], ask: Callable[[Address], T]) -> dict[Address, T]:
        """Like `everywhere`, but raises the first error."""
        given: dict[Address, T] = {}
        for address, reply in self.everywhere(addresses, ask).items():
            if isinstance(reply, EngineError):
                raise reply
            given[address] = reply
        return given

    def password_words(self) -> tuple[str, ...]:
        """The arguments that let a server sign in at another (MIGRATE); empty without a password."""
        return ("AUTH", self._password) if self._password else ()

    def leave(self, address: Address) -> None:
        """Closes the connections to a server that has ended for good, and to any server that nobody used for IDLE_S:
        another thread may have connected to one that had just ended.
        """
        longest = time.monotonic() - IDLE_S
        with self._lock:
            left = [key for key, one in self._clients.items() if key[0] == address or one.used_at < longest]
            for key in left:
                self._clients.pop(key).let_go()

    def close(self) -> None:
        """Closes every connection. Later requests raise Unreachable."""
        with self._lock:
            self._closed = True
            for one in self._clients.values():
                one.let_go()
            self._clients.clear()
        self._threads.shutdown(wait=False)

    def _client(self, address: Address, timeout_s: float | None) -> redis.Redis:
        timeout = self.patience_s + (self.timeout_s if timeout_s is None else timeout_s)
        with self._lock:
            if self._closed:
                raise Unreachable(f"{address}: its cluster is closed")
            one = self._clients.get((address, timeout))
            if one is None:
                one = self._clients[address, timeout] = _Client(self._connecting(address, timeout))
            one.used_at = time.monotonic()
        return one.redis

    def _connecting(self, address: Address, timeout_s: float) -> redis.Redis:
        return redis.Redis(
            host=address.host,
            port=address.port,
            password=self._password or None,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            protocol=2,
            # A server that restarted has closed our connection: try once more. A silent one is not retried.
            retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
        )

    def _translated(self, address: Address, error: redis.RedisError) -> EngineError:
        text = str(error)
        if self._password:
            text = text.replace(self._password, "***")
        # For two seconds after its start a server serves nobody's keys.
        silent = isinstance(error, redis.ConnectionError | redis.TimeoutError | ClusterDownError)
        return (Unreachable if silent else Refusal)(f"{address}: {text}")


def wait_for(true: Callable[[], bool], timeout_s: float, what: str) -> None:
    """Returns once `true` is true. Raises NotAgreed(what) if it is not within `timeout_s`."""
    deadline = time.monotonic() + timeout_s
    while not true():
        if time.monotonic() > deadline:
            raise NotAgreed(what)
        time.sleep(LOOK_EVERY_S)
