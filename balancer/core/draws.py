"""Random numbers from a seed, drawn in bulk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np

_BLOCK = 4096

Draw = Callable[[], float]
"""Returns the next number in [0, 1)."""


def draws(*seed: int) -> Draw:
    """An endless stream of independent uniform numbers. The same seed gives the same numbers. About 30 ns each.

    `seed` is one or more non-negative integers. Use several to get different streams in one run: `draws(run, 1)`.
    """
    generator = np.random.default_rng(seed)

    def blocks() -> Iterator[list[float]]:
        while True:
            yield generator.random(_BLOCK).tolist()

    return chain.from_iterable(blocks()).__next__
