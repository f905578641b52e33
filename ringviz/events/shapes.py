"""What the payloads of a cluster's events are made of.

Node numbers stand for nodes; 0 is nobody.
"""

from typing import NotRequired, TypedDict


class ByModulo(TypedDict):
    """How many keys modulo would have moved."""

    moved: int


class Copies(TypedDict):
    """All copies that are stored after the change, and those that a node receives by it."""

    total: int
    moved: int


class MovementSummary(TypedDict):
    """What changed owner. `pairs` are [from, to, keys], most keys first; `ranges` is base64 of little-endian Uint32
    [start, end, from, to] a range, None where there are too many or the strategy has none.
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
    """What a node has after the change, of what changed."""

    number: int
    keys: int
    ownership: float
    tokens: NotRequired[int]
    lost: NotRequired[int]


class Loss(TypedDict):
    """What died with a server and was not kept by a replica. `bytes` is 0 where it was not measured."""

    keys: int
    bytes: int


class Settings(TypedDict):
    """What a reconfiguration changes. `options` is absent in events of before strategies had any."""

    strategy: str
    options: NotRequired[dict[str, float]]
    vnodes: int
    copies: int
