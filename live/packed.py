"""Binary answers: a JSON header, then arrays of numbers, as `static/js/lib/packed.js` opens them."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = 0x315A5652  # "RVZ1"


def packed(header: dict[str, object], *arrays: NDArray[np.number[Any]]) -> bytes:
    """Magic, header length, JSON header, and from a multiple of 4 on the arrays, one right behind the other.

    Numbers are little-endian, of whatever width the array has: the wider ones go first, so that all are aligned.
    """
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    numbers = (one.astype(one.dtype.newbyteorder("<")).tobytes() for one in arrays)
    return b"".join((struct.pack("<II", _MAGIC, len(text)), text, *numbers))
