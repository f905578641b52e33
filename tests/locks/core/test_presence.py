"""A holder counts as connected only if a connection has its name."""

import pytest

from locks.core.holds import Hold
from locks.core.observed import Connection
from locks.core.presence import Presence
from locks.core.reading import Proof, Reading


def a_hold(holder: bytes, **about: str) -> Hold:
    proof = Proof("string", holder)
    return Hold(Reading(b"k", b"k", "x", "certain", proof, holder_id=holder, about=about), 0, True, None, 2.0)


def named(*names: str) -> list[Connection]:
    return [Connection("", name, "get", "N", 1, 1) for name in names]


@pytest.mark.parametrize(
    ("hold", "name"),
    [
        (a_hold(b"web-1:4711"), "web-1:4711"),
        (a_hold(b"worker-5:0123"), "worker-5"),
        (a_hold(b"x", host="web-1", pid="4711"), "web-1:4711"),
        (a_hold(b"x", label="worker-5"), "worker-5"),
    ],
)
def test_a_holder_whose_connection_ends_is_absent_from_then_on(hold, name):
    presence = Presence()
    assert presence.see([hold], named("other", name), 1_000) == {}
    assert len(presence) == 1
    assert presence.see([], named("other"), 2_000) == {hold.id: 2_000}
    assert presence.see([], named("other"), 3_000) == {hold.id: 2_000}
    assert presence.see([], named(name), 4_000) == {}
    presence.forget(hold.id)
    assert presence.see([], [], 5_000) == {}


@pytest.mark.parametrize("names", [(), ("",), ("web",), ("somebody",)])
def test_who_was_never_seen_is_unknown(names):
    presence = Presence()
    assert presence.see([a_hold(b"web:1")], named(*names), 1_000) == {}
    assert presence.see([], [], 2_000) == {}
