"""The first distinct nodes clockwise from every token at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ringviz.core.placement import NOBODY


def first_distinct(owner_index: NDArray[np.int32], n: int) -> NDArray[np.int32]:
    """Row i: the first `n` distinct values of `owner_index` from i on, wrapping; -1 if there are fewer.

    The list for a window of 2w tokens is the list of its first w, followed by what the list of its other w adds. So
    windows double until every list is full or the window is the whole ring: O(T n^2) per step, at most log2(T) steps,
    and a full list takes no part in the next one. A walk for each token would take T steps if one node has all but one
    of the tokens.
    """
    count = len(owner_index)
    # During the work, one row per place in the list: numpy is several times faster along long rows than along short
    # ones.
    lists = np.full((n, count), NOBODY, np.int32)
    if not count or not n:
        return lists.T
    lists[0] = owner_index
    filled = np.ones(count, np.int32)
    window = 1
    open_ = np.flatnonzero(filled < n)
    while len(open_) and window < count:
        _extend(lists, filled, open_, lists[:, (open_ + window) % count])
        window *= 2
        open_ = open_[filled[open_] < n]
    return lists.T


def _extend(
    lists: NDArray[np.int32], filled: NDArray[np.int32], open_: NDArray[np.intp], more: NDArray[np.int32]
) -> None:
    """Appends to the `open_` lists what is new in `more`, in order, up to their width."""
    left, size = lists[:, open_], filled[open_]
    for node in more:
        new = (node != NOBODY) & (size < len(left))
        for known in left:
            new &= known != node
        at = np.flatnonzero(new)
        left[size[at], at] = node[at]
        size[at] += 1
    lists[:, open_], filled[open_] = left, size
