"""The parts of the payloads of a cluster's events.

Nodes are given by number; 0 means none.
"""

from typing import NotRequired, TypedDict


class ByModulo(TypedDict):
    """How many keys modulo would have moved."""

    moved: int


class Copies(TypedDict):
    """All copies stored after the change, and those that nodes receive through it."""

    total: int
    moved: int


class MovementSummary(TypedDict):
    """What changed owner. `pairs` are [from, to, keys], most keys first; `ranges` is base64 of little-endian Uint32
    [start, end, from, to] per range. It is None if there are too many ranges or the strategy has none.
    """

    keys: int
    moved: int
    needless: int
    modulo: ByModulo
    copies: Copies
    pairs: list[list[int]]
    pairs_left_off: int
    ranges: str | None


class Figures(TypedDict):
    """A node's changed figures after the change."""

    number: int
    keys: int
    ownership: float
    tokens: NotRequired[int]
    lost: NotRequired[int]


class Loss(TypedDict):
    """What was lost with a server and not kept by a replica. `bytes` is 0 if not measured."""

    keys: int
    bytes: int


class Settings(TypedDict):
    """What a reconfiguration changes. `options` is absent in events from before strategies had options."""

    strategy: str
    options: NotRequired[dict[str, float]]
    vnodes: int
    copies: int
