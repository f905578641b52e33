"""What tests see of a lock by asking its server directly."""

from __future__ import annotations

from redis import Redis

from locks.core.own import keys_of
from locks.lock import Lock
from tests.processes import until


def left_ms(client: Redis, name: str) -> int:
    """The time left to the lock; -1 if it never ends, -2 if nobody holds it."""
    return int(client.pttl(keys_of(name).held))


def gone(lock: Lock) -> None:
    """Returns once the lock has expired."""
    until(lambda: not lock._client.exists(lock.terms.keys.held), what="the end of the lock")


def line(client: Redis, name: str) -> list[str]:
    """The holder_ids of the waiters, first in line first."""
    return [str(member, "ascii") for member in client.execute_command("ZRANGE", keys_of(name).queue, 0, -1)]


def left_over(client: Redis, name: str) -> set[str]:
    """The keys left of the lock, except its fencing token, each without the prefix they share."""
    keys = keys_of(name)
    found = set(client.scan_iter(match=keys.held + b"*", count=10_000)) - {keys.fencing}
    return {key.decode().removeprefix(keys.held.decode()) for key in found}
