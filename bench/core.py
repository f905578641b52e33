"""The cost of the core, each figure next to a peer measured in the same run: `python -m bench.core` prints JSON lines.

A line is `{"bench", "value", "unit", "peer", "peer_value", "ratio", "aim", "note"}`; `ratio` is the peer's value over
ours. Every value is the median of several repeats. A peer that is too slow for the whole is measured on a sample and
scaled; its note says so.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import cycle
from statistics import median

import numpy as np
import uhashring
from numpy.typing import NDArray

from ringviz.core.keys import KeyIndex
from ringviz.core.movement import movement
from ringviz.core.placement import Murmur, PlacedNode
from ringviz.core.ring import HashRing

NODES = [f"node-{number}" for number in range(100)]
VNODES = 160
GONE = "node-50"
PLACED_KEYS = 1_000_000
MOVED_KEYS = 10_000_000
SAMPLE = 20_000  # keys that the slow peer looks up
REPEATS = 7
_CHUNK = 1 << 18


@dataclass(frozen=True)
class Line:
    """One figure and its peer's, in one unit."""

    bench: str
    value: float
    unit: str
    peer: str
    peer_value: float
    ratio: float
    aim: str
    note: str

    def __str__(self) -> str:
        return json.dumps(asdict(self))


def line(bench: str, value: float, unit: str, peer: str, peer_value: float, aim: str, note: str) -> Line:
    """A line with its ratio, rounded to four digits."""
    return Line(bench, _digits(value), unit, peer, _digits(peer_value), _digits(peer_value / value), aim, note)


def seconds(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """The median time of one call, after one call to warm up."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


def placing() -> Iterator[Line]:
    """The owners of a million text keys, hashing included."""
    ring, peer = our_ring(), peer_ring()
    keys = [f"user:{number}" for number in range(PLACED_KEYS)]
    sample = keys[:SAMPLE]
    ours = seconds(lambda: ring.owners(ring.placement.hash_many(keys))) / PLACED_KEYS
    theirs = seconds(lambda: [peer.get_node(key) for key in sample]) / SAMPLE
    yield line(
        "place 1,000,000 str keys on 100 nodes x 160",
        ours * 1e9,
        "ns a key",
        "uhashring get_node",
        theirs * 1e9,
        "<= 100 ns a key, >= 12 times the peer",
        f"hashing included; the peer on the first {SAMPLE:,} of the same keys",
    )


def moving() -> Iterator[Line]:
    """Finds which of ten million keys move when a node leaves: their positions, not just their number."""
    before = our_ring()
    after = without(before, GONE)
    hashes = many_hashes(before, MOVED_KEYS)
    index = KeyIndex.build(hashes)
    by_ranges = movement(before, after, index).positions()
    if not np.array_equal(np.sort(by_ranges), diff_of_placements(before, after, hashes)):
        raise AssertionError("the two ways disagree about which keys move")
    # A different node leaves each time, so that no search finds the path of the previous one in the cache.
    rings = cycle([without(before, name) for name in NODES[:32]])
    ours = seconds(lambda: movement(before, next(rings), index).positions(), repeats=31)
    bench, aim = "which of 10,000,000 keys move when 1 of 100 nodes leaves", "<= 1 ms"
    yield line(
        bench,
        ours * 1e3,
        "ms",
        "uhashring get_node twice a key",
        uhashring_twice() * MOVED_KEYS * 1e3,
        aim,
        f"about {len(by_ranges):,} positions, on keys sorted by hash once; the peer on {SAMPLE:,} keys, scaled to all",
    )
    yield line(
        bench,
        ours * 1e3,
        "ms",
        "our own vectorised lookup twice, compared",
        seconds(lambda: diff_of_placements(before, after, hashes), repeats=3) * 1e3,
        aim,
        "the peer on all keys, already hashed",
    )


def looking_up() -> Iterator[Line]:
    """Looks up the owner of one key at a time."""
    ring, peer = our_ring(), peer_ring()
    keys = [f"user:{number}" for number in range(SAMPLE)]
    ours = seconds(lambda: [ring.owner(key) for key in keys]) / SAMPLE
    theirs = seconds(lambda: [peer.get_node(key) for key in keys]) / SAMPLE
    yield line(
        "one owner on 100 nodes x 160",
        ours * 1e6,
        "microseconds",
        "uhashring get_node",
        theirs * 1e6,
        "<= 0.6 microseconds",
        f"mean of {SAMPLE:,} different keys, the loop included",
    )


def building() -> Iterator[Line]:
    """A ring from its nodes' names."""
    yield line(
        "build a ring of 100 nodes x 160",
        seconds(our_ring) * 1e3,
        "ms",
        "uhashring HashRing",
        seconds(peer_ring, repeats=3) * 1e3,
        "",
        "every token hashed and sorted",
    )


BENCHES: tuple[Callable[[], Iterator[Line]], ...] = (placing, moving, looking_up, building)


def our_ring() -> HashRing:
    """The ring under test."""
    return HashRing(map(PlacedNode, NODES), Murmur(VNODES))


def without(ring: HashRing, name: str) -> HashRing:
    """The ring after a node has left."""
    return ring.with_nodes(node for node in ring.nodes if node.name != name)


def peer_ring(gone: str | None = None) -> uhashring.HashRing:
    """The same nodes and tokens a node, as the peer builds them by default."""
    return uhashring.HashRing([name for name in NODES if name != gone], vnodes=VNODES)


def many_hashes(ring: HashRing, count: int) -> NDArray[np.uint32]:
    """The hashes of `user:0`, `user:1`, ...; the keys themselves would take 600 MB."""
    parts = [range(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK)]
    return np.concatenate([ring.placement.hash_many([f"user:{number}" for number in part]) for part in parts])


def diff_of_placements(before: HashRing, after: HashRing, hashes: NDArray[np.uint32]) -> NDArray[np.intp]:
    """The positions of the moved keys by looking every key up in both rings; `after` lacks one node of `before`."""
    names = [node.name for node in before.nodes]
    place = np.array([names.index(node.name) for node in after.nodes], np.int32)
    return np.flatnonzero(before.owners(hashes) != place[after.owners(hashes)])


def uhashring_twice() -> float:
    """Seconds a key for the peer to look a key up before and after."""
    before, after = peer_ring(), peer_ring(gone=GONE)
    keys = [f"user:{number}" for number in range(SAMPLE)]
    return seconds(lambda: [key for key in keys if before.get_node(key) != after.get_node(key)], repeats=3) / SAMPLE


def _digits(value: float) -> float:
    return float(f"{value:.4g}")


def main() -> None:
    """Prints every line as soon as it is measured."""
    for bench in BENCHES:
        for measured in bench():
            print(measured, flush=True)


if __name__ == "__main__":
    main()
