"""What a person typed becomes one checked address, or one refusal that reveals nothing."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest

from servers.address import Address
from servers.guard import rules
from servers.guard.door import Door, Target
from servers.guard.resolving import NotLetIn, NotTyped, read_typed, resolve


def letting_in(*entries: str) -> Door:
    return Door(rules.parse(entries), frozenset())


@pytest.fixture
def resolver(monkeypatch):
    """A resolver that gives each of its answers once, and records the questions."""

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
        ("cache.example", Address("cache.example", 6379)),
        (" Cache.Example.:7000 ", Address("cache.example", 7000)),
        ("10.0.0.1:1", Address("10.0.0.1", 1)),
        ("[fd00::1]", Address("fd00::1", 6379)),
        ("[FD00::1]:65535", Address("fd00::1", 65535)),
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
def test_what_cannot_be_read(text):
    with pytest.raises(NotTyped):
        read_typed(text)


def resolved(text: str, door: Door) -> Target | None:
    """None where it is not let in."""
    try:
        return resolve(read_typed(text), door, 5)
    except NotLetIn:
        return None


def test_without_rules_nothing_is_let_in_and_nobody_is_asked(resolver):
    for text in ("10.0.0.1", "127.0.0.1:6379", "[::1]", "cache.example", "localhost"):
        assert resolved(text, letting_in()) is None
    assert resolver.questions == []


def test_not_allowed_and_not_resolvable_are_the_same(resolver):
    door = letting_in("cache.example:7000", "10.0.0.0/8:7000")
    resolver.answers = [["169.254.169.254"]]
    for text in ("cache.example:7000", "unknown.example:7000", "10.0.0.1:7001", "11.0.0.1:7000"):
        assert resolved(text, door) is None


def test_a_name_is_resolved_once_and_its_address_is_what_counts(resolver):
    """The second answer for the name would be different, but nobody asks again."""
    door = letting_in("*.example:7000")
    resolver.answers = [["10.0.0.1"], ["127.0.0.1"], ["169.254.169.254"]]
    assert resolved("rebinding.example:7000", door) == Target("10.0.0.1", 7000)
    assert resolver.questions == ["rebinding.example"]
    assert door.permits_still("rebinding.example", Target("10.0.0.1", 7000))
    assert resolver.questions == ["rebinding.example"]
    assert resolved("rebinding.example:7000", door) is None
    assert resolved("rebinding.example:7000", door) is None


def test_of_several_addresses_the_first_that_is_allowed(resolver):
    door = letting_in("10.0.0.0/8", "[fd00::/8]")
    resolver.answers = [["fd00::1", "127.0.0.1", "10.0.0.2", "10.0.0.3"]]
    assert resolved("many.example", door) == Target("10.0.0.2", 6379)
    resolver.answers = [["::ffff:127.0.0.1", "fd00::1"]]
    assert resolved("many.example", door) == Target("fd00::1", 6379)


@pytest.mark.parametrize("text", ["127.1:7000", "2130706433:7000", "0x7f.1:7000", "0177.0.0.1:7000"])
def test_other_spellings_of_this_machine_are_this_machine(text):
    """As the system's own resolver reads them."""
    assert resolved(text, letting_in("0.0.0.0/0", "[::/0]")) is None
    assert resolved(text, letting_in("127.0.0.1:7000")) == Target("127.0.0.1", 7000)


def test_a_slow_resolver_costs_one_timeout(monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: over.wait(30) and [])
    began = time.monotonic()
    with pytest.raises(NotLetIn):
        resolve(Address("slow.example", 6379), letting_in("*.example"), 0.2)
    assert 0.2 <= time.monotonic() - began < 25
    over.set()
