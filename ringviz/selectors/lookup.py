"""Where a key is: its hash, the walk to its owner, and the nodes that keep its copies."""

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

_READ_AT_ONCE = 5_000  # keys with one hash; more than a few only if somebody chose them on purpose


class Token(TypedDict):
    """A position on the ring; `index` i means the token `name#i` of its node."""

    value: int
    index: int


class Copy(TypedDict):
    """A node of the preference list, and the token where the walk meets it (None without tokens)."""

    number: int
    token: int | None


class Lookup(TypedDict):
    """`position` is 0..1 of the circle; `owner` 0 is no owner; `copies` is the preference list after the owner.

    `hash` is the key's own, all 32 bits. If buckets are placed, there is the key's `bucket`, and `position` is its
    start: the walk begins there. An external cluster hashes differently: there `bucket` is the key's slot, and `hash`
    its start. `steps` name nodes by number; None if owners are not computed or there is no node.
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
    """Looks a key up in a state. O(tokens) the first time for a ring, then only the walk. Writes nothing.

    If keys are placed together, uses the keys of the state: a key that is not one of them has no owner.
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
    """The owner of the key at a place, as a walk without further nodes."""
    owner = NOBODY if place is None else int(strategy.owners_at(keys, np.array([place]))[0])
    return [] if owner == NOBODY else [(owner, None)]


def _index_of(state: State, node: NodeState, token: int) -> int:
    """The first of the node's tokens that is there: if a bucket has several, the lowest index."""
    return int(np.flatnonzero(tokens_of(state["cluster"], node) == token)[0])
