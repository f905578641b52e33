from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from base64 import b64decode
from bisect import bisect_left
from collections import Counter
from pathlib import Path
from typing import Any

import mmh3
import pytest

from ringviz.cli import keyfiles, place
from ringviz.core.placement import PlacedNode
from ringviz.core.strategy import build
from tests.ringviz.cli.running import Ring, assert_refused

ROOT = Path(__file__).parents[3]
EVERY_BYTE = b"".join(bytes([byte]) + b"x\n" for byte in range(256) if byte != 10)


def owner_by_hand(key: bytes, seed: int, tokens: dict[str, int]) -> str:
    """The rule of the ring again, without the core."""
    circle = sorted((mmh3.hash(f"{n}#{i}", seed, signed=False), n) for n, count in tokens.items() for i in range(count))
    at = bisect_left(circle, (mmh3.hash(key, seed, signed=False), ""))
    return circle[at % len(circle)][1]


def test_prints_the_owner_of_each_key_in_input_order(ring: Ring) -> None:
    keys = [f"user:{number}".encode() for number in range(200)]
    file = ring.keys(b"\n".join(keys) + b"\n")
    ran = ring("place --strategy ring --vnodes 30 --seed 9 --node a --node b=2 --keys", file)
    wanted = [b"%b\t%b\n" % (key, owner_by_hand(key, 9, {"a": 30, "b": 60}).encode()) for key in keys]
    assert ran.out == b"".join(wanted)
    assert (ran.error, ran.status) == ("", 0)


def test_ring_160_tokens_and_seed_0_are_what_it_takes_unsaid(ring: Ring) -> None:
    keys = b"".join(b"key-%d\n" % number for number in range(100))
    said = ring("place --strategy ring --vnodes 160 --seed 0 --node a --node b --keys -", stdin=keys)
    assert ring("place --node a --node b --keys -", stdin=keys) == said


def test_keys_of_every_byte_come_back_as_they_went_in(ring: Ring) -> None:
    ran = ring("place --node a --binary --keys -", stdin=EVERY_BYTE + b"\r\n\xff\xfe")
    assert ran.out == EVERY_BYTE.replace(b"\n", b"\ta\n") + b"\r\ta\n\xff\xfe\ta\n"


def test_the_keys_are_given_in_parts(ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = b"".join(b"key-%d\n" % number for number in range(1000))
    whole = ring("place --node a --node b --keys -", stdin=keys).out
    monkeypatch.setattr(keyfiles, "_PART", 100)
    assert ring("place --node a --node b --keys -", stdin=keys).out == whole


@pytest.mark.parametrize(
    "asked", ["rendezvous", "jump", "maglev --option table_size=101", "multiprobe --option probes=5", "modulo"]
)
def test_other_strategies(ring: Ring, asked: str) -> None:
    name, *options = asked.split()
    keys = [f"user:{number}" for number in range(50)]
    ran = ring(
        f"place --strategy {asked} --vnodes 9 --node a --node b --node c --keys -", stdin="\n".join(keys).encode()
    )
    given = {option: float(value) for option, value in (word.split("=") for word in options[1:])}
    strategy = build(name, [PlacedNode("a"), PlacedNode("b"), PlacedNode("c")], 9, options=given)
    assert ran.out.decode() == "".join(f"{key}\t{strategy.owner(key)}\n" for key in keys)


def test_bounded_loads_count_the_keys_of_all_parts(ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyfiles, "_PART", 100)
    keys = [b"user:%d" % number for number in range(400)]
    ran = ring(
        "place --strategy bounded --option c=1 --vnodes 2 --node a --node b --node c --node d --keys -",
        stdin=b"\n".join(keys),
    )
    assert [line.split(b"\t")[0] for line in ran.out.splitlines()] == keys
    assert Counter(line.split(b"\t")[1] for line in ran.out.splitlines()) == dict.fromkeys(
        [b"a", b"b", b"c", b"d"], 100
    )


def test_modulo_ignores_what_only_the_ring_uses(ring: Ring) -> None:
    keys = [b"user:%d" % number for number in range(50)]
    ran = ring(
        "place --strategy modulo --vnodes 0 --seed 4 --node a --node idle=0 --node b --node c --keys -",
        stdin=b"\n".join(keys),
    )
    wanted = [b"%b\t%b\n" % (key, b"abc"[(at := mmh3.hash(key, 4, signed=False) % 3) : at + 1]) for key in keys]
    assert ran.out == b"".join(wanted)


def test_names_may_hold_an_equals_sign_and_any_script(ring: Ring) -> None:
    assert ring("place", "--node", "a=b=1", "--keys", "-", stdin=b"k").out == b"k\ta=b\n"
    assert ring("place", "--node", "节点", "--keys", "-", stdin=b"k").out == "k\t节点\n".encode()


def test_nobody_owns_where_every_weight_is_0(ring: Ring) -> None:
    assert ring("place --node a=0 --keys -", stdin=b"k").out == b"k\t\n"
    assert json.loads(ring("place --node a=0 --json --keys -", stdin=b"k").out) == {"key": "k", "owner": None}


def test_json_is_an_object_a_line(ring: Ring) -> None:
    ran = ring("place --node a --json --keys -", stdin="clé\n".encode() + b"\xff\x00")
    text, other = map(json.loads, ran.out.splitlines())
    assert text == {"key": "clé", "owner": "a"}
    assert b64decode(other["key_base64"]) == b"\xff\x00"


@pytest.mark.parametrize(
    ("words", "because"),
    [
        ("place --node a", "--keys"),
        ("place --keys -", "there are no nodes"),
        ("place --node a --keys /nowhere/keys", "cannot be read: No such file"),
        ("place --node a --keys .", "cannot be read: Is a directory"),
        ("place --node a=heavy --keys -", "'heavy' is not a valid weight"),
        ("place --node a= --keys -", "'' is not a valid weight"),
        ("place --node a=-1 --keys -", "from 0 to 1000"),
        ("place --node a=nan --keys -", "from 0 to 1000"),
        ("place --node =2 --keys -", "not be empty"),
        ("place --node a --node a=2 --keys -", "two nodes are named a"),
        ("place --node a\nb --keys -", "cannot be shown"),
        ("place --node \udcff --keys -", "cannot be shown"),
        ("place --node a --vnodes 0 --keys -", "virtual nodes must be 1 or more"),
        ("place --node a --vnodes many --keys -", "--vnodes"),
        ("place --node a --vnodes 99999999 --keys -", "99999999 tokens"),
        ("place --node a --seed -1 --keys -", "the seed must be from 0"),
        ("place --node a --strategy lottery --keys -", "choose one of: ring, modulo, rendezvous"),
        ("place --node a --strategy maglev --option table_size=10 --keys -", "must be a prime number from 2 to 655373"),
        ("place --node a --strategy multiprobe --option probes=1.5 --keys -", "must be a whole number from 1 to 128"),
        ("place --node a --strategy bounded --option c=0.5 --keys -", "must be a number from 1 to 10"),
        ("place --node a --strategy jump --option c=2 --keys -", "has no option 'c'; it has: none"),
        ("place --node a --strategy bounded --option c --keys -", "Write NAME=NUMBER"),
        ("place --node a --strategy bounded --option c=two --keys -", "Write NAME=NUMBER"),
        ("place --node a --bogus --keys -", "--bogus"),
        ("place --node a --bo\ngus --keys -", "--bo gus"),
        ("scatter", "scatter"),
        ("", "SUBCOMMAND"),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2(ring: Ring, words: str, because: str) -> None:
    assert_refused(ring(words, stdin=b"key\n"), because)


def test_a_stream_of_text_gets_the_keys_as_python_spells_them() -> None:
    out = io.StringIO()
    place._writer(out)(b"\xff\ta\n")
    assert out.getvalue() == "\udcff\ta\n"


def test_a_stream_that_takes_a_part_at_a_time_gets_all() -> None:
    class Slow:
        def __init__(self) -> None:
            self.buffer, self.taken = self, b""

        def flush(self) -> None: ...

        def write(self, data: memoryview) -> int:
            self.taken += bytes(data[:3])
            return len(data[:3])

    out: Any = Slow()
    place._writer(out)(b"key\ta\nkey\tb\n")
    assert out.taken == b"key\ta\nkey\tb\n"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_the_real_command_touches_no_database_and_survives_a_reader_that_leaves(
    tmp_path: Path, unbuffered: str
) -> None:
    keys = tmp_path / "keys"
    keys.write_bytes(b"".join(b"key-%d\n" % number for number in range(300_000)))
    command = [sys.executable, "manage.py", "ring", "place", "--node", "a", "--keys", str(keys)]
    unreachable = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path}/nowhere/db.sqlite3",
        "PYTHONUNBUFFERED": unbuffered,
    }
    with subprocess.Popen(
        command, cwd=ROOT, env=unreachable, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"key-0\ta\n"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 0
