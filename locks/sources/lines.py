"""A line to one server: commands with a deadline, each counted, without retries that would hide trouble."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from hashlib import sha1
from typing import Any

from redis import Connection, Redis, SSLConnection, UnixDomainSocketConnection
from redis.backoff import NoBackoff
from redis.connection import ConnectionPool
from redis.exceptions import NoScriptError, RedisError, ResponseError
from redis.retry import Retry

from locks.core.sourcelist import Target
from locks.sources.cost import Cost, size_of
from locks.sources.trouble import SourceTrouble, trouble_of

CLIENT_NAME = "ringviz-watch"
_READ_SIZE = 1 << 16


class Line:
    """One server. `host` and `port` are its real address, whatever the target says; a Unix socket ignores them."""

    def __init__(self, target: Target, host: str, port: int, cost: Cost, name: str = CLIENT_NAME) -> None:
        self.target = target
        self.host = host
        self.port = port
        self.timeout_s = target.timeout_s
        self.cost = cost
        self._name = name
        self._pool = ConnectionPool(connection_class=_connection_class(target), **self.options())
        self.client = Redis(connection_pool=self._pool)
        self._execute: Callable[..., Any] = self.client.execute_command
        self._loaded: set[str] = set()
        self.script_command = "EVAL_RO"
        self._by_digest = True
        self._calls: Counter[str] = Counter()
        self._estimated: dict[str, int] = {}
        self._stats: dict[str, tuple[int, int]] = {}

    @property
    def where(self) -> str:
        """The address, for people."""
        return self.target.path or (f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}")

    def options(self, protocol: int = 2) -> dict[str, Any]:
        """The arguments for a redis-py connection to this server."""
        target = self.target
        options: dict[str, Any] = {
            "db": target.db,
            "username": target.username,
            "password": target.password,
            "socket_timeout": self.timeout_s,
            "retry": Retry(NoBackoff(), 0),
            "protocol": protocol,
            "driver_info": None,
            "socket_read_size": _READ_SIZE,
            "redis_connect_func": self._introduce,
        }
        if target.path:
            return {**options, "path": target.path}
        options |= {"host": self.host, "port": self.port, "socket_connect_timeout": self.timeout_s}
        return {**options, **dict(target.tls_options)} if target.tls else options

    def connection(self, protocol: int = 2) -> Any:
        """A separate connection for blocking use, connected. Raises SourceTrouble."""
        connection: Any = _connection_class(self.target)(**self.options(protocol))
        try:
            connection.connect()
        except (RedisError, OSError) as error:
            raise self.trouble(error) from error
        return connection

    def call(self, *words: Any) -> Any:
        """Sends a command and returns the answer as redis-py parses it. Raises SourceTrouble."""
        try:
            return self.ask(*words)
        except (RedisError, OSError) as error:
            raise self.trouble(error, str(words[0])) from error

    def ask(self, *words: Any) -> Any:
        """Like `call`, but raises redis-py's errors."""
        begun = time.perf_counter()
        answer: Any = b""
        try:
            answer = self._execute(*words)
            return answer
        finally:
            self.count(words, answer, begun)

    def count(self, words: tuple[Any, ...], answer: Any, begun: float) -> None:
        """Records a command that was sent at `begun` (time.perf_counter) and has just ended."""
        name = _name_of(words)
        self.cost.add(name, size_of(words), size_of((answer,)), time.perf_counter() - begun)
        self._calls[f"cmdstat_{name.lower().replace(' ', '|')}"] += 1

    def take(self) -> Any:
        """Takes a connected connection that nobody else uses until it is returned. Raises redis-py's errors."""
        return self._pool.get_connection()

    def give_back(self, connection: Any) -> None:
        """Returns a connection from `take`."""
        self._pool.release(connection)

    def run(self, script: str, arguments: tuple[Any, ...]) -> Any:
        """Runs a read-only script, by its digest once the server has it. Raises SourceTrouble."""
        try:
            if words := self.by_digest(script, arguments):
                try:
                    return self.ask(*words)
                except ResponseError as error:
                    if not self.needs_text(script, error):
                        raise
            answer = self._run_text(script, arguments)
        except (RedisError, OSError) as error:
            raise self.trouble(error, self.script_command) from error
        self._loaded.add(script)
        return answer

    def by_digest(self, script: str, arguments: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """The command for a script that the server has; None if the script must be sent as text."""
        if script not in self._loaded or not self._by_digest:
            return None
        return (f"EVALSHA{self._suffix}", _digest(script), 0, *arguments)

    def needs_text(self, script: str, error: ResponseError) -> bool:
        """Whether a call failed because it used the digest; from now on the script is sent as text."""
        if isinstance(error, NoScriptError):
            self._loaded.discard(script)
            return True
        if self.trouble(error).kind == "noperm" and "evalsha" in str(error).lower():
            self._by_digest = False
            return True
        return False

    def _run_text(self, script: str, arguments: tuple[Any, ...]) -> Any:
        try:
            return self.ask(self.script_command, script, 0, *arguments)
        except ResponseError as error:
            if self.script_command == "EVAL" or "unknown command" not in str(error).lower():
                raise
        self.script_command = "EVAL"  # the only form before Redis 7.0
        return self.ask(self.script_command, script, 0, *arguments)

    def estimate(self) -> None:
        """Adds the server's time for our calls since the last estimate: each command's mean times our calls."""
        stats = self.call("INFO", "commandstats")
        now = {name: (int(one["calls"]), int(one["usec"])) for name, one in stats.items() if "usec" in one}
        ours = dict(self._calls)
        spent = 0.0
        for name, count in ours.items():
            calls, micros = now.get(name, (0, 0))
            calls_then, micros_then = self._stats.get(name, (0, 0))
            calls, micros = (calls - calls_then, micros - micros_then) if calls >= calls_then else (calls, micros)
            if calls > 0:
                spent += micros / calls * min(calls, count - self._estimated.get(name, 0))
        self._stats, self._estimated = now, ours
        self.cost.estimated(spent)

    def trouble(self, error: Exception, command: str = "") -> SourceTrouble:
        """Translates an exception of this line."""
        return trouble_of(error, self.where, self.timeout_s, command)

    def close(self) -> None:
        """Closes its connections."""
        self._pool.disconnect()

    @property
    def _suffix(self) -> str:
        return "_RO" if self.script_command == "EVAL_RO" else ""

    def _introduce(self, connection: Any) -> None:
        """Names the client, and stops reads from counting as use of a key.

        Users without those rights can still connect.
        """
        connection.on_connect()
        for words in (("CLIENT", "SETNAME", self._name), ("CLIENT", "NO-TOUCH", "ON")):
            connection.send_command(*words, check_health=False)
            try:
                connection.read_response()
            except ResponseError:
                continue  # not permitted, or an older server


def _connection_class(target: Target) -> type[Connection]:
    if target.path:
        return UnixDomainSocketConnection  # type: ignore[return-value]
    return SSLConnection if target.tls else Connection


@cache
def _digest(script: str) -> str:
    return sha1(script.encode()).hexdigest()  # noqa: S324  the server's own name for it


def _name_of(words: tuple[Any, ...]) -> str:
    """A command's name for the statistics: CLIENT LIST and CLIENT INFO are separate."""
    first = str(words[0]).upper()
    with_sub = {"CLIENT", "CLUSTER", "CONFIG", "PUBSUB", "SENTINEL", "COMMAND"}
    return f"{first} {words[1]}".upper() if first in with_sub and len(words) > 1 else first
