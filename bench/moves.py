"""What moves in a managed cluster cost: `python -m bench.moves [keys]` prints JSON lines like bench.core's.

A ninth node joins eight that hold a million keys. Its slots arrive by atomic migration; then the same slots are moved
one by one, as `valkey-cli --cluster reshard` does it.
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from statistics import median

import numpy as np
from numpy.typing import NDArray

from bench.core import Line, line
from ringviz.core.buckets import stored_name
from servers.batches import next_moves
from servers.driver.engine import Engine
from servers.errors import NotAgreed
from tests.servers.driver import servers
from tests.servers.driver.servers import PASSWORD, WITHIN_S, Cluster, Server, even

KEYS = 1_000_000
NODES = 8
VALUE = b"v" * 32
MOST_AT_ONCE = 4
RESHARD_PIPELINE = 10  # what valkey-cli moves with one MIGRATE
REPEATS = 3
LOOK_EVERY_S = 0.002


def seconds(work: Callable[[], object]) -> float:
    """The seconds that one call takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def fill(server: Server, slots: range, keys: int) -> None:
    """Stores this many keys, spread evenly over the slots. Raw, because a client library is slower than the server."""
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
    """Moves slots as the supervisor does, until each is where it is wanted."""
    engine = cluster.engine
    running: dict[int, int] = {}
    now = owners(cluster)
    while (now != wanted).any():
        for move in next_moves(now, wanted, list(running.items()), MOST_AT_ONCE - len(running)):
            source, target = cluster.servers[move.source - 1], cluster.servers[move.target - 1]
            with suppress(NotAgreed):  # one of the two has not heard yet what the other gave away
                engine.move(source.address, target.id, move.ranges)
                running[move.source] = move.target
        time.sleep(LOOK_EVERY_S)
        if ended := [number for number in running if has_moved(cluster, cluster.servers[number - 1])]:
            for number in ended:
                del running[number]
            now = owners(cluster)


def has_moved(cluster: Cluster, source: Server) -> bool:
    """Whether the newest move of a server has ended. Raises AssertionError if it failed."""
    newest = next(one for one in cluster.engine.moves(source.address) if one.exporting)
    if newest.state not in ("running", "done") and not newest.unheard:
        raise AssertionError(newest.message)
    return newest.state != "running"


def move_slot_by_slot(cluster: Cluster, wanted: NDArray[np.int32]) -> None:
    """Makes the same moves as valkey-cli's reshard: one slot after another, ten keys at once."""
    now = owners(cluster)
    for slot in np.flatnonzero(now != wanted).tolist():
        source, target = cluster.servers[now[slot] - 1], cluster.servers[wanted[slot] - 1]
        cluster.engine.move_slots_classic(source.address, target.address, [slot], WITHIN_S, RESHARD_PIPELINE)


def moving(keys: int) -> Iterator[Line]:
    """A ninth node joins a million keys, gives them back, and joins again slot by slot."""
    with servers.cluster(NODES) as cluster:
        cluster.engine.close()
        cluster.engine = Engine(PASSWORD, WITHIN_S)  # no reply counts as late here: the moves are what is measured
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
    """The number of keys on each server, once all agree."""
    cluster.engine.wait_agreed(cluster.addresses, WITHIN_S)
    measured = cluster.engine.measure(cluster.addresses, 5.0)
    return [0 if (one := measured[address]) is None else one.keys for address in cluster.addresses]


def main() -> None:
    """Prints the figure. A smaller number of keys on the command line makes the run shorter."""
    keys = int(sys.argv[1]) if len(sys.argv) > 1 else KEYS
    for one in moving(keys):
        print(one, flush=True)


if __name__ == "__main__":
    main()
