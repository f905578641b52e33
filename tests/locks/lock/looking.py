"""What tests see of a lock on its server, past the lock itself."""

from __future__ import annotations

from redis import Redis

from locks.core.own import keys_of
from locks.lock import Lock
from tests.processes import until


def left_ms(client: Redis, name: str) -> int:
    """What is left of the lock's time; -1 where it never ends, -2 where nobody holds it."""
    return int(client.pttl(keys_of(name).held))


def gone(lock: Lock) -> None:
    """Returns once the lock has run out."""
    until(lambda: not lock._client.exists(lock.terms.keys.held), what="the end of the lock")


def line(client: Redis, name: str) -> list[str]:
    """The holder_ids of those who wait, the first one first."""
    return [str(member, "ascii") for member in client.execute_command("ZRANGE", keys_of(name).queue, 0, -1)]


def left_over(client: Redis, name: str) -> set[str]:
    """Which keys there are of the lock, but for the fencing tokens; each without the part that all have."""
    keys = keys_of(name)
    found = set(client.scan_iter(match=keys.held + b"*", count=10_000)) - {keys.fencing}
    return {key.decode().removeprefix(keys.held.decode()) for key in found}
