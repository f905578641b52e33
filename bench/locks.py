"""What reading a server's locks costs: `python -m bench.locks` prints JSON lines as `bench.core` does.

10,000 locks of redis-py among 1,000,000 ordinary keys, most of them with a time to live. Compares the first search with
a plain SCAN of the same keys, and rereading the locks with a pipeline of TYPE, PTTL and GET; measures how much another
client of the server notices.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from statistics import median, quantiles
from uuid import uuid1

from redis import Redis

from bench.core import Line, line
from locks.core.sourcelist import SourceConfig
from locks.sources import Source, connect
from tests import started

KEYS, LOCKS, MANY = 1_000_000, 10_000, 100_000
ROUNDS = 5
_BATCH = 10_000
_TTL_S = 86_400
_WATCH_S = 4.0
BUDGET = 0.2  # of the server's time, as the watcher sets it
WORDS = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel")


def ordinary(number: int, chance: random.Random) -> tuple[str, str]:
    """A key like those of caches, sessions and counters."""
    if number % 4 == 0:
        mail = f"{chance.choice(WORDS)}@example.com"
        return f"user:{number}:profile", json.dumps({"id": number, "name": chance.choice(WORDS), "mail": mail})
    if number % 4 == 1:
        return f"session:{chance.getrandbits(128):032x}", f"user={number};theme=dark;csrf={chance.getrandbits(64):016x}"
    if number % 4 == 2:
        return f"hits:2026-11-{number % 30:02d}:{number}", str(number)
    return f"cache:view:{number}", f'<li class="row">{chance.choice(WORDS)} {chance.choice(WORDS)} {number}</li>'


def fill(client: Redis) -> list[bytes]:
    """Stores the keys and returns the names of the locks."""
    chance = random.Random(1)
    for begin in range(0, KEYS, _BATCH):
        pipeline = client.pipeline(transaction=False)
        for number in range(begin, begin + _BATCH):
            name, value = ordinary(number, chance)
            pipeline.set(name, value, ex=_TTL_S if number % 4 else None)
        pipeline.execute()
    names = [b"orders:%d" % number for number in range(LOCKS)]
    pipeline = client.pipeline(transaction=False)
    for lock in names:
        pipeline.set(lock, uuid1().hex, px=_TTL_S * 1000)
    pipeline.execute()
    return names


def timed(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The median time of one call in seconds."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return median(times)


def scan_plainly(client: Redis) -> int:
    """What a client can read without a script: only the names."""
    return sum(1 for _ in client.scan_iter(count=1_000))


def read_plainly(client: Redis, names: list[bytes]) -> None:
    """What tools do: three commands per key."""
    for begin in range(0, len(names), 250):
        pipeline = client.pipeline(transaction=False)
        for name in names[begin : begin + 250]:
            pipeline.type(name)
            pipeline.pttl(name)
            pipeline.get(name)
        pipeline.execute()


def search(source: Source) -> None:
    """A search that finds every lock and nothing else."""
    found = [one.key for some in source.discover() for one in some]
    assert len(found) == LOCKS, len(found)


def ask(path: str, begin: Event, stop: Event, told: Connection) -> None:
    """Another client: GET after GET, each timed."""
    with Redis(unix_socket_path=path) as client:
        client.get("user:0:profile")
        told.send([])
        begin.wait()
        times = []
        while not stop.is_set():
            begun = time.perf_counter()
            client.get("user:0:profile")
            times.append(time.perf_counter() - begun)
        told.send(times)


@contextmanager
def another_client(path: str) -> Iterator[list[float]]:
    """The times of that client's GETs while the block runs."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    begin, stop = context.Event(), context.Event()
    process = context.Process(target=ask, args=(path, begin, stop, theirs), daemon=True)
    process.start()
    ours.recv()
    times: list[float] = []
    begin.set()
    try:
        yield times
    finally:
        stop.set()
        times += ours.recv()
        process.join()


def felt(path: str, source: Source | None) -> tuple[float, float]:
    """p50 and p99 of another client's GET in milliseconds, with or without a source being searched continuously."""
    over = threading.Event()
    with another_client(path) as times:
        timer = threading.Timer(_WATCH_S, over.set)
        timer.start()
        while source is not None and not over.is_set():
            for _ in source.discover(cancelled=over):
                pass
        timer.join()
    cuts = quantiles(times, n=100)
    return cuts[49] * 1000, cuts[98] * 1000


def main() -> None:
    """Prints the lines."""
    with started.valkey() as server, Redis(unix_socket_path=str(server.path)) as client:
        names = fill(client)
        config = SourceConfig("bench", "bench", server.url)
        with connect(config) as source, connect(config, BUDGET) as gentle:
            for made in lines(str(server.path), client, source, gentle, names):
                print(made, flush=True)


def lines(path: str, client: Redis, source: Source, gentle: Source, names: list[bytes]) -> Iterator[Line]:
    """The figures, one after another."""
    searched, scanned = timed(lambda: search(source), 3), timed(lambda: scan_plainly(client), 3)
    note = "10,000 locks among 1,000,000 keys, median of 3; SCAN alone gives names"
    yield line("first search of a keyspace", searched, "s", "SCAN COUNT 1000", scanned, "3 s", note)
    source.facts(names[:1])
    for count, aim in ((LOCKS, "0.1 s"), (MANY, "1 s")):
        keys = names * (count // LOCKS)
        ours, theirs = timed(partial(source.facts, keys)), timed(partial(read_plainly, client, keys), 1)
        yield line(f"reread {count:,} locks", ours, "s", "pipelines of TYPE, PTTL, GET", theirs, aim, "facts of each")
    looked, read = timed(partial(source.look, names)), timed(partial(source.facts, names))
    yield line(f"look at {LOCKS:,} locks", looked, "s", "facts alone", read, "", "recognised, with who is connected")
    (calm, calm_99), (watched, watched_99) = felt(path, None), felt(path, gentle)
    aim = "p50 +0.2 ms"
    note = f"p99 {watched_99:.2f}, without {calm_99:.2f}; a search with a budget of {BUDGET:.0%} goes on all the time"
    yield line("another client's GET, p50", watched, "ms", "nobody watches", calm, aim, note)
    source.estimate()
    before, begun = source.cost.bill(), time.perf_counter()
    search(source)
    source.estimate()
    spent = ((source.cost.bill().server_us or 0) - (before.server_us or 0)) / 1e6
    waited = time.perf_counter() - begun
    note = "by INFO commandstats; the peer is how long it took"
    yield line("server time of a search, estimated", spent, "s", "wall clock", waited, "", note)


if __name__ == "__main__":
    main()
