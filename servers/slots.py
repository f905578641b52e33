"""The slots of a Redis or Valkey Cluster: their number, the slot of a key, and ranges of slots."""

from __future__ import annotations

from binascii import crc_hqx
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

SLOTS: Final = 16_384

SlotRange = tuple[int, int]
"""First and last slot, both included."""


def slot_of(name: bytes) -> int:
    """The slot of a key, 0..16383: the CRC16 of its name, or of the text in the name's first braces."""
    start = name.find(b"{")
    end = name.find(b"}", start + 1) if start >= 0 else -1
    if end > start + 1:  # empty braces do not count
        name = name[start + 1 : end]
    return crc_hqx(name, 0) % SLOTS


def ranges_of(slots: NDArray[np.int64]) -> list[SlotRange]:
    """Ascending slots as ranges."""
    if not slots.size:
        return []
    breaks = np.flatnonzero(np.diff(slots) > 1)
    firsts = slots[np.concatenate([[0], breaks + 1])]
    lasts = slots[np.concatenate([breaks, [slots.size - 1]])]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def marked_ranges(marked: NDArray[np.bool_]) -> list[SlotRange]:
    """The marked slots as ascending ranges; `marked` has one value per slot."""
    return ranges_of(np.flatnonzero(marked))


def in_ranges(ranges: Iterable[Sequence[int]]) -> NDArray[np.bool_]:
    """Marks every slot of these ranges, shape (SLOTS,)."""
    inside = np.zeros(SLOTS, np.bool_)
    for first, last in ranges:
        inside[first : last + 1] = True
    return inside


def slots_in(ranges: Iterable[SlotRange]) -> list[int]:
    """Every slot of these ranges, in order."""
    return [slot for first, last in ranges for slot in range(first, last + 1)]


def joined(ranges: Iterable[SlotRange]) -> tuple[SlotRange, ...]:
    """Ranges in ascending order, neighbours joined: the same slots always give the same ranges."""
    found: list[SlotRange] = []
    for first, last in sorted(ranges):
        if found and found[-1][1] + 1 == first:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return tuple(found)
