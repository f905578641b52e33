"""What a managed cluster costs: `python -m bench.moves [keys]` prints JSON lines like bench.core's.

A ninth node joins eight that hold a million keys: its slots by atomic migration, and the same slots one by one as
`valkey-cli --cluster reshard` moves them. Then how soon a new server takes slots, how soon writes work after a death,
and how soon 8 and 64 servers are a cluster.
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Iterator
from statistics import median

import numpy as np
from numpy.typing import NDArray

from bench.core import Line, line
from ringviz.core.batches import next_moves, ranges_of
from ringviz.core.buckets import BUCKETS, stored_name
from tests.ringviz.engine import servers
from tests.ringviz.engine.servers import PASSWORD, WITHIN_S, Cluster, Server, even

KEYS = 1_000_000
NODES = 8
VALUE = b"v" * 32
MOST_AT_ONCE = 4
RESHARD_PIPELINE = 10  # what valkey-cli moves with one MIGRATE
REPEATS = 3
LOOK_EVERY_S = 0.002
PEER_NODE_TIMEOUT_S = 15.0


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def fill(server: Server, slots: range, keys: int) -> None:
    """Stores so many keys, spread evenly over the slots. Raw, since a client library takes longer than the server."""
    with socket.create_connection(("127.0.0.1", server.port)) as client, client.makefile("rb") as replies:
        client.sendall(_command(b"AUTH", PASSWORD.encode()))
        replies.readline()
        for first in range(0, keys, 10_000):
            names = [
                stored_name(b"key:%d" % at, slots[at % len(slots)]) for at in range(first, min(first + 10_000, keys))
            ]
            client.sendall(b"".join(_command(b"SET", name, VALUE) for name in names))
            for _name in names:
                if replies.readline() != b"+OK\r\n":
                    raise AssertionError("a key was not stored")


def _command(*words: bytes) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%b\r\n" % (len(word), word) for word in words)


def owners(cluster: Cluster) -> NDArray[np.int32]:
    """The number (from 1) of each slot's server."""
    owner, ids = cluster.engine.slot_map(cluster.addresses[0])
    numbers = {server.id: number for number, server in enumerate(cluster.servers, start=1)}
    return np.array([numbers.get(id_, 0) for id_ in ids], np.int32)[owner]


def move_atomically(cluster: Cluster, wanted: NDArray[np.int32]) -> None:
    """Moves until every slot is where it is wanted, as the supervisor does."""
    engine = cluster.engine
    running: dict[int, int] = {}
    now = owners(cluster)
    while (now != wanted).any():
        for move in next_moves(now, wanted, list(running.items()), MOST_AT_ONCE - len(running)):
            source, target = cluster.servers[move.source - 1], cluster.servers[move.target - 1]
            engine.move(source.address, target.id, move.ranges)
            running[move.source] = move.target
        time.sleep(LOOK_EVERY_S)
        for number in list(running):
            newest = next(one for one in engine.moves(cluster.servers[number - 1].address) if one.exporting)
            if newest.state not in ("running", "done"):
                raise AssertionError(newest.message)
            if newest.state == "done":
                del running[number]
        now = owners(cluster)


def move_slot_by_slot(cluster: Cluster, wanted: NDArray[np.int32]) -> None:
    """Moves the same as valkey-cli's reshard does: one slot after the other, ten keys at once."""
    now = owners(cluster)
    for slot in np.flatnonzero(now != wanted).tolist():
        source, target = cluster.servers[now[slot] - 1], cluster.servers[wanted[slot] - 1]
        cluster.engine.move_slot_classic(source.address, target.address, slot, keys_at_once=RESHARD_PIPELINE)


def moving(keys: int) -> Iterator[Line]:
    """A ninth node over a million keys, and back, and again slot by slot."""
    with servers.cluster(NODES) as cluster:
        for server, ((first, last),) in zip(cluster.servers, even(NODES), strict=True):
            fill(server, range(first, last + 1), keys // NODES)
        before = owners(cluster)
        cluster.servers.append(cluster.joined())
        wanted = before.copy()
        wanted[:: NODES + 1] = NODES + 1
        times = []
        for _ in range(REPEATS):
            times.append(seconds(lambda: move_atomically(cluster, wanted)))
            moved = stored(cluster)[-1]
            move_atomically(cluster, before)
        peer = seconds(lambda: move_slot_by_slot(cluster, wanted))
        counts = stored(cluster)
        if counts[-1] != moved or sum(counts) != keys // NODES * NODES:
            raise AssertionError(f"the two ways moved {moved} and {counts[-1]} keys of {sum(counts)}")
        yield line(
            f"a ninth node joins eight with {keys:,} keys: its slots and their keys move in",
            median(times),
            "s",
            "slot by slot (MIGRATE of 10 keys, as valkey-cli reshard)",
            peer,
            ">= 30 times the peer",
            f"{moved:,} keys in {int((wanted != before).sum()):,} slots, no traffic; the slowest of {REPEATS}"
            f" took {max(times):.3f} s",
        )


def stored(cluster: Cluster) -> list[int]:
    """What each server holds, once all agree."""
    cluster.engine.wait_agreed(cluster.addresses, WITHIN_S)
    measured = cluster.engine.measure(cluster.addresses, 5.0)
    return [0 if (one := measured[address]) is None else one.keys for address in cluster.addresses]


def joining() -> Iterator[Line]:
    """How long a new server refuses writes, from its start."""
    with servers.cluster(NODES) as cluster:

        def started() -> float:
            begun = time.perf_counter()
            cluster.joined()
            return time.perf_counter() - begun

        def met_only() -> float:
            begun = time.perf_counter()
            server = cluster.start()
            cluster.engine.meet([cluster.addresses[0], server.address], WITHIN_S)
            while not cluster.engine.takes_writes(server.address):
                time.sleep(LOOK_EVERY_S)
            return time.perf_counter() - begun

        yield line(
            "a new server of a cluster of eight takes slots and writes, from its start",
            median([started() for _ in range(REPEATS)]) * 1e3,
            "ms",
            "CLUSTER MEET alone",
            median([met_only() for _ in range(REPEATS)]) * 1e3,
            "<= 800 ms",
            "as a replica first, then REPLICATE NO ONE: a primary refuses writes for 2 s after its start",
        )


def reassigning() -> Iterator[Line]:
    """From the verdict (the dead process is gone) until a write to a slot of the dead is stored."""
    times = []
    with servers.cluster(NODES) as cluster:
        for _ in range(REPEATS):
            dead = cluster.servers.pop()
            slots = np.concatenate([np.arange(first, last + 1) for first, last in cluster.ranges(dead)])
            parts = np.array_split(slots, len(cluster.servers))
            gains = {one.address: ranges_of(part) for one, part in zip(cluster.servers, parts, strict=True)}
            dead.child.kill()
            begun = time.perf_counter()
            cluster.engine.reassign([dead.id], gains, cluster.addresses)
            for server in cluster.servers:
                server.store([(gains[server.address][0][0],) * 2])
            times.append(time.perf_counter() - begun)
    yield line(
        "one of eight dies: writes to its slots are stored again, from the verdict",
        median(times) * 1e3,
        "ms",
        "cluster-node-timeout, default: when the engine itself begins to act, and only with a replica",
        PEER_NODE_TIMEOUT_S * 1e3,
        "<= 1,000 ms",
        f"a write at every survivor; the peer is a lower bound, not measured; the slowest of {REPEATS} {max(times) * 1e3:.0f} ms",
    )


def forming(count: int) -> Iterator[Line]:
    """From the last server's start until all take writes and agree."""
    with servers.cluster(0) as cluster:
        cluster.servers = [cluster.start() for _ in range(count)]
        parts = dict(zip(cluster.addresses, even(count), strict=True))
        took = seconds(lambda: cluster.engine.form(cluster.addresses, parts, 60))
        answering = seconds(lambda: cluster.engine.measure(cluster.addresses, 5.0))
        if any(one is None for one in cluster.engine.measure(cluster.addresses, 5.0).values()):
            raise AssertionError("not all answer")
    yield line(
        f"{count} servers, just started, are a cluster in which all take writes",
        took,
        "s",
        "the engine's own delay of a new primary",
        2.0,
        "about 2 s for eight",
        f"{BUCKETS // count} slots each; all of them measured in {answering * 1e3:.0f} ms",
    )


def main() -> None:
    """Print every figure; `keys` on the command line makes the first smaller."""
    keys = int(sys.argv[1]) if len(sys.argv) > 1 else KEYS
    for lines in (moving(keys), joining(), reassigning(), forming(8), forming(64)):
        for one in lines:
            print(one, flush=True)


if __name__ == "__main__":
    main()
