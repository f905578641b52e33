"""The steps to a key's owner, against each strategy's rule in plain Python, one key at a time."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from itertools import count, islice
from typing import Any

import mmh3
import pytest

from ringviz.core.errors import NoOwnerAlone
from ringviz.core.keys import KeyIndex
from ringviz.core.placement import Bucketed, Murmur, PlacedNode, Placement
from ringviz.core.steps import MOST_LEVELS, MOST_STEPS, numbered
from ringviz.core.strategy import STRATEGIES, build

SPACE = 2**32
NODES = [PlacedNode("a"), PlacedNode("b", 2), PlacedNode("c", 0), PlacedNode("d", 0.5), PlacedNode("ä", 3)]
MEMBERS = [0, 1, 3, 4]
PLACEMENTS: list[Placement] = [Murmur(8), Bucketed(8)]
KEYS = [f"user:{number}" for number in range(400)]
SOME = KEYS[::40]
each_placement = pytest.mark.parametrize("placement", PLACEMENTS, ids=["keys", "buckets"])
each_key = pytest.mark.parametrize("key", SOME)


def steps_of(name: str, key: str, placement: Placement, **options: float) -> Any:
    return build(name, NODES, placement=placement, options=options).steps(placement.hash(key))


def hashed(text: str, seed: int = 0) -> int:
    return mmh3.hash(text, seed, signed=False)


def circle(placement: Placement) -> list[tuple[int, int]]:
    """(token, node) of all tokens, ascending; if tokens are equal, the node whose name sorts first."""
    held: dict[int, int] = {}
    for node in sorted(range(len(NODES)), key=lambda node: NODES[node].name.encode(), reverse=True):
        for number in range(round(8 * NODES[node].weight)):
            held[hashed(f"{NODES[node].name}#{number}") >> placement.shift << placement.shift] = node
    return sorted(held.items())


def clockwise(placement: Placement, position: int) -> list[tuple[int, int]]:
    tokens = circle(placement)
    return [one for one in tokens if one[0] >= position] + [one for one in tokens if one[0] < position]


@pytest.mark.parametrize("name", STRATEGIES)
@each_placement
def test_the_last_step_is_the_owner(name: str, placement: Placement) -> None:
    strategy = build(name, NODES, placement=placement)
    keys = KeyIndex.build(placement.hash_many(KEYS))
    for place, owner in enumerate(strategy.owners_at(keys, slice(None)).tolist()):
        steps: Any = strategy.steps(int(keys.hashes[place]), keys, place)
        last = {
            "scores": lambda steps: steps["scores"][0]["node"],
            "jumps": lambda steps: steps["jumps"][-1]["node"],
            "probes": lambda steps: steps["probes"][steps["winner"]]["node"],
            "levels": lambda steps: steps["met"][-1]["node"],
        }.get(steps["kind"], lambda steps: steps["node"])
        assert last(steps) == owner
        assert json.loads(json.dumps(steps)) == steps
    assert build(name, [], placement=placement).steps(7, keys, 0) is None


@each_placement
@each_key
def test_the_ring_walks_to_the_next_token(key: str, placement: Placement) -> None:
    at = placement.hash(key)
    token, node = clockwise(placement, at)[0]
    assert steps_of("ring", key, placement) == {
        "kind": "walk",
        "node": node,
        "token": token,
        "distance": (token - at) % SPACE,
    }


@each_placement
@each_key
def test_modulo_divides(key: str, placement: Placement) -> None:
    number = hashed(key) >> placement.shift
    steps = {"kind": "remainder", "number": number, "divisor": 4, "remainder": number % 4, "node": MEMBERS[number % 4]}
    assert steps_of("modulo", key, placement) == steps


def mixed(value: int) -> int:
    """The finaliser of MurmurHash3."""
    value ^= value >> 16
    value = value * 0x85EBCA6B % SPACE
    value ^= value >> 13
    value = value * 0xC2B2AE35 % SPACE
    return value ^ value >> 16


@each_placement
@each_key
def test_rendezvous_ranks_scores(key: str, placement: Placement) -> None:
    steps = steps_of("rendezvous", key, placement)
    number = hashed(key) >> placement.shift
    draws = {node: mixed(number ^ hashed(NODES[node].name)) for node in MEMBERS}
    scores = {node: NODES[node].weight / -math.log((draw + 0.5) / SPACE) for node, draw in draws.items()}
    assert (steps["number"], steps["more"]) == (number, 0)
    assert [score["node"] for score in steps["scores"]] == sorted(MEMBERS, key=lambda node: -scores[node])
    for score in steps["scores"]:
        assert (score["draw"], score["weight"]) == (draws[score["node"]], NODES[score["node"]].weight)
        assert score["score"] == pytest.approx(scores[score["node"]])


def test_rendezvous_tells_the_best_of_many() -> None:
    rendezvous = build("rendezvous", [PlacedNode(f"node-{number}") for number in range(100)])
    steps: Any = rendezvous.steps(7)
    best = sorted(range(100), key=lambda node: -mixed(7 ^ hashed(f"node-{node}")))[:MOST_STEPS]
    assert [score["node"] for score in steps["scores"]] == best
    assert steps["more"] == 100 - MOST_STEPS


def jumped(key: int, buckets: int) -> list[int]:
    """The paper's own loop; the last value overshoots and is no bucket."""
    met, state = [0], key
    while met[-1] < buckets:
        state = (state * 2862933555777941757 + 1) % 2**64
        met.append(int((met[-1] + 1) * (float(1 << 31) / float((state >> 33) + 1))))
    return met


@each_placement
@each_key
def test_jump_jumps(key: str, placement: Placement) -> None:
    number = hashed(key) >> placement.shift
    *met, beyond = jumped(number, 4)
    assert steps_of("jump", key, placement) == {
        "kind": "jumps",
        "number": number,
        "jumps": [{"bucket": bucket, "node": MEMBERS[bucket]} for bucket in met],
        "count": 4,
        "beyond": beyond,
    }


@each_placement
@each_key
def test_maglev_looks_into_its_table(key: str, placement: Placement) -> None:
    steps = steps_of("maglev", key, placement, table_size=101)
    number = placement.hash(key)
    owner = steps["node"]
    orders = {node: (hashed(NODES[node].name) % 101, hashed(NODES[node].name, 1) % 100 + 1) for node in MEMBERS}
    assert (steps["number"], steps["size"], steps["entry"], steps["more"]) == (number, 101, number % 101, 0)
    assert [order["node"] for order in steps["orders"]] == [owner, *(node for node in MEMBERS if node != owner)]
    for order in steps["orders"]:
        assert (order["offset"], order["skip"]) == orders[order["node"]]
    offset, skip = orders[owner]
    assert steps["asked"] == next(step for step in count() if (offset + step * skip) % 101 == number % 101)


@each_placement
@each_key
def test_the_nearest_probe_wins(key: str, placement: Placement) -> None:
    steps = steps_of("multiprobe", key, placement, probes=5)
    at = placement.hash(key)
    expected = []
    for number in range(5):
        position = at if number == 0 else mixed((at + number * 0x9E3779B9) % SPACE)
        token, node = clockwise(placement, position)[0]
        distance = (token - position) % SPACE
        expected.append({"position": position, "token": token, "distance": distance, "node": node})
    assert steps["probes"] == expected
    distances = [probe["distance"] for probe in expected]
    assert steps["winner"] == distances.index(min(distances))


def placed_one_by_one(numbers: list[int], placement: Placement, c: float) -> tuple[dict[int, int], list[list[int]]]:
    """The load of each node, and the nodes that each ball visited, owner last."""
    total = sum(Fraction(str(node.weight)) for node in NODES)
    caps = {
        node: math.ceil(Fraction(str(c)) * len(numbers) * Fraction(str(NODES[node].weight)) / total) for node in MEMBERS
    }
    loads, ways = dict.fromkeys(MEMBERS, 0), []
    for number in numbers:
        met = []
        for _token, node in clockwise(placement, number << placement.shift):
            if node in met:
                continue
            met.append(node)
            if loads[node] < caps[node]:
                break
        loads[met[-1]] += 1
        ways.append(met)
    return loads, ways


def test_bounded_loads_walk_past_full_nodes() -> None:
    placement = Murmur(8)
    bounded = build("bounded", NODES, placement=placement, options={"c": 1})
    keys = KeyIndex.build(placement.hash_many(KEYS))
    loads, ways = placed_one_by_one(sorted(map(hashed, KEYS)), placement, 1)
    assert max(map(len, ways)) > 1
    for place, way in enumerate(ways):
        at = int(keys.hashes[place])
        steps: Any = bounded.steps(at, keys, place)
        assert [met["node"] for met in steps["met"]] == way
        first = {node: token for token, node in reversed(clockwise(placement, at))}
        assert [met["token"] for met in steps["met"]] == [first[node] for node in way]
        assert all(met["load"] == met["cap"] for met in steps["met"][:-1])
        assert {level["node"]: level["load"] for level in steps["levels"]} == loads
        told = (steps["unit"], steps["total"], steps["c"], steps["member"], steps["skipped"], steps["more"])
        assert told == ("keys", 400, 1, True, 0, 0)


def test_a_key_that_is_not_placed_begins_somewhere_and_has_no_owner() -> None:
    placement = Murmur(8)
    bounded = build("bounded", NODES, placement=placement)
    keys = KeyIndex.build(placement.hash_many(KEYS))
    steps: Any = bounded.steps(hashed("stranger"), keys, None)
    assert not steps["member"]
    token, node = clockwise(placement, hashed("stranger"))[0]
    assert [(met["token"], met["node"]) for met in steps["met"]] == [(token, node)]
    with pytest.raises(NoOwnerAlone):
        bounded.steps(7)


def test_where_buckets_are_placed_they_are_counted() -> None:
    placement = Bucketed(8)
    bounded = build("bounded", NODES, placement=placement, options={"c": 1.02})
    loads, ways = placed_one_by_one(list(range(2**14)), placement, 1.02)
    for key in SOME:
        steps: Any = bounded.steps(placement.hash(key))
        assert [met["node"] for met in steps["met"]] == ways[hashed(key) >> placement.shift]
        assert {level["node"]: level["load"] for level in steps["levels"]} == loads
        assert (steps["unit"], steps["total"], steps["member"]) == ("buckets", 2**14, True)


def test_many_nodes_are_told_in_part() -> None:
    placement = Murmur(1)
    nodes = [PlacedNode(f"node-{number}") for number in range(300)]
    bounded = build("bounded", nodes, placement=placement, options={"c": 1})
    hashes = placement.hash_many(f"user:{number}" for number in islice(count(), 300))
    keys = KeyIndex.build(hashes)
    owners = bounded.owners_at(keys, slice(None)).tolist()
    every: list[Any] = [bounded.steps(int(keys.hashes[place]), keys, place) for place in range(300)]
    place = max(range(300), key=lambda place: every[place]["skipped"])
    last = every[place]
    assert last["skipped"] > 0
    assert (len(last["met"]), len(last["levels"]), last["more"]) == (MOST_STEPS, MOST_LEVELS, 300 - MOST_LEVELS)
    assert last["met"][-1]["node"] == owners[place]


def test_nodes_get_their_numbers() -> None:
    steps = {"kind": "jumps", "jumps": [{"bucket": 0, "node": 1}, {"bucket": 5, "node": -1}], "count": 6}
    assert numbered(steps, [10, 20]) == {  # type: ignore[arg-type]
        "kind": "jumps",
        "jumps": [{"bucket": 0, "node": 20}, {"bucket": 5, "node": 0}],
        "count": 6,
    }
