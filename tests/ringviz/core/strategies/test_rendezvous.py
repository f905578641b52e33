"""Rendezvous: the highest score wins, and weights are shares."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ringviz.core.placement import Bucketed, Murmur, PlacedNode
from ringviz.core.rendezvous import Rendezvous

HASHES = Murmur().hash_many([f"user:{number}" for number in range(100_000)])


@pytest.mark.parametrize("weights", [[1, 1, 1, 1], [1, 2, 0, 0.25], [1000, 1000, 0.5, 7]])
def test_shares_are_those_of_the_weights(weights: list[float]) -> None:
    nodes = [PlacedNode(f"node-{number}", weight) for number, weight in enumerate(weights)]
    counted = np.bincount(Rendezvous(nodes).owners(HASHES), minlength=4)
    shares = np.array(weights) / sum(weights)
    deviation = np.sqrt(len(HASHES) * shares * (1 - shares))
    assert (abs(counted - len(HASHES) * shares) <= 4 * deviation).all()
    assert Rendezvous(nodes).ownership() == pytest.approx(shares)


@pytest.mark.parametrize("weights", [[1, 1, 1, 1, 1], [1, 2, 0, 0.25, 3]])
@pytest.mark.parametrize("placement", [Murmur(), Bucketed()])
def test_the_list_is_in_the_order_of_the_scores(weights: list[float], placement: Murmur) -> None:
    rendezvous = Rendezvous([PlacedNode(f"n{number}", weight) for number, weight in enumerate(weights)], placement)
    hashes = placement.hash_many([f"key-{number}" for number in range(200)])
    lists = rendezvous.preferences(hashes, 6)
    for row, hash_ in enumerate(hashes):
        drawn = {
            node: weight / -math.log((int(rendezvous.draws(hash_[None], node)[0]) + 0.5) / 2**32)
            for node, weight in enumerate(weights)
            if weight
        }
        expected = sorted(drawn, key=lambda node: -drawn[node])
        assert [node for node in lists[row].tolist() if node >= 0] == expected
    assert lists[:, 0].tolist() == rendezvous.owners(hashes).tolist()


def test_the_order_of_the_nodes_makes_no_difference() -> None:
    nodes = [PlacedNode(f"node-{number}") for number in range(7)]
    forward, backward = Rendezvous(nodes), Rendezvous(reversed(nodes))
    assert (6 - backward.owners(HASHES)).tolist() == forward.owners(HASHES).tolist()
