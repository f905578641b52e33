"""Where buckets are placed: members, bucket owners, indices and lookups, checked against plain mmh3 and bisect."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

import mmh3
import pytest

from ringviz.core.placement import Bucketed, Murmur
from ringviz.core.state import State
from ringviz.models import KeySet
from ringviz.selectors.lookup import look_up
from ringviz.selectors.moved import moved_between, page_of
from ringviz.selectors.placing import bucket_owners, index_for, members_of, placement_of, with_figures
from ringviz.stores.keysets import index_of
from tests.ringviz.selectors.test_placing import node, state

KEYS = [b"key-%d" % n for n in range(500)]
SEED, VNODES = 3, 6


def key_set() -> KeySet:
    return KeySet(kind="pattern", pattern="key-{n}", count=len(KEYS), digest="buckets")


def managed(*nodes: Any, **settings: Any) -> State:
    return state(*nodes, **{"kind": "managed", "seed": SEED, "vnodes": VNODES, **settings})


def owners_of_buckets(numbers: list[int], strategy: str = "ring") -> list[int]:
    if strategy == "modulo":
        return [numbers[bucket % len(numbers)] for bucket in range(16_384)]
    holder: dict[int, int] = {}
    for number in sorted(numbers, key=lambda number: f"n{number}", reverse=True):
        holder.update({mmh3.hash(f"n{number}#{i}", SEED, False) >> 18: number for i in range(VNODES)})
    points = sorted(holder)
    return [holder[points[bisect_left(points, bucket) % len(points)]] for bucket in range(16_384)]


def bucket_of_key(key: bytes) -> int:
    return mmh3.hash(key, SEED, False) >> 18


def test_buckets_are_placed_wherever_servers_store_the_keys():
    simulated = managed(kind="simulated")["cluster"]
    assert placement_of(simulated) == Murmur(VNODES, SEED)
    for kind in ("managed", "external"):
        assert placement_of(managed(kind=kind)["cluster"]) == Bucketed(VNODES, SEED)


def test_an_index_is_rounded_for_real_servers_only():
    exact, rounded = (index_for(managed(kind=kind)["cluster"], key_set()) for kind in ("simulated", "managed"))
    assert exact is index_of(key_set(), SEED)
    assert rounded.hashes.tolist() == [hash_ >> 18 << 18 for hash_ in exact.hashes.tolist()]
    assert index_for(managed()["cluster"], key_set()) is rounded


@pytest.mark.parametrize("strategy", ["ring", "modulo"])
def test_a_node_owns_its_buckets_until_the_verdict(strategy):
    states = ["active", "suspected", "frozen", "down", "joining", "draining"]
    made = managed(*(node(n, state=name) for n, name in enumerate(states, 1)), strategy=strategy)
    assert [one["number"] for one in members_of(made)] == [1, 2, 3]
    assert bucket_owners(made).tolist() == owners_of_buckets([1, 2, 3], strategy)
    figures = with_figures(made, index_for(made["cluster"], key_set()))
    owners = owners_of_buckets([1, 2, 3], strategy)
    assert [one["keys"] for one in figures["nodes"]] == [
        sum(owners[bucket_of_key(key)] == n for key in KEYS) for n in range(1, 7)
    ]
    assert [one["ownership"] for one in figures["nodes"]] == [owners.count(n) / 16_384 for n in range(1, 7)]


def test_nobody_owns_the_buckets_of_an_empty_ring():
    owners = bucket_owners(managed(node(1, state="down")))
    assert owners.tolist() == [0] * 16_384


def test_a_simulated_cluster_has_no_owners_of_buckets():
    with pytest.raises(ValueError, match="places keys"):
        bucket_owners(managed(node(1), kind="simulated"))


@pytest.mark.parametrize("strategy", ["ring", "modulo"])
def test_a_lookup_tells_the_bucket_and_its_owner(strategy):
    made = managed(*(node(n) for n in range(1, 6)), strategy=strategy)
    owners = owners_of_buckets([1, 2, 3, 4, 5], strategy)
    for key in KEYS:
        found = look_up(made, 9, key)
        bucket = bucket_of_key(key)
        assert (found["hash"], found["bucket"]) == (mmh3.hash(key, SEED, False), bucket)
        assert found["owner"] == owners[bucket]
        assert found["position"] == bucket / 16_384
        if found["token"]:
            label = f"n{found['owner']}#{found['token']['index']}"
            assert mmh3.hash(label, SEED, False) >> 18 << 18 == found["token"]["value"]
        else:
            assert strategy == "modulo"


def test_a_lookup_in_a_simulated_cluster_knows_no_buckets():
    found = look_up(managed(node(1), kind="simulated"), 9, KEYS[0])
    assert "bucket" not in found
    assert found["position"] == found["hash"] / 2**32


@pytest.mark.parametrize("kind", ["managed", "simulated"])
def test_moved_rows_have_the_whole_hash_and_where_buckets_move_the_bucket(kind):
    before, after = (managed(*(node(n) for n in numbers), kind=kind) for numbers in ((1, 2, 3), (1, 2)))
    rows: Any = page_of(moved_between(before, after, key_set(), None, None), 1)["rows"]
    assert rows
    assert [row["hash"] for row in rows] == sorted(mmh3.hash(row["key"], SEED, False) for row in rows)
    wanted = [row["hash"] >> 18 if kind == "managed" else None for row in rows]
    assert [row.get("bucket") for row in rows] == wanted


def test_what_moves_from_ring_to_modulo_is_what_changes_owner_by_bucket():
    ring, modulo = (managed(*(node(n) for n in (1, 2, 3)), strategy=name) for name in ("ring", "modulo"))
    old, new = owners_of_buckets([1, 2, 3]), owners_of_buckets([1, 2, 3], "modulo")
    rows = list(moved_between(ring, modulo, key_set(), None, None).all_rows())
    ends = {key: (old[bucket_of_key(key)], new[bucket_of_key(key)]) for key in KEYS}
    assert {row.key: (row.source, row.target) for row in rows} == {k: e for k, e in ends.items() if e[0] != e[1]}
