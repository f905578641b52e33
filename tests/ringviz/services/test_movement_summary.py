"""What an event reports about movement: pairs, ranges, modulo's share, and figures of the changed nodes only."""

from __future__ import annotations

import base64
import struct
from bisect import bisect_left
from typing import Any

import pytest

from ringviz.core.state import State
from ringviz.models import KeySet
from ringviz.selectors import placing
from ringviz.services.clusters import use_keys
from ringviz.services.keys import pattern_key_set
from tests.ringviz import plain
from tests.ringviz.making import OPERATOR, make_cluster, state_of
from tests.ringviz.nodes import (
    add_node,
    configure,
    drain_node,
    edit_node,
    kill_node,
    remove_node,
    revive_node,
    reweight_node,
)

ON: dict[str, Any] = {"slug": "small", "actor": OPERATOR}

Range = tuple[int, int, int, int]


def ranges_of(text: str) -> list[Range]:
    """[(start, end, from, to)] from the base64 of little-endian Uint32."""
    return list(struct.iter_unpack("<4I", base64.b64decode(text, validate=True)))


def plain_ranges(before: State, after: State) -> list[Range]:
    """Cuts the circle at every token of both sides and looks up the owner of each piece on both."""
    old, new = plain.tokens(before), plain.tokens(after)
    cuts = sorted({token for token, _number in old + new})

    def owner(ring: list[tuple[int, int]], end: int) -> int:
        return ring[bisect_left(ring, (end, 0)) % len(ring)][1] if ring else 0

    found: list[Range] = []
    for start, end in zip([cuts[-1], *cuts[:-1]], cuts, strict=True):
        source, target = owner(old, end), owner(new, end)
        if source != target:
            found.append((start, end, source, target))
    return found


def length(start: int, end: int) -> int:
    return (end - start) % plain.SPACE or plain.SPACE


def at(ranges: list[Range], point: int) -> list[tuple[int, int]]:
    """From and to of every range that contains a point."""
    return [ends for start, end, *ends in ranges if (point - start - 1) % plain.SPACE < length(start, end)]  # type: ignore[misc]


@pytest.mark.parametrize(
    "act",
    [
        lambda: kill_node(**ON, number=2),
        lambda: remove_node(**ON, number=1),
        lambda: add_node(**ON, name="d", weight=2.0),
        lambda: reweight_node(**ON, number=3, weight=0.3),
        lambda: drain_node(**ON, number=3),
        lambda: configure(**ON, vnodes=5),
    ],
    ids=["kill", "remove", "add", "reweight", "drain", "vnodes"],
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_ranges_are_those_of_the_circle_that_change_owner(db, act, seed):
    make_cluster(seed=seed)
    before = state_of()
    told = ranges_of(act().payload["movement"]["ranges"])
    expected = plain_ranges(before, state_of())
    assert expected
    for start, end, *_ends in expected:
        for point in (end, (start + 1) % plain.SPACE):
            assert at(told, point) == at(expected, point)
    # And no others: every expected range is covered, and the total lengths are equal.
    assert sum(length(*one[:2]) for one in told) == sum(length(*one[:2]) for one in expected)


def test_from_the_first_node_to_the_last_everything_comes_from_nobody_and_goes_to_nobody(db):
    make_cluster(nodes=())
    come = add_node(**ON, name="a").payload["movement"]
    assert (come["moved"], come["pairs"]) == (200, [[0, 1, 200]])
    assert sum(length(start, end) for start, end, *_ in ranges_of(come["ranges"])) == plain.SPACE
    gone = kill_node(**ON, number=1).payload["movement"]
    assert (gone["moved"], gone["pairs"], gone["needless"]) == (200, [[1, 0, 200]], 0)
    assert {(source, target) for _start, _end, source, target in ranges_of(gone["ranges"])} == {(1, 0)}
    assert gone["copies"] == {"total": 0, "moved": 0}


def test_too_many_ranges_are_not_told(db, monkeypatch):
    make_cluster()
    count = len(ranges_of(kill_node(**ON, number=1).payload["movement"]["ranges"]))
    revive_node(**ON, number=1)
    monkeypatch.setattr(placing, "MAX_RANGES", count)
    assert kill_node(**ON, number=1).payload["movement"]["ranges"] is not None
    revive_node(**ON, number=1)
    monkeypatch.setattr(placing, "MAX_RANGES", count - 1)
    assert kill_node(**ON, number=1).payload["movement"]["ranges"] is None


def test_modulo_has_no_ranges_and_moves_keys_between_nodes_that_stay(db):
    make_cluster(strategy="modulo")
    movement = kill_node(**ON, number=1).payload["movement"]
    assert movement["ranges"] is None
    assert movement["needless"] > 0
    assert movement["moved"] == movement["modulo"]["moved"]
    assert configure(**ON, strategy="ring").payload["movement"]["ranges"] is None


def test_modulos_share_stands_beside_the_rings(db):
    make_cluster(nodes="abcd", keys=12_000)
    movement = add_node(**ON, name="e").payload["movement"]
    assert movement["modulo"]["moved"] == pytest.approx(12_000 * 4 / 5, rel=0.03)
    assert movement["moved"] < movement["modulo"]["moved"]
    assert movement["needless"] == 0


def test_pairs_are_the_largest_and_the_others_are_counted(db, monkeypatch):
    make_cluster(nodes="abcdef")
    whole = kill_node(**ON, number=1).payload["movement"]
    revive_node(**ON, number=1)
    assert whole["pairs_left_off"] == 0
    assert len(whole["pairs"]) > 2
    monkeypatch.setattr(placing, "MAX_PAIRS", 2)
    some = kill_node(**ON, number=1).payload["movement"]
    assert some["pairs"] == whole["pairs"][:2]
    assert some["pairs_left_off"] == len(whole["pairs"]) - 2
    assert some["moved"] == whole["moved"]


def test_changed_names_those_alone_whose_figures_changed(db):
    make_cluster(nodes="abcdefgh", vnodes=2)
    before = {node["number"]: node for node in state_of()["nodes"]}
    payload = kill_node(**ON, number=4).payload
    assert 0 < len(payload["changed"]) < 7
    for node in state_of()["nodes"]:
        told = [one for one in payload["changed"] if one["number"] == node["number"]]
        if node["number"] == 4 or node == before[node["number"]]:
            assert told == []
        else:
            assert told == [{name: node[name] for name in ("number", "keys", "ownership")}]


def test_tokens_are_told_of_those_alone_whose_tokens_changed(db):
    make_cluster(nodes=("a", "b", {"name": "c", "weight": 0.01}, {"name": "d", "weight": 0.0}))
    kill_node(**ON, number=2)
    changed = {one["number"]: one for one in configure(**ON, vnodes=16).payload["changed"]}
    assert (changed[1]["tokens"], changed[2]["tokens"]) == (16, 16)
    assert "tokens" not in changed.get(3, {})
    assert 4 not in changed


def test_nothing_moves_where_a_node_that_is_not_on_the_ring_changes(db):
    make_cluster()
    drain_node(**ON, number=1)
    for event in (kill_node(**ON, number=1), reweight_node(**ON, number=1, weight=3.0), remove_node(**ON, number=1)):
        assert event.payload["movement"]["moved"] == 0, event.kind
        assert event.payload["movement"]["pairs"] == []
        assert event.payload["movement"]["ranges"] == ""
        assert event.payload["changed"] == []


def test_what_moves_no_key_tells_no_movement(db):
    make_cluster()
    assert edit_node(**ON, number=1, address="there", zone="").payload["movement"] is None
    payload = use_keys(**ON, key_set=pattern_key_set(pattern="o{n}", count=300)).payload
    assert payload["movement"] is None
    assert (payload["before"]["label"], payload["keys"]["label"]) == ("k{n}", "o{n}")
    assert KeySet.objects.get(pk=payload["keys"]["id"]).count == 300


@pytest.mark.parametrize(("copies", "total", "moved"), [(1, 200, 0), (3, 600, 200), (8, 600, 200)])
def test_more_copies_are_received_and_fewer_are_not(db, copies, total, moved):
    make_cluster(copies=2)
    told = configure(**ON, copies=copies).payload
    assert told["movement"]["copies"] == {"total": total, "moved": moved}
    assert told["movement"]["moved"] == 0
    assert told["changed"] == []
