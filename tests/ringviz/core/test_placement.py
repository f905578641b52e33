from __future__ import annotations

import math

import mmh3
import numpy as np
import pytest

from ringviz.core.errors import DuplicateName, InvalidName, InvalidSeed, InvalidVnodes, InvalidWeight
from ringviz.core.placement import TOKEN_SPACE, Murmur, PlacedNode, distinct_nodes

# MurmurHash3_x86_32 as its author's program (SMHasher) computes it; two are negative when read as signed.
REFERENCE = [
    (b"", 0, 0x00000000),
    (b"", 1, 0x514E28B7),
    (b"", 0xFFFFFFFF, 0x81F16F39),
    (b"\xff\xff\xff\xff", 0, 0x76293B50),
    (b"!Ce\x87", 0, 0xF55B516B),
    (b"!Ce\x87", 0x5082EDEE, 0x2362F9DE),
    (b"!Ce", 0, 0x7E4A8634),
    (b"\0\0\0\0", 0, 0x2362F9DE),
    (b"aaaa", 0x9747B28C, 0x5A97808A),
    (b"Hello, world!", 0x9747B28C, 0x24884CBA),
    ("ππππππππ".encode(), 0x9747B28C, 0xD58063C1),
]
EVERY_BYTE = [bytes([byte]) for byte in range(256)] + [b"", bytes(range(256)), b"a\nb", b"a\tb\r"]


@pytest.mark.parametrize(("key", "seed", "expected"), REFERENCE)
def test_a_hash_is_the_published_one_and_unsigned(key: bytes, seed: int, expected: int) -> None:
    assert Murmur(seed=seed).hash(key) == expected


def test_many_keys_of_every_byte_hash_as_they_do_alone() -> None:
    placement = Murmur(seed=7)
    alone = [placement.hash(key) for key in EVERY_BYTE]
    assert placement.hash_many(EVERY_BYTE).tolist() == alone
    assert placement.hash_many(iter(EVERY_BYTE)).tolist() == alone
    assert placement.hash_many([]).tolist() == []
    assert alone == [mmh3.hash(key, 7, signed=False) for key in EVERY_BYTE]
    assert placement.hash_many(EVERY_BYTE).dtype == np.uint32


def test_text_is_its_utf8() -> None:
    assert Murmur().hash("名前") == Murmur().hash("名前".encode())


def test_token_i_is_the_hash_of_name_and_i_in_order() -> None:
    tokens = Murmur(vnodes=30, seed=3).tokens(PlacedNode("nœud"))
    assert tokens.tolist() == [mmh3.hash(f"nœud#{index}", 3, signed=False) for index in range(30)]
    assert tokens.dtype == np.uint32


@pytest.mark.parametrize(
    ("vnodes", "weight", "count"),
    [(160, 1, 160), (160, 2, 320), (160, 0.5, 80), (1, 0.001, 1), (160, 0, 0), (3, 1.5, 4)],
)
def test_weight_scales_the_number_of_tokens(vnodes: int, weight: float, count: int) -> None:
    placement, node = Murmur(vnodes), PlacedNode("a", weight)
    assert placement.token_count(node) == len(placement.tokens(node)) == count


@pytest.mark.parametrize("name", ["", "\ud800"])
def test_a_node_needs_a_name(name: str) -> None:
    with pytest.raises(InvalidName) as refused:
        PlacedNode(name)
    assert refused.value.name == name


@pytest.mark.parametrize("weight", [-1, -0.001, 1000.1, math.nan, math.inf])
def test_a_weight_is_finite_and_in_bounds(weight: float) -> None:
    with pytest.raises(InvalidWeight) as refused:
        PlacedNode("a", weight)
    assert refused.value.weight is weight


def test_placement_bounds() -> None:
    for seed in (-1, TOKEN_SPACE):
        with pytest.raises(InvalidSeed):
            Murmur(seed=seed)
    with pytest.raises(InvalidVnodes):
        Murmur(vnodes=0)


def test_two_nodes_of_one_name_are_refused_by_name() -> None:
    with pytest.raises(DuplicateName) as refused:
        distinct_nodes([PlacedNode("a"), PlacedNode("b"), PlacedNode("a", 2)])
    assert refused.value.name == "a"
