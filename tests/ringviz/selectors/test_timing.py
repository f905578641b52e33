from __future__ import annotations

import numpy as np
import pytest

from ringviz.core.keys import KeyIndex
from ringviz.core.placement import Murmur, PlacedNode
from ringviz.core.strategy import STRATEGIES, build
from ringviz.selectors import timing
from ringviz.selectors.timing import TooLong, Until, owners_of, timed

KEYS = KeyIndex.build(Murmur().hash_many([f"user:{number}" for number in range(1_000)]))
NODES = [PlacedNode(letter) for letter in "abcd"]
NO_END = Until(None)


@pytest.mark.parametrize("name", STRATEGIES)
def test_part_by_part_every_key_has_its_owner(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    strategy = build(name, NODES, 8)
    whole = strategy.owners_at(KEYS, slice(None))
    for size in (7, 999, 1_000, 4_096):
        monkeypatch.setattr(timing, "_CHUNK", size)
        assert owners_of(strategy, KEYS, NO_END).tolist() == whole.tolist()


def test_it_gives_what_it_built_and_how_long_that_took() -> None:
    found = timed(lambda: build("maglev", NODES), KEYS, NO_END)
    assert found.owners.tolist() == found.strategy.owners(KEYS.hashes).tolist()
    assert found.build_ms > 1, "a table of 65,537 entries is filled in no time"
    assert 0 < found.lookup_ns < 1e6


def test_a_look_at_the_clock_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(np.arange(100.0))
    monkeypatch.setattr(timing, "perf_counter", lambda: float(next(now)))
    monkeypatch.setattr(timing, "_CHUNK", 100)
    until = Until(3.5)  # began at 0; parts begin at 1, 2 and 3
    with pytest.raises(TooLong):
        owners_of(build("ring", NODES, 8), KEYS, until)
    assert until.left_s == 3.5 - 5
    assert NO_END.left_s is None
