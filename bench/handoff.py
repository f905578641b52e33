"""How a lock goes from one process to the next: `python -m bench.handoff` prints JSON lines as `bench.core` does.

Compares our lock with those of redis-py and python-redis-lock, each on a separate server in the same run: eight
processes that contend for one lock, eight that wait for a lock that is held, and one alone. All times are on one
monotonic clock; commands are those that the clients send.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import pairwise
from multiprocessing import get_context
from statistics import median, quantiles
from typing import Any, NamedTuple

import redis_lock
from redis import Redis

from locks.lock import Lock, NotAcquired
from tests import started

PROCESSES, CONTENDING_S, HOLD_S = 8, 5.0, 0.005
WAITING_S = 3.0
ALONE = 2_000
NAME, TTL_S = "bench", 60


class Counting(Redis):
    """Counts the commands that it sends."""

    sent = 0

    def execute_command(self, *args: Any, **options: Any) -> Any:
        self.sent += 1
        send: Callable[..., Any] = super().execute_command
        return send(*args, **options)


def ours(client: Redis, wait_s: float | None) -> AbstractContextManager[object] | None:
    lock = Lock(client, NAME, TTL_S * 1000)
    if wait_s is None:
        return lock.hold(TTL_S)
    with suppress(NotAcquired):
        lock.acquire(wait_s)
    return None


def redis_py(client: Redis, wait_s: float | None) -> AbstractContextManager[object] | None:
    lock: AbstractContextManager[object] = client.lock(NAME, timeout=TTL_S)
    if wait_s is None:
        return lock
    assert not client.lock(NAME, timeout=TTL_S).acquire(blocking_timeout=wait_s)
    return None


def python_redis_lock(client: Redis, wait_s: float | None) -> AbstractContextManager[object] | None:
    lock: AbstractContextManager[object] = redis_lock.Lock(client, NAME, expire=TTL_S)
    if wait_s is None:
        return lock
    assert not redis_lock.Lock(client, NAME, expire=TTL_S).acquire(timeout=wait_s)
    return None


# Returns the lock for a `with` block. With a time, it waits that long for a lock that it does not get.
Kind = Callable[[Redis, float | None], AbstractContextManager[object] | None]
KINDS: dict[str, Kind] = {"ours": ours, "redis-py": redis_py, "python-redis-lock": python_redis_lock}


def block(kind: str, client: Redis) -> AbstractContextManager[object]:
    """The lock, for a `with` block."""
    found = KINDS[kind](client, None)
    assert found is not None
    return found


@contextmanager
def client_at(path: str) -> Iterator[Counting]:
    """A client whose count of commands starts at zero."""
    with Counting(unix_socket_path=path, socket_timeout=5) as client:
        client.ping()
        client.sent = 0
        yield client


def contend(told: Any, ready: Any, path: str, kind: str) -> None:
    """Takes the lock as often as it can. Reports when it got, left and requested it, and how many commands it sent."""
    entries = []
    with client_at(path) as client:
        ready.wait()
        ends_at = time.monotonic() + CONTENDING_S
        while (asked := time.monotonic()) < ends_at:
            with block(kind, client):
                entered = time.monotonic()
                time.sleep(HOLD_S)
                left = time.monotonic()
            entries.append((entered, left, asked, os.getpid()))
        told.put((entries, client.sent))


def wait_in_vain(told: Any, ready: Any, path: str, kind: str) -> None:
    """Waits for a lock that is held. Reports how many commands that took."""
    with client_at(path) as client:
        ready.wait()
        KINDS[kind](client, WAITING_S)
        told.put(client.sent)


def crowd(work: Callable[..., None], path: str, kind: str) -> list[Any]:
    """The reports of all processes."""
    spawn = get_context("spawn")
    told, ready = spawn.Queue(), spawn.Barrier(PROCESSES)
    workers = [spawn.Process(target=work, args=(told, ready, path, kind), daemon=True) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    found = [told.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join()
    return found


class Figures(NamedTuple):
    """The figures of one lock."""

    handoff_ms: float
    handoff_p99_ms: float
    longest_wait_ms: float
    entries_s: float
    commands: float
    unfairness: float
    waiting_commands_s: float
    alone_us: float


def measure(kind: str) -> Figures:
    """Measures all figures of one lock."""
    with started.valkey() as server, client_at(str(server.path)) as client:
        contended = crowd(contend, str(server.path), kind)
        entries = sorted(entry for ones, _sent in contended for entry in ones)
        assert all(left < entered for (_, left, *_), (entered, *_) in pairwise(entries)), (
            f"{kind}: two processes held it at once"
        )
        # If the last holder gets in before the waiters, nothing was handed over.
        handoffs_ms = [(two[0] - one[1]) * 1000 for one, two in pairwise(entries) if one[3] != two[3]]
        shares = [len(ones) for ones, _sent in contended]
        with block(kind, client):
            waiting = sum(crowd(wait_in_vain, str(server.path), kind))
        times = []
        for _ in range(ALONE):
            begun = time.perf_counter()
            with block(kind, client):
                pass
            times.append(time.perf_counter() - begun)
        return Figures(
            handoff_ms=median(handoffs_ms),
            handoff_p99_ms=quantiles(handoffs_ms, n=100)[98],
            longest_wait_ms=max((entered - asked) * 1000 for entered, _left, asked, _pid in entries),
            entries_s=len(entries) / (entries[-1][1] - entries[0][0]),
            commands=sum(sent for _ones, sent in contended) / len(entries),
            unfairness=max(shares) / max(1, min(shares)),
            waiting_commands_s=waiting / PROCESSES / WAITING_S,
            alone_us=median(times) * 1e6,
        )


SAID = {
    "handoff_ms": ("hand-off, p50", "ms"),
    "handoff_p99_ms": ("hand-off, p99", "ms"),
    "longest_wait_ms": ("longest wait for a turn", "ms"),
    "entries_s": ("entries a second", "entries/s"),
    "commands": ("commands an entry", "commands"),
    "unfairness": ("entries of the luckiest process by those of the unluckiest", "times"),
    "waiting_commands_s": ("commands a second of a waiter", "commands/s"),
    "alone_us": ("acquire and release, alone", "us"),
}
AIMS = {"unfairness": "1.5"}


def main() -> None:
    """Each figure, once for each peer."""
    from bench.core import line  # its imports would take the workers seconds

    found = {kind: measure(kind) for kind in KINDS}
    note = f"{PROCESSES} processes, held {HOLD_S * 1000:.0f} ms at a time for {CONTENDING_S:.0f} s"
    for name, (said, unit) in SAID.items():
        for peer in list(KINDS)[1:]:
            value, theirs = getattr(found["ours"], name), getattr(found[peer], name)
            print(line(f"lock: {said}", value, unit, peer, theirs, AIMS.get(name, ""), note))


if __name__ == "__main__":
    main()
