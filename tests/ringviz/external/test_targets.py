"""What a person typed becomes one checked address, or one refusal that tells nothing."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest

from ringviz.core import allowed
from ringviz.errors import Invalid
from ringviz.external.targets import Target, Typed, door, read_typed, resolve
from ringviz.models import Node
from tests.ringviz.making import make_cluster

pytestmark = pytest.mark.django_db


@pytest.fixture
def allow(settings):
    def these(*entries: str) -> None:
        settings.ALLOWED_TARGETS = allowed.parse(entries)

    return these


@pytest.fixture
def resolver(monkeypatch):
    """A resolver that gives each of its answers once; the questions are kept."""

    class Resolver:
        answers: list[list[str]] = []
        questions: list[str] = []

        def __call__(self, host: str, port: int, **_options: Any) -> list[Any]:
            self.questions.append(host)
            if not self.answers:
                raise socket.gaierror(socket.EAI_NONAME, "nobody knows")
            return [(0, 0, 0, "", (address, port)) for address in self.answers.pop(0)]

    found = Resolver()
    found.questions, found.answers = [], []
    monkeypatch.setattr(socket, "getaddrinfo", found)
    return found


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("cache.example", Typed("cache.example", 6379)),
        (" Cache.Example.:7000 ", Typed("cache.example", 7000)),
        ("10.0.0.1:1", Typed("10.0.0.1", 1)),
        ("[fd00::1]", Typed("fd00::1", 6379)),
        ("[FD00::1]:65535", Typed("fd00::1", 65535)),
    ],
)
def test_what_is_typed(text, typed):
    assert read_typed(text) == typed


@pytest.mark.parametrize(
    "text",
    [
        *("", ":", ":7000", "a:", "a:0", "a:65536", "a:7000:8000", "fd00::1", "[fd00::1", "[a]:7000", "[10.0.0.1]"),
        *(
            "redis://a:7000",
            "user@a",
            "a b",
            "a/b",
            "a\nb",
            "a\x00b",
            "[fe80::1%eth0]",
            "ü.example",
            "a" * 10_000,
            "-a",
        ),
    ],
)
def test_what_cannot_be_read_is_said(text):
    with pytest.raises(Invalid, match="host:port") as caught:
        read_typed(text)
    assert len(str(caught.value.value)) <= 200


def refusal(text: str) -> str:
    with pytest.raises(Invalid) as caught:
        resolve(text, 1)
    return caught.value.message


def test_by_default_nothing_is_allowed_and_nobody_is_asked(resolver):
    for text in ("10.0.0.1", "127.0.0.1:6379", "[::1]", "cache.example", "localhost"):
        assert refusal(text).startswith("Cannot be attached")
    assert resolver.questions == []


def test_refusals_are_the_same_words(allow, resolver):
    allow("cache.example:7000", "10.0.0.0/8:7000")
    resolver.answers = [["169.254.169.254"]]
    words = {refusal(text) for text in ("cache.example:7000", "unknown.example:7000", "10.0.0.1:7001", "11.0.0.1:7000")}
    assert len(words) == 1


def test_a_name_is_resolved_once_and_its_address_is_what_counts(allow, resolver):
    """Whoever answers for the name answers differently the second time: nobody asks again."""
    allow("*.example:7000")
    resolver.answers = [["10.0.0.1"], ["127.0.0.1"], ["169.254.169.254"]]
    assert resolve("rebinding.example:7000", 1) == Target("10.0.0.1", 7000)
    assert resolver.questions == ["rebinding.example"]
    assert door().permits_still("rebinding.example", Target("10.0.0.1", 7000))
    assert resolver.questions == ["rebinding.example"]
    refusal("rebinding.example:7000")
    refusal("rebinding.example:7000")


def test_of_several_addresses_the_first_that_is_allowed(allow, resolver):
    allow("10.0.0.0/8", "[fd00::/8]")
    resolver.answers = [["fd00::1", "127.0.0.1", "10.0.0.2", "10.0.0.3"]]
    assert resolve("many.example", 1) == Target("10.0.0.2", 6379)
    resolver.answers = [["::ffff:127.0.0.1", "fd00::1"]]
    assert resolve("many.example", 1) == Target("fd00::1", 6379)


@pytest.mark.parametrize("text", ["127.1:7000", "2130706433:7000", "0x7f.1:7000", "0177.0.0.1:7000"])
def test_other_spellings_of_this_machine_are_this_machine(allow, text):
    """As the system's own resolver reads them."""
    allow("0.0.0.0/0", "[::/0]")
    refusal(text)
    allow("127.0.0.1:7000")
    assert resolve(text, 5) == Target("127.0.0.1", 7000)


def test_a_slow_resolver_costs_one_timeout(allow, monkeypatch):
    allow("*.example")
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: over.wait(30) and [])
    began = time.monotonic()
    with pytest.raises(Invalid):
        resolve("slow.example", 0.2)
    assert 0.2 <= time.monotonic() - began < 25
    over.set()


def test_the_hint_server_is_ours(allow, settings):
    settings.REDIS_URL = "redis://10.0.0.5:6379/0"
    allow("10.0.0.0/8")
    refusal("10.0.0.5:6379")
    assert resolve("10.0.0.5:6380", 1) == Target("10.0.0.5", 6380)
    allow("10.0.0.5:6379")
    assert resolve("10.0.0.5:6379", 1) == Target("10.0.0.5", 6379)
    settings.REDIS_URL = "unix:///tmp/valkey.sock"
    allow("10.0.0.0/8")
    assert resolve("10.0.0.5:6379", 1) == Target("10.0.0.5", 6379)


def test_the_servers_of_managed_clusters_are_ours(allow):
    make_cluster(nodes=["a"])
    allow("127.0.0.0/8")
    Node.objects.update(address="127.0.0.1:7001")
    assert resolve("127.0.0.1:7001", 1) == Target("127.0.0.1", 7001)
    type(Node.objects.get().cluster).objects.update(kind="managed")
    refusal("127.0.0.1:7001")
    refusal("127.0.0.2:7001")
    assert resolve("127.0.0.1:7002", 1) == Target("127.0.0.1", 7002)
    assert door().announced("127.0.0.1", 7001) is None


def test_a_managed_server_that_is_no_node_is_ours_too(allow, settings, tmp_path):
    """A replica has no row: its process tells its ports in its directory."""
    settings.DATA_DIR = tmp_path
    allow("127.0.0.0/8")
    resolve("127.0.0.1:7003", 1)
    for name, text in (("1.1", '{"port": 7003, "bus": 7004}'), ("1.2", '{"port'), ("1.3", "[]"), ("1.4", "{}")):
        (tmp_path / "clusters" / "5" / name).mkdir(parents=True)
        (tmp_path / "clusters" / "5" / name / "process.json").write_text(text)
    refusal("127.0.0.1:7003")
    refusal("127.0.0.1:7004")
    resolve("127.0.0.1:7005", 1)


def test_what_a_cluster_announces_passes_the_same_check(allow, resolver):
    allow("10.0.0.0/8:7000", "cache.example")
    here = door()
    assert here.announced("10.0.0.9", 7000) == Target("10.0.0.9", 7000)
    for host, port in (("10.0.0.9", 7001), ("127.0.0.1", 7000), ("cache.example", 7000), ("", 7000), ("10.0.0.9", 0)):
        assert here.announced(host, port) is None
    assert resolver.questions == []


def test_a_rule_that_is_taken_away_ends_the_permission(allow):
    allow("cache.example")
    assert door().permits_still("cache.example", Target("10.0.0.1", 7000))
    assert not door().permits_still("10.0.0.1", Target("10.0.0.1", 7000))
    allow()
    assert not door().permits_still("cache.example", Target("10.0.0.1", 7000))
