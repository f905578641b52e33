"""What each strategy costs: 1,000,000 keys on 8 and on 100 nodes, compared with a Python library of the same strategy.

If there is no such library, the peer is our own hash ring in the same run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import jump
import mmh3
import uhashring
from pymemcache.client.rendezvous import RendezvousHash

from bench.core import Line, line, seconds
from ringviz.core.keys import KeyIndex
from ringviz.core.placement import VNODES, Murmur, PlacedNode
from ringviz.core.strategy import STRATEGIES, build

KEYS = 1_000_000
SAMPLE = 10_000  # keys that a peer looks up
NODES = (8, 100)
REPEATS = 3
EVERY = slice(None)

Peer = tuple[str, Callable[[str], object]]


def main() -> None:
    """Prints every line as soon as it is measured."""
    hashes = Murmur().hash_many([b"user:%d" % number for number in range(KEYS)])
    index = KeyIndex.build(hashes)
    for count in NODES:
        ring_s = 0.0
        for name in STRATEGIES:
            found, ring_s = measured(name, count, index, ring_s)
            print(found, flush=True)
        for built in building(count):
            print(built, flush=True)


def measured(name: str, count: int, index: KeyIndex, ring_s: float) -> tuple[Line, float]:
    """The line of a strategy, and the seconds that the hash ring took, which is measured first."""
    nodes = [PlacedNode(f"node-{number}") for number in range(count)]
    # A different one each time, so that no placement of these keys is cached; the first one warms up.
    made = [build(name, nodes, VNODES) for _ in range(REPEATS + 1)]
    for one in made:
        one.ownership()  # a table is built here, and measured by `building`
    strategies = iter(made)
    ours = seconds(lambda: next(strategies).owners_at(index, EVERY), REPEATS)
    ring_s = ring_s or ours
    peers = peers_of([node.name for node in nodes])
    if name in peers:
        label, look_up = peers[name]
        keys = [f"user:{number}" for number in range(SAMPLE)]
        theirs = seconds(lambda: [look_up(key) for key in keys], REPEATS) / SAMPLE * KEYS
        note = f"keys hashed before; the peer on {SAMPLE:,} keys, scaled, its hashing included"
    else:
        label, theirs, note = "our hash ring", ring_s, "both with the keys hashed before"
    bench = f"owners of {KEYS:,} keys on {count} nodes by {name}"
    return line(bench, ours, "s", label, theirs, "<= 1 s at 8 nodes", note), ring_s


def building(count: int) -> Iterator[Line]:
    """A Maglev table compared with a ring: the only strategy that takes long to build."""
    nodes = [PlacedNode(f"node-{number}") for number in range(count)]
    ours = seconds(lambda: build("maglev", nodes).ownership(), REPEATS)
    ring = seconds(lambda: build("ring", nodes), REPEATS)
    bench, note = f"build a Maglev table of 65,537 entries for {count} nodes", "every entry filled"
    yield line(bench, ours * 1e3, "ms", "our hash ring of 160 tokens a node", ring * 1e3, "", note)


def peers_of(names: list[str]) -> dict[str, Peer]:
    """Look-ups of one key, by strategy."""
    hashed, rendezvous = uhashring.HashRing(names, vnodes=VNODES), RendezvousHash(names)
    return {
        "ring": ("uhashring get_node", hashed.get_node),
        "rendezvous": ("pymemcache RendezvousHash", rendezvous.get_node),
        "jump": ("jump-consistent-hash (C)", lambda key: jump.hash(mmh3.hash(key, signed=False), len(names))),
    }


if __name__ == "__main__":
    main()
