"""The steps by which a strategy finds the owner of a key, as plain data that goes into JSON as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, TypedDict, cast

from ringviz.core.placement import NOBODY

MOST_STEPS: Final = 24  # nodes that steps name one by one; `more` says how many were left out
MOST_LEVELS: Final = 256  # nodes whose levels are told


class WalkStep(TypedDict):
    """Hash ring: the first token at or after the hash, and how far it is from there."""

    kind: Literal["walk"]
    node: int
    token: int
    distance: int


class RemainderStep(TypedDict):
    """Modulo: `number % divisor == remainder`, and the node that has this place."""

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
    """A bucket that a key jumps to, and the node that has it."""

    bucket: int
    node: int


class JumpSteps(TypedDict):
    """Jump hash: the buckets from 0 to the key's own. `beyond`, the next one, is not below `count`: there it ends."""

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
    """Maglev: `number % size == entry`, which `node` has.

    It is the entry that its owner asks for after `asked` others. `orders`: MOST_STEPS of them, the owner's first.
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
    """Where a probe lies, the next token from there on with its node, and how far it is."""

    position: int
    token: int
    distance: int
    node: int


class ProbeSteps(TypedDict):
    """Multi-probe: all probes in their order, and the place of the one that wins."""

    kind: Literal["probes"]
    probes: list[Probe]
    winner: int


class Level(TypedDict):
    """How many keys or buckets a node has, and the most that it may have."""

    node: int
    load: int
    cap: int


class Met(Level):
    """The same of a node that a key met, at this token."""

    token: int


class LevelSteps(TypedDict):
    """Bounded loads: the nodes that a key met from its hash on, in this order; the last one has it.

    `member` is False for a key that is not among those that were placed: it has no owner, and `met` is where it would
    begin. Of the nodes between the first and the last, `skipped` are left out. `levels` are of the MOST_LEVELS fullest
    nodes that own anything; `total` is how many keys, or by `unit` how many buckets, were placed with this `c`.
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
    """The same steps with `numbers[i]` for each node i; 0 for nobody."""
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
