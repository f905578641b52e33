"""How much memory a placement keeps between two look-ups."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from itertools import chain
from typing import Any

import numpy as np

from ringviz.core.keys import KeyIndex
from ringviz.core.placement import PlacedNode
from ringviz.core.strategy import Strategy

_GIVEN = {"nodes", "placement", "options", "chosen", "abilities"}  # what it was made from


def held_bytes(strategy: Strategy) -> int:
    """The bytes of all arrays, lists and tables that it has built so far.

    The inputs of every placement (names, weights, settings) and the keys are not counted. Whatever is built at the
    first look-up counts from then on. An array that is seen twice counts once.
    """
    seen: set[int] = set()
    waiting: list[object] = list(_parts(strategy))
    total = 0
    while waiting:
        one = waiting.pop()
        if id(one) in seen or one is None or isinstance(one, KeyIndex | PlacedNode | str | bytes):
            continue
        seen.add(id(one))
        total += _size(one)
        waiting += _parts(one)
    return total


def _size(one: object) -> int:
    if isinstance(one, np.ndarray):
        return int(one.nbytes) if one.base is None else 0  # a view of a counted array
    return sys.getsizeof(one) if isinstance(one, list | tuple | dict | set | float | np.generic) else 0


def _parts(one: Any) -> Iterator[object]:
    """The parts of an object."""
    if isinstance(one, np.ndarray):
        return iter((one.base,))
    if isinstance(one, dict):
        return chain(one.keys(), one.values())
    if isinstance(one, list | tuple | set):
        return iter(one)
    own = {} if isinstance(one, type) else getattr(one, "__dict__", {})
    slots = {field.name: getattr(one, field.name) for field in fields(one)} if is_dataclass(one) and not own else {}
    return (part for name, part in {**own, **slots}.items() if name not in _GIVEN)
