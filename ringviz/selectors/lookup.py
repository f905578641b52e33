"""Where one key lies: its hash, the walk to its owner, and the nodes that keep its copies."""

from __future__ import annotations

from typing import NotRequired, TypedDict

import numpy as np

from live.inert import shown
from ringviz.core.buckets import bucket_of
from ringviz.core.placement import TOKEN_SPACE, Murmur
from ringviz.core.state import NodeState, State
from ringviz.core.strategy import SLOTS
from ringviz.selectors.placing import is_bucketed, members_of, strategy_of, tokens_of


class Token(TypedDict):
    """A position on the ring; `index` i stands for the token `name#i` of its node."""

    value: int
    index: int


class Copy(TypedDict):
    """A node of the preference list, and the token at which the walk meets it (None without tokens)."""

    number: int
    token: int | None


class Lookup(TypedDict):
    """`position` is 0..1 of the circle; `owner` 0 is nobody; `copies` is the preference list after the owner.

    `hash` is the key's own, all 32 bits. Where buckets are placed there is the key's `bucket`, and `position` is its
    start: from there the walk goes. An external cluster hashes otherwise: there `bucket` is the key's slot there, and
    `hash` its start.
    """

    key: str
    hash: int
    position: float
    v: int
    owner: int
    token: Token | None
    copies: list[Copy]
    bucket: NotRequired[int]


def look_up(state: State, v: int, key: bytes) -> Lookup:
    """A key in a state. O(tokens) the first time for a ring, then the walk alone. No event, nothing is kept."""
    strategy, nodes = strategy_of(state), members_of(state)
    placed = strategy.placement.hash(key)
    walk = strategy.walk(placed, state["cluster"]["copies"])
    stops = [Copy(number=nodes[index]["number"], token=token) for index, token in walk]
    token = None
    if walk and walk[0][1] is not None:
        owner = nodes[walk[0][0]]
        token = Token(value=walk[0][1], index=_index_of(state, owner, walk[0][1]))
    found = Lookup(
        key=shown(key),
        hash=placed if state["cluster"]["strategy"] == SLOTS else Murmur(seed=state["cluster"]["seed"]).hash(key),
        position=placed / TOKEN_SPACE,
        v=v,
        owner=stops[0]["number"] if stops else 0,
        token=token,
        copies=stops[1:],
    )
    if is_bucketed(state["cluster"]):
        found["bucket"] = bucket_of(placed)
    return found


def _index_of(state: State, node: NodeState, token: int) -> int:
    """The first of the node's tokens that lies there: of several in one bucket the lowest index."""
    return int(np.flatnonzero(tokens_of(state["cluster"], node) == token)[0])
