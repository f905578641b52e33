from __future__ import annotations

import numpy as np
import pytest

from ringviz.core.held import held_bytes
from ringviz.core.keys import KeyIndex
from ringviz.core.placement import Murmur, PlacedNode
from ringviz.core.strategy import STRATEGIES, build

NODES = [PlacedNode(f"node-{number}") for number in range(10)]
KEYS = KeyIndex.build(np.random.default_rng(1).integers(0, 2**32, 5_000, dtype=np.uint32))


def held(name: str, nodes: list[PlacedNode] = NODES, **fields: float) -> int:
    strategy = build(name, nodes, placement=Murmur(16), options=fields)
    strategy.owners_at(KEYS, slice(None))
    return held_bytes(strategy)


def test_a_maglev_table_has_four_bytes_an_entry() -> None:
    assert held("maglev", table_size=65_537) - held("maglev", table_size=1_009) == 4 * (65_537 - 1_009)


def test_a_ring_keeps_its_tokens_their_nodes_and_a_table() -> None:
    """A token takes 8 bytes in the pool and 4 outside it, its node 4; 160 tokens have a table of 2^12 entries."""
    tokens, table = 160 * (8 + 4 + 4), 4 * 2**12
    by_rank, after = 4 * 10, 4 * 161
    assert held("ring") == tokens + table + by_rank + after


def test_jump_and_modulo_keep_the_list_of_nodes_alone() -> None:
    assert held("jump") == held("modulo") == 4 * 10


def test_bounded_loads_keep_who_has_which_keys_but_not_the_keys() -> None:
    tokens = 160 * (8 + 4 + 4)
    assert tokens < held("bounded") < tokens + 8 * KEYS.count


@pytest.mark.parametrize("name", STRATEGIES)
def test_what_is_given_counts_for_nothing(name: str) -> None:
    short = [PlacedNode(f"{number}") for number in range(10)]
    long = [PlacedNode(f"{number}" * 500) for number in range(10)]
    assert held(name, short) == pytest.approx(held(name, long), rel=0.1)


def test_what_is_built_at_the_first_look_up_counts_from_then_on() -> None:
    maglev = build("maglev", NODES)
    before = held_bytes(maglev)
    maglev.owners_at(KEYS, slice(None))
    assert held_bytes(maglev) == before + 4 * 65_537
    assert held_bytes(maglev) == before + 4 * 65_537
