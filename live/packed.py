"""Binary responses: a JSON header, then arrays of numbers. `static/js/lib/packed.js` reads them."""

from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = 0x315A5652  # "RVZ1"


def packed(header: dict[str, object], *arrays: NDArray[np.number[Any]]) -> bytes:
    """Magic, header length, JSON header, then the arrays without gaps, starting at a multiple of 4.

    Numbers are little-endian in the array's own width. Put wider arrays first, so that all are aligned.
    """
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    numbers = (one.astype(one.dtype.newbyteorder("<")).tobytes() for one in arrays)
    return b"".join((struct.pack("<II", _MAGIC, len(text)), text, *numbers))
