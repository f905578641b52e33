from __future__ import annotations

import gzip
import io
import json
import sys
from typing import Any

import pytest

from live.models import Event
from ringviz.models import Cluster, KeySet
from ringviz.stores.keysets import folder, keys_at
from tests.ringviz.cli.clusters import make_cluster
from tests.ringviz.cli.running import Ring, assert_refused

pytestmark = pytest.mark.django_db(transaction=True)  # a command closes its connections

WORDS = [b"one", b"two", bytes([0, 255, 13]), "drei".encode("utf-16")]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def demo() -> Cluster:
    return make_cluster("demo", demo=True, seed=7)


def told(ring: Ring, line: str, *words: str) -> Any:
    ran = ring(f"{line} --json", *words)
    assert (ran.error, ran.status, ran.out.count(b"\n")) == ("", 0, 1)
    return json.loads(ran.out)


def events(cluster: Cluster) -> int:
    return Event.objects.filter(stream=cluster.stream).count()


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_gives_the_cluster_its_keys_byte_by_byte(ring: Ring, demo: Cluster, packed: bool) -> None:
    lines = b"\n".join(WORDS)
    answer = told(ring, "import --binary", ring.keys(gzip.compress(lines) if packed else lines))
    assert answer == {"cluster": "demo", "version": 2, "kind": "keys_imported", "moved": 0, "keys": 4}
    key_set = Cluster.objects.get(slug="demo").key_set
    assert (key_set.label, keys_at(key_set, range(4))) == ("keys", WORDS)
    assert sum(demo.nodes.values_list("keys", flat=True)) == 4


def test_a_pattern_makes_as_many_keys_as_are_asked_for(ring: Ring, demo: Cluster) -> None:
    assert ring("import --pattern user:{n} --count 2500").out == b"demo: 2,500 keys (version 2)\n"
    key_set = Cluster.objects.get(slug="demo").key_set
    assert keys_at(key_set, [0, 2499]) == [b"user:0", b"user:2499"]
    assert sum(demo.nodes.values_list("keys", flat=True)) == 2500


def test_standard_input_gives_keys_too(ring: Ring, demo: Cluster) -> None:
    assert ring("import -", stdin=b"one\ntwo\n").out == b"demo: 2 keys (version 2)\n"
    assert Cluster.objects.get(slug="demo").key_set.label == "a file"


@pytest.mark.parametrize(
    ("lines", "because"),
    [
        (b"a\n\nb\n", "Line 2 is empty"),
        (b"a\nb\n" + b"x" * 1025, "Line 3 has more than 1024 bytes"),
        (b"a\nb\na\n", "Line 3 repeats the key a of line 1"),
        (gzip.compress(b"a\nb\n", mtime=0)[:-6], "damaged"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_half_imported(
    ring: Ring, demo: Cluster, lines: bytes, because: str
) -> None:
    there = set(folder("").iterdir())
    assert_refused(ring("import", ring.keys(lines)), because)
    assert (events(demo), KeySet.objects.filter(kind="file").exists()) == (1, False)
    assert set(folder("").iterdir()) == there


@pytest.mark.parametrize(
    ("line", "because"),
    [
        ("import", "FILE, or --pattern P --count N"),
        ("import keys --pattern user:{n} --count 3", "FILE, or --pattern P --count N"),
        ("import --pattern user:{n}", "--count N"),
        ("import --pattern user:{n} --count 3 --binary", "use --binary with a file"),
        ("import keys --count 3", "use --count with --pattern"),
        ("import --pattern user --count 3", "{n}"),
        ("import --pattern user:{n} --count -1", "Give a number of keys"),
        ("import --pattern user:{n} --count 10000001", "Give a number of keys"),
        ("import --pattern user:{n} --count many", "many"),
        ("import --pattern key-{n} --count 1000", "already has these keys"),
        ("import /nowhere/keys", "cannot be read: No such file"),
        ("import /", "cannot be read: Is a directory"),
        ("import keys --cluster nowhere", "There is no cluster nowhere"),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2_and_changes_nothing(
    ring: Ring, demo: Cluster, line: str, because: str
) -> None:
    assert_refused(ring(line), because)
    assert events(demo) == 1


def test_progress_is_shown_on_a_terminal_and_wiped_before_the_answer(ring: Ring, demo: Cluster) -> None:
    terminal = Terminal()
    with ring.monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", terminal)
        ring("import --pattern fresh:{n} --count 3000")
    shown = terminal.getvalue()
    assert "making keys: 100 %" in shown
    assert "sorting keys: 100 %" in shown
    assert shown.endswith("\r\x1b[K")


def test_a_refusal_after_progress_stands_on_a_line_of_its_own(ring: Ring, demo: Cluster) -> None:
    terminal = Terminal()
    with ring.monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", terminal)
        ran = ring("import", ring.keys(b"a\nb\na\n"))
    assert ran.status == 2
    *_progress, error = terminal.getvalue().split("\r\x1b[K")
    assert error.startswith("error: Line 3 repeats")
