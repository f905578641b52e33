"""The steps by which a strategy finds the owner of a key, as plain data that becomes JSON as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, TypedDict, cast

from ringviz.core.placement import NOBODY

MOST_STEPS: Final = 24  # nodes that the steps list; `more` says how many were left out
MOST_LEVELS: Final = 256  # nodes whose levels are listed


class WalkStep(TypedDict):
    """Hash ring: the first token at or after the hash, and how far it is from there."""

    kind: Literal["walk"]
    node: int
    token: int
    distance: int


class RemainderStep(TypedDict):
    """Modulo: `number % divisor == remainder`, and the node at this place."""

    kind: Literal["remainder"]
    number: int
    divisor: int
    remainder: int
    node: int


class Score(TypedDict):
    """What a node drew for a key, 0..2^32-1, and its score: `weight / -ln((draw + 0.5) / 2^32)`."""

    node: int
    draw: int
    weight: float
    score: float


class ScoreSteps(TypedDict):
    """Rendezvous: the MOST_STEPS best scores, highest first, for the `number` that nodes draw by."""

    kind: Literal["scores"]
    number: int
    scores: list[Score]
    more: int


class Landing(TypedDict):
    """A bucket that a key jumps to, and its node."""

    bucket: int
    node: int


class JumpSteps(TypedDict):
    """Jump hash: the buckets from 0 to the key's own. The next one, `beyond`, is not below `count`, which ends it."""

    kind: Literal["jumps"]
    number: int
    jumps: list[Landing]
    count: int
    beyond: int


class Order(TypedDict):
    """The order in which a node asks for entries: offset, offset + skip, offset + 2 skip, ... modulo the size."""

    node: int
    offset: int
    skip: int


class EntryStep(TypedDict):
    """Maglev: `number % size == entry`, which belongs to `node`.

    Its owner asked for it after `asked` other entries. `orders`: MOST_STEPS of them, the owner's first.
    """

    kind: Literal["entry"]
    number: int
    size: int
    entry: int
    node: int
    asked: int
    orders: list[Order]
    more: int


class Probe(TypedDict):
    """Where a probe is, the next token from there with its node, and the distance."""

    position: int
    token: int
    distance: int
    node: int


class ProbeSteps(TypedDict):
    """Multi-probe: all probes in order, and the place of the winner."""

    kind: Literal["probes"]
    probes: list[Probe]
    winner: int


class Level(TypedDict):
    """How many keys or buckets a node has, and its limit."""

    node: int
    load: int
    cap: int


class Met(Level):
    """The same for a node that a key met, at this token."""

    token: int


class LevelSteps(TypedDict):
    """Bounded loads: the nodes that a key met from its hash on, in this order; the last one owns it.

    `member` is False for a key that is not among those that were placed: it has no owner, and `met` is where it would
    begin. Between the first and the last, `skipped` nodes are left out. `levels` are of the MOST_LEVELS fullest nodes
    that own anything; `total` is how many keys (or, by `unit`, buckets) were placed with this `c`.
    """

    kind: Literal["levels"]
    unit: Literal["keys", "buckets"]
    total: int
    c: float
    member: bool
    met: list[Met]
    skipped: int
    levels: list[Level]
    more: int


Steps = WalkStep | RemainderStep | ScoreSteps | JumpSteps | EntryStep | ProbeSteps | LevelSteps


def numbered(steps: Steps, numbers: Sequence[int]) -> Steps:
    """The same steps with `numbers[i]` for each node i; 0 for no owner."""
    return cast(Steps, _numbered(steps, numbers))


def _numbered(part: Any, numbers: Sequence[int]) -> Any:
    if isinstance(part, list):
        return [_numbered(one, numbers) for one in part]
    if not isinstance(part, dict):
        return part
    named = {name: _numbered(value, numbers) for name, value in part.items()}
    if "node" in named:
        named["node"] = 0 if part["node"] == NOBODY else numbers[part["node"]]
    return named
