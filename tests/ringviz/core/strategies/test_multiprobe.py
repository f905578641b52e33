"""Multi-probe: the nearest of several probes wins, which is even with one token per node."""

from __future__ import annotations

from statistics import fmean

import numpy as np
import pytest

from ringviz.core.errors import InvalidOption
from ringviz.core.multiprobe import MultiProbe
from ringviz.core.placement import TOKEN_SPACE, Bucketed, Murmur, PlacedNode
from tests.ringviz.core.crafted import Crafted
from tests.ringviz.core.evenness import peak_to_mean

HASHES = Murmur().hash_many([f"user:{number}" for number in range(100_000)])


def nodes(count: int, seed: int = 0) -> list[PlacedNode]:
    return [PlacedNode(f"{seed}-{number}") for number in range(count)]


def test_the_peak_of_the_paper() -> None:
    peaks = [peak_to_mean(MultiProbe(nodes(1000, seed), Murmur(1)).ownership()) for seed in range(20)]
    assert fmean(peaks) == pytest.approx(1.05, abs=0.005)


@pytest.mark.parametrize("placement", [Murmur(3), Bucketed(3)])
def test_the_nearest_probe_wins(placement: Murmur) -> None:
    probing = MultiProbe(nodes(5), placement, {"probes": 4})
    hashes = placement.hash_many([f"key-{number}" for number in range(200)])
    for place, hash_ in enumerate(hashes):
        reached = []
        for number in range(4):
            probe = int(probing.probes(hash_[None], number)[0])
            reached += [((int(token) - probe) % TOKEN_SPACE, number, at) for at, token in enumerate(probing.tokens)]
        winner = min(reached)[2]
        assert probing.winners(hashes)[place] == winner
        assert probing.owners(hashes)[place] == probing.ring.owner_index[winner]


def test_one_probe_is_the_ring() -> None:
    probing = MultiProbe(nodes(5), Murmur(10), {"probes": 1})
    assert probing.owners(HASHES).tolist() == probing.ring.owners(HASHES).tolist()
    assert probing.ownership() == pytest.approx(probing.ring.ownership())
    assert probing.preferences(HASHES[:50], 3).tolist() == probing.ring.preferences(HASHES[:50], 3).tolist()


@pytest.mark.parametrize("vnodes", [1, 20])
def test_the_expected_shares_are_the_counted_ones(vnodes: int) -> None:
    weighted = [PlacedNode(f"node-{number}", weight) for number, weight in enumerate((1, 1, 2, 0, 3))]
    probing = MultiProbe(weighted, Murmur(vnodes))
    counted = np.bincount(probing.owners(HASHES), minlength=5) / len(HASHES)
    assert probing.ownership().sum() == pytest.approx(1)
    assert abs(counted - probing.ownership()).max() < 4 * (0.25 / len(HASHES)) ** 0.5


def test_a_lone_token_has_everything() -> None:
    probing = MultiProbe([PlacedNode("a")], Crafted({"a": [7]}))
    assert probing.ownership().tolist() == [1.0]
    assert set(probing.owners(HASHES[:100]).tolist()) == {0}


@pytest.mark.parametrize("probes", [0, 129, 1.5])
def test_the_number_of_probes_has_bounds(probes: float) -> None:
    with pytest.raises(InvalidOption):
        MultiProbe(nodes(2), options={"probes": probes})
