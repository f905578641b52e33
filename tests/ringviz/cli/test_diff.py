from __future__ import annotations

import json
from typing import Any

import mmh3
import pytest

from tests.ringviz.cli.running import Ring, assert_refused

KEYS = [b"user:%d" % number for number in range(2000)]
STDIN = b"\n".join(KEYS) + b"\n"


def diff(ring: Ring, words: str, stdin: bytes = STDIN) -> Any:
    ran = ring(f"diff {words} --keys -", stdin=stdin)
    assert (ran.error, ran.status) == ("", 0)
    assert ran.out.count(b"\n") == 1
    return json.loads(ran.out)


def owners(ring: Ring, words: str) -> list[str]:
    return [
        line.rpartition(b"\t")[2].decode() for line in ring(f"place {words} --keys -", stdin=STDIN).out.splitlines()
    ]


def test_removing_gives_the_keys_of_the_node_to_the_others(ring: Ring) -> None:
    before, after = owners(ring, "--node a --node b --node c"), owners(ring, "--node b --node c")
    answer = diff(ring, "--node a --node b --node c --remove a")
    assert list(answer) == ["keys", "moved", "needless", "pairs"]
    moved = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert answer["keys"] == 2000
    assert answer["moved"] == len(moved) == before.count("a")
    assert answer["needless"] == 0
    assert {(pair["from"], pair["to"]): pair["keys"] for pair in answer["pairs"]} == {
        pair: moved.count(pair) for pair in moved
    }
    assert [list(pair) for pair in answer["pairs"]] == [["from", "to", "keys"]] * 2
    assert answer["pairs"][0]["keys"] >= answer["pairs"][1]["keys"]


def test_adding_takes_keys_from_every_node_and_gives_them_to_the_new_one(ring: Ring) -> None:
    answer = diff(ring, "--node a --node b --add c=2")
    assert {pair["to"] for pair in answer["pairs"]} == {"c"}
    assert answer["needless"] == 0
    assert answer["moved"] == owners(ring, "--node a --node b --node c=2").count("c")


def test_modulo_moves_most_keys_and_most_of_them_needlessly(ring: Ring) -> None:
    answer = diff(ring, "--strategy modulo --node a --node b --node c --node d --remove d")
    hashes = [mmh3.hash(key, 0, signed=False) for key in KEYS]
    moved = [hash_ for hash_ in hashes if hash_ % 4 != hash_ % 3]
    assert answer["moved"] == len(moved)
    assert answer["needless"] == sum(hash_ % 4 != 3 for hash_ in moved)


def test_one_leaves_and_another_joins_at_once(ring: Ring) -> None:
    answer = diff(ring, "--node a --node b --remove a --add c --json")
    assert answer["needless"] == 0
    assert {(pair["from"], pair["to"]) for pair in answer["pairs"]} == {("a", "b"), ("a", "c"), ("b", "c")}


def test_the_last_node_leaves_its_keys_to_nobody(ring: Ring) -> None:
    answer = diff(ring, "--node a --remove a")
    assert answer == {"keys": 2000, "moved": 2000, "needless": 0, "pairs": [{"from": "a", "to": None, "keys": 2000}]}


@pytest.mark.parametrize(
    ("words", "because"),
    [
        ("--node a --keys -", "nothing would change"),
        ("--node a --add a --keys -", "two nodes are named a"),
        ("--node a --add b=x --keys -", "'x' is not a valid weight"),
        ("--node a --remove b --keys -", "there is no node 'b' to remove"),
        ("--add b --keys -", "there are no nodes"),
        ("--node a --add b", "--keys"),
        ("--node a --add b --keys /nowhere/keys", "cannot be read"),
        ("--node a --add b=1000 --vnodes 100000 --keys -", "tokens"),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2(ring: Ring, words: str, because: str) -> None:
    assert_refused(ring(f"diff {words}", stdin=STDIN), because)
