from __future__ import annotations

import numpy as np
import pytest

from ringviz.core.errors import NoOwnerAlone
from ringviz.core.keys import KeyIndex
from ringviz.core.movement import movement
from ringviz.core.placement import Murmur, PlacedNode
from ringviz.core.recorded import Recorded
from ringviz.core.strategy import STRATEGIES, Strategy, build

ALL = slice(None)
KEYS = KeyIndex.build(Murmur().hash_many([f"user:{number}" for number in range(3_000)]))


def both(name: str) -> tuple[Strategy, Recorded]:
    strategy = build(name, [PlacedNode(letter) for letter in "abcde"], 8)
    return strategy, Recorded(strategy, strategy.owners_at(KEYS, ALL))


@pytest.mark.parametrize("name", STRATEGIES)
def test_what_is_recorded_moves_as_what_is_asked(name: str) -> None:
    before, recorded = both(name)
    after = before.with_nodes(before.nodes[1:])
    expected = movement(before, after, KEYS)
    found = movement(recorded, Recorded(after, after.owners_at(KEYS, ALL)), KEYS)
    assert (found.moved, found.needless, found.pairs) == (expected.moved, expected.needless, expected.pairs)


def test_it_knows_its_own_keys_and_no_hash_by_itself() -> None:
    _strategy, recorded = both("ring")
    fewer = KeyIndex(KEYS.hashes[:10], KEYS.order[:10])
    with pytest.raises(ValueError, match="other keys"):
        recorded.owners_at(fewer, ALL)
    with pytest.raises(NoOwnerAlone):
        recorded.owners(np.array([1], np.uint32))
