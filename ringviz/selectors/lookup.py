"""Where one key lies: its hash, the walk to its owner, and the nodes that keep its copies."""

from __future__ import annotations

from typing import TypedDict

import numpy as np

from ringviz.core.placement import TOKEN_SPACE, Murmur, Node
from ringviz.core.state import State
from ringviz.core.text import shown
from ringviz.selectors.placing import active_nodes, strategy_of


class Token(TypedDict):
    """A position on the ring; `index` i stands for the token `name#i` of its node."""

    value: int
    index: int


class Copy(TypedDict):
    """A node of the preference list, and the token at which the walk meets it (None without tokens)."""

    number: int
    token: int | None


class Lookup(TypedDict):
    """`position` is 0..1 of the circle; `owner` 0 is nobody; `copies` is the preference list after the owner."""

    key: str
    hash: int
    position: float
    v: int
    owner: int
    token: Token | None
    copies: list[Copy]


def look_up(state: State, v: int, key: bytes) -> Lookup:
    """A key in a state. O(tokens) the first time for a ring, then the walk alone. No event, nothing is kept."""
    strategy, nodes = strategy_of(state), active_nodes(state)
    hash_ = strategy.placement.hash(key)
    walk = strategy.walk(hash_, state["cluster"]["copies"])
    stops = [Copy(number=nodes[index]["number"], token=token) for index, token in walk]
    token = None
    if walk and walk[0][1] is not None:
        owner = nodes[walk[0][0]]
        token = Token(value=walk[0][1], index=_index_of(state, owner["name"], owner["weight"], walk[0][1]))
    return Lookup(
        key=shown(key),
        hash=hash_,
        position=hash_ / TOKEN_SPACE,
        v=v,
        owner=stops[0]["number"] if stops else 0,
        token=token,
        copies=stops[1:],
    )


def _index_of(state: State, name: str, weight: float, token: int) -> int:
    placement = Murmur(state["cluster"]["vnodes"], state["cluster"]["seed"])
    return int(np.flatnonzero(placement.tokens(Node(name, weight)) == token)[0])
