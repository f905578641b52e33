"""Puts a stage of a capture into a real server: its keys, and real connections that subscribe or block as then."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from redis import Redis

from tests.locks.core.captures import FORMATS, raw
from tests.processes import until

_EPOCH_MS = 10**12  # a score above it is a time


def restore(client: Redis, entries: list[Mapping[str, Any]], shift_ms: float = 0) -> None:
    """Stores the keys of a stage in an emptied server. Scores that are times are moved later by `shift_ms`."""
    client.flushall()
    for entry in entries:
        key, kind, value = raw(entry["key"]), entry["type"], entry["value"]
        if kind == "string":
            client.set(key, raw(value))
        elif kind == "hash":
            client.hset(key, mapping={raw(name): raw(one) for name, one in value})
            for name, ttl_ms in entry.get("field_pttl", []):
                if ttl_ms > 0:
                    client.execute_command("HPEXPIRE", key, ttl_ms, "FIELDS", 1, raw(name))
        elif kind == "zset":
            client.zadd(key, {raw(one): score + shift_ms if score > _EPOCH_MS else score for one, score in value})
        elif kind == "list":
            client.rpush(key, *map(raw, value))
        elif kind == "set":
            client.sadd(key, *map(raw, value))
        elif kind == "stream":
            for number, fields in value:
                client.xadd(key, {raw(name): raw(one) for name, one in fields}, id=raw(number))
        if entry["pttl"] > 0:
            client.pexpire(key, entry["pttl"])


@contextmanager
def connected(path: str, stage: Mapping[str, Any]) -> Iterator[None]:
    """Real connections: the stage's subscribers, one for each that was in BLPOP, and one of each library."""
    with ExitStack() as stack:
        client = stack.enter_context(Redis(unix_socket_path=path))
        for name, count in stage.get("pubsub_channels", []):
            for _ in range(count):
                listener = stack.enter_context(Redis(unix_socket_path=path).pubsub())
                listener.subscribe(raw(name))
                assert listener.get_message(timeout=5)
        for library in {one["lib-name"] for one in stage.get("clients", []) if one.get("lib-name")}:
            user = stack.enter_context(Redis(unix_socket_path=path, single_connection_client=True))
            user.client_setinfo("LIB-NAME", library)
        waiting = [one for one in stage.get("clients", []) if "b" in one["flags"]]
        for _one in waiting:
            blocked = Redis(unix_socket_path=path, single_connection_client=True).connection
            assert blocked is not None
            stack.callback(blocked.disconnect)
            blocked.send_command("BLPOP", "nobody:pushes:here", 0)
        until(lambda: client.info("clients")["blocked_clients"] == len(waiting), what="those who wait")
        yield


def now_shift_ms(stage: Mapping[str, Any], captured_ms: int) -> float:
    """How much later than its capture a stage is restored."""
    return time.time() * 1000 - float(stage.get("now_ms", captured_ms))


def capture_of(file: str) -> dict[str, Any]:
    """The whole of a capture."""
    found: dict[str, Any] = json.loads((FORMATS / f"{file}.json").read_text())
    return found
