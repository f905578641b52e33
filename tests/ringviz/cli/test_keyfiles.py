"""`import`, `place` and `diff` accept and refuse the same real-life files, and say what they converted."""

from __future__ import annotations

import codecs
import gzip
import json

import pytest

from ringviz.models import Cluster
from ringviz.stores.keysets import keys_at
from tests.ringviz.cli.clusters import make_cluster
from tests.ringviz.cli.running import Ran, Ring, assert_refused

pytestmark = pytest.mark.django_db(transaction=True)  # a command closes its connections

CRLF = b"user:1\r\nuser:2\r\n"
UTF16 = codecs.BOM_UTF16_LE + CRLF.decode().encode("utf-16-le")
COMMANDS = {"import": "import", "place": "place --node a --keys", "diff": "diff --node a --add b --keys"}

SAME = {
    b"user:1\nuser:2\n": "",
    gzip.compress(b"user:1\nuser:2\n"): "",
    CRLF: "CRLF read as LF",
    codecs.BOM_UTF8 + b"user:1\nuser:2": "UTF-8 byte order mark removed",
    UTF16: "UTF-16 read as UTF-8, CRLF read as LF",
    gzip.compress(UTF16): "UTF-16 read as UTF-8, CRLF read as LF",
}
REFUSED = {
    b"": "The file is empty.",
    gzip.compress(b""): "The file is empty.",
    codecs.BOM_UTF8: "The file is empty.",
    b"\n": "Line 1 is empty.",
    b"a\r\n\r\nb\r\n": "Line 2 is empty.",
    b"a\n" + b"k" * 1025: "Line 2 has more than 1024 bytes.",
    b"user:1\nuser:2\nuser:1\n": "Line 3 repeats the key user:1 of line 1.",
    b"user:1\r\nuser:1": "Line 2 repeats the key user:1 of line 1.",
    gzip.compress(b"a\nb\n", mtime=0)[:-6]: "The gzip file is damaged",
    codecs.BOM_UTF16_LE + b"a\x00\n\x00\x00\xd8": "The file is not valid UTF-16 after line 1.",
}


@pytest.fixture
def demo() -> Cluster:
    return make_cluster("demo", demo=True)


def keys_of(ran: Ran, command: str) -> object:
    """What the command read the two keys as."""
    assert ran.status == 0, ran.error
    if command == "import":
        return keys_at(Cluster.objects.get(slug="demo").key_set, range(2))
    if command == "diff":
        return json.loads(ran.out)["keys"]
    return [line.partition(b"\t")[0] for line in ran.out.removesuffix(b"\n").split(b"\n")]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_same_two_keys_come_of_every_file_that_holds_them(ring: Ring, demo: Cluster, command: str) -> None:
    for data, said in SAME.items():
        name = ring.keys(data)
        ran = ring(COMMANDS[command], name)
        if command == "import" and ran.status == 2:
            assert "already has these keys" in ran.error  # of another file: the same keys are the same key set
            continue
        assert keys_of(ran, command) == (2 if command == "diff" else [b"user:1", b"user:2"])
        assert ran.error == (f"note: {name!r}: {said}; --binary keeps every byte\n" if said else "")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_same_files_are_refused_in_the_same_words_and_nothing_is_written(
    ring: Ring, demo: Cluster, command: str
) -> None:
    for data, because in REFUSED.items():
        assert_refused(ring(COMMANDS[command], ring.keys(data)), because)
    assert Cluster.objects.get(slug="demo").key_set == demo.key_set


def test_an_import_says_what_it_converted(ring: Ring, demo: Cluster) -> None:
    ran = ring("import", ring.keys(UTF16))
    assert ran.out == b"demo: 2 keys (version 2)\n"
    assert "UTF-16 read as UTF-8, CRLF read as LF" in ran.error


@pytest.mark.parametrize("command", COMMANDS)
def test_bytes_stay_bytes_where_that_is_asked_for(ring: Ring, demo: Cluster, command: str) -> None:
    name, _space, words = COMMANDS[command].partition(" ")
    ran = ring(f"{name} --binary {words}", ring.keys(CRLF))
    assert ran.error == ""
    assert keys_of(ran, command) == (2 if command == "diff" else [b"user:1\r", b"user:2\r"])
