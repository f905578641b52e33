"""Where one key lies: its hash, the walk to its owner, and the nodes that keep its copies."""

from __future__ import annotations

from typing import NotRequired, TypedDict

import numpy as np

from live.inert import shown
from ringviz.core.buckets import bucket_of
from ringviz.core.keys import KeyIndex
from ringviz.core.placement import NOBODY, TOKEN_SPACE, Murmur
from ringviz.core.state import NodeState, State
from ringviz.core.steps import Steps, numbered
from ringviz.core.strategy import SLOTS, Strategy
from ringviz.models import KeySet
from ringviz.selectors.placing import index_for, is_bucketed, members_of, strategy_of, tokens_of
from ringviz.stores.keysets import keys_at

_READ_AT_ONCE = 5_000  # keys of one hash; there are more than a few only where somebody chose them so


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
    `hash` its start. `steps` name nodes by their numbers; None where owners are not computed or no node is there.
    """

    key: str
    hash: int
    position: float
    v: int
    owner: int
    token: Token | None
    copies: list[Copy]
    steps: Steps | None
    bucket: NotRequired[int]


def look_up(state: State, v: int, key: bytes) -> Lookup:
    """A key in a state. O(tokens) the first time for a ring, then the walk alone. No event, nothing is kept.

    Where keys are placed together, by the keys of the state: then nobody owns a key that is not one of them.
    """
    strategy, nodes = strategy_of(state), members_of(state)
    placed = strategy.placement.hash(key)
    keys, place = (None, None) if strategy.abilities.alone else place_in_set(state, placed, key)
    walk = strategy.walk(placed, state["cluster"]["copies"]) if keys is None else _found(strategy, keys, place)
    stops = [Copy(number=nodes[index]["number"], token=token) for index, token in walk]
    token = None
    if walk and walk[0][1] is not None:
        owner = nodes[walk[0][0]]
        token = Token(value=walk[0][1], index=_index_of(state, owner, walk[0][1]))
    steps = strategy.steps(placed, keys, place)
    found = Lookup(
        key=shown(key),
        hash=placed if state["cluster"]["strategy"] == SLOTS else Murmur(seed=state["cluster"]["seed"]).hash(key),
        position=placed / TOKEN_SPACE,
        v=v,
        owner=stops[0]["number"] if stops else 0,
        token=token,
        copies=stops[1:],
        steps=numbered(steps, [node["number"] for node in nodes]) if steps else None,
    )
    if is_bucketed(state["cluster"]):
        found["bucket"] = bucket_of(placed)
    return found


def place_in_set(state: State, hash_: int, key: bytes) -> tuple[KeyIndex, int | None]:
    """The state's keys by hash, and the place of a key among them, None if it is not one of them."""
    key_set = KeySet.objects.get(pk=state["keys"]["id"])
    keys = index_for(state["cluster"], key_set)
    first, end = (int(np.searchsorted(keys.hashes, np.uint32(hash_), side)) for side in ("left", "right"))
    for start in range(first, end, _READ_AT_ONCE):
        alike = keys_at(key_set, keys.order[start : min(end, start + _READ_AT_ONCE)])
        if key in alike:
            return keys, start + alike.index(key)
    return keys, None


def _found(strategy: Strategy, keys: KeyIndex, place: int | None) -> list[tuple[int, None]]:
    """The owner of the key at a place, as a walk that says no more."""
    owner = NOBODY if place is None else int(strategy.owners_at(keys, np.array([place]))[0])
    return [] if owner == NOBODY else [(owner, None)]


def _index_of(state: State, node: NodeState, token: int) -> int:
    """The first of the node's tokens that lies there: of several in one bucket the lowest index."""
    return int(np.flatnonzero(tokens_of(state["cluster"], node) == token)[0])
