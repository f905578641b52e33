"""A placement in which the owner of every key was looked up once, for code that needs all owners several times."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ringviz.core.errors import NoOwnerAlone
from ringviz.core.keys import KeyIndex, Places
from ringviz.core.scattered import Scattered
from ringviz.core.strategy import Strategy


class Recorded(Scattered):
    """Answers `owners_at` for the key index that it was recorded from, and nothing about a single hash."""

    def __init__(self, strategy: Strategy, owners: NDArray[np.int32]) -> None:
        """`owners` are the owners of all keys of an index, in the order of the index."""
        super().__init__(strategy.nodes, strategy.placement)
        self.abilities = replace(strategy.abilities, alone=False)
        self._recorded = owners

    def owners_at(self, keys: KeyIndex, places: Places) -> NDArray[np.int32]:
        """The owners of `keys.hashes[places]`. Raises ValueError for an index of another length."""
        if keys.count != len(self._recorded):
            raise ValueError("the owners of other keys were recorded")
        return self._recorded[places]

    def _owners(self, hashes: NDArray[np.uint32]) -> NDArray[np.int32]:
        raise NoOwnerAlone
