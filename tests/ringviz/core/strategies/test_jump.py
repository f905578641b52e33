"""Jump: the published test vectors, and what numbered buckets mean for a cluster."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ringviz.core.jump import Jump, buckets
from ringviz.core.keys import KeyIndex
from ringviz.core.movement import movement
from ringviz.core.placement import Bucketed, Murmur, PlacedNode

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors" / "jump_hash.json").read_text())
NODES = [PlacedNode(f"node-{number}") for number in range(8)]


def bucket(key: str | int, count: int) -> int:
    number = int(key, 0) if isinstance(key, str) else key
    return int(buckets(np.array([number], np.uint64), count)[0])


def test_the_published_vectors() -> None:
    own, go, guava = VECTORS["own_suite"]
    asked = [*own["cases"], *guava["cases"]]
    asked += [(key, count, found) for key, row in go["rows"].items() for count, found in enumerate(row, 1)]
    asked += [(key, 100, found) for key, found in enumerate(guava["golden100"])]
    asked += [(case["key"], case["buckets"], case["bucket"]) for case in VECTORS["groups"][0]["cases"]]
    assert len(asked) > 100
    assert [bucket(key, count) for key, count, _found in asked] == [found for _key, _count, found in asked]


def test_without_buckets_nobody_has_a_key() -> None:
    assert bucket(7, 0) == -1
    assert Jump([PlacedNode("a", 0)]).owner("key") is None


def test_the_jumps_of_a_key_end_at_its_owner() -> None:
    jump = Jump(NODES)
    for hash_ in Murmur().hash_many([f"user:{number}" for number in range(200)]).tolist():
        jumps = jump.jumps(hash_)
        assert jumps[0] == 0
        assert jumps == sorted(jumps)
        assert jumps[-1] == jump.owner_of_hash(hash_)
        # Each is where the key would go if the next one did not exist.
        for here, ahead in pairwise(jumps):
            assert bucket(hash_, ahead) == here
            assert bucket(hash_, ahead + 1) == ahead


@pytest.mark.parametrize("placement", [Murmur(), Bucketed()])
def test_dropping_another_than_the_last_renumbers(placement: Murmur) -> None:
    keys = KeyIndex.build(placement.hash_many([f"user:{number}" for number in range(50_000)]))
    before = Jump(NODES, placement)
    last = movement(before, before.with_nodes(NODES[:-1]), keys)
    assert last.needless == 0
    assert last.moved / keys.count == pytest.approx(1 / 8, rel=0.1)
    first = movement(before, before.with_nodes(NODES[1:]), keys)
    assert first.needless / keys.count > 0.5
