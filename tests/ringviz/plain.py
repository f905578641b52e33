"""Owners, figures and movement recomputed in plain Python: mmh3, bisect, dictionaries, nothing from ringviz.core."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import Any, NamedTuple

import mmh3

from ringviz.core.state import NodeState, State

SPACE = 2**32


class Figures(NamedTuple):
    """The figures that a node of a state should have."""

    keys: int
    ownership: float
    tokens: int


def token_count(state: State, node: NodeState) -> int:
    if state["cluster"]["strategy"] == "modulo" or not node["weight"]:
        return 0
    return max(1, round(state["cluster"]["vnodes"] * node["weight"]))


def active(state: State) -> list[NodeState]:
    return [node for node in state["nodes"] if node["state"] == "active"]


def tokens(state: State) -> list[tuple[int, int]]:
    """(token, node number), ascending; if two nodes share a token, the name that sorts first keeps it."""
    taken: dict[int, tuple[bytes, int]] = {}
    for node in active(state):
        name = node["name"].encode()
        for index in range(token_count(state, node)):
            token = mmh3.hash(b"%b#%d" % (name, index), state["cluster"]["seed"], False)
            taken[token] = min(taken.get(token, (name, node["number"])), (name, node["number"]))
    return sorted((token, number) for token, (_name, number) in taken.items())


def preferences(state: State, hashes: list[int], n: int) -> list[list[int]]:
    """For each hash, the numbers of its first n distinct nodes."""
    if state["cluster"]["strategy"] == "modulo":
        members = [node["number"] for node in active(state) if node["weight"] > 0]
        return [[members[(h + step) % len(members)] for step in range(min(n, len(members)))] for h in hashes]
    ring = tokens(state)
    points = [token for token, _number in ring]
    lists = []
    for h in hashes:
        found: dict[int, None] = {}
        start = bisect_left(points, h)
        for step in range(len(ring)):
            if len(found) == n:
                break
            found[ring[(start + step) % len(ring)][1]] = None
        lists.append(list(found))
    return lists


def hashes_of(state: State, keys: list[bytes]) -> list[int]:
    return [mmh3.hash(key, state["cluster"]["seed"], False) for key in keys]


def owners(state: State, keys: list[bytes]) -> list[int]:
    """The number of each key's owner; 0 means no owner."""
    return [(found or [0])[0] for found in preferences(state, hashes_of(state, keys), 1)]


def ownership(state: State) -> dict[int, float]:
    if state["cluster"]["strategy"] == "modulo":
        members = [node["number"] for node in active(state) if node["weight"] > 0]
        q = len(members)
        return {number: (SPACE // q + (place < SPACE % q)) / SPACE for place, number in enumerate(members)}
    ring = tokens(state)
    widths: Counter[int] = Counter()
    for (before, _number), (token, number) in zip([ring[-1], *ring[:-1]], ring, strict=True) if ring else ():
        widths[number] += (token - before) % SPACE or SPACE
    return {number: width / SPACE for number, width in widths.items()}


def figures(state: State, keys: list[bytes]) -> dict[int, Figures]:
    held, shares = Counter(owners(state, keys)), ownership(state)
    return {
        node["number"]: Figures(held[node["number"]], shares.get(node["number"], 0.0), token_count(state, node))
        for node in state["nodes"]
    }


def moved_pairs(before: State, after: State, keys: list[bytes]) -> Counter[tuple[int, int]]:
    """How many keys move from each node to each other node."""
    ways = zip(owners(before, keys), owners(after, keys), strict=True)
    return Counter((source, target) for source, target in ways if source != target)


def needless(before: State, after: State, pairs: Counter[tuple[int, int]]) -> int:
    """Keys that move between nodes that are on both sides with the same weight."""
    was = {node["number"]: node["weight"] for node in active(before)}
    stays = {node["number"] for node in active(after) if was.get(node["number"]) == node["weight"]}
    return sum(count for (source, target), count in pairs.items() if {source, target} <= stays)


def copies(before: State, after: State, keys: list[bytes]) -> dict[str, int]:
    """All copies after the change, and those that are new to their node."""
    hashes = hashes_of(after, keys)
    old = preferences(before, hashes, before["cluster"]["copies"])
    new = preferences(after, hashes, after["cluster"]["copies"])
    moved = sum(len(set(now) - set(was)) for was, now in zip(old, new, strict=True))
    return {"total": sum(map(len, new)), "moved": moved}


def as_modulo(state: State) -> State:
    cluster: Any = {**state["cluster"], "strategy": "modulo"}
    return {**state, "cluster": cluster}
