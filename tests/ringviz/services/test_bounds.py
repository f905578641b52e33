"""Every request has bounds; each refusal names its field, and nothing is written."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from live.models import Event
from ringviz.bounds import MAX_ADDRESS, MAX_NAME, MAX_NODES, MAX_SLUG
from ringviz.core.placement import Murmur
from ringviz.errors import Invalid
from ringviz.models import KeySet
from ringviz.services import checks
from ringviz.services.clusters import create_cluster, use_keys
from ringviz.services.keys import pattern_key_set
from tests.ringviz.making import OPERATOR, everything, make_cluster, node_of
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


def refused(field: str, act: Callable[[], Event]) -> str:
    """Checks that an act is refused for a field and writes nothing; returns the message."""
    before = everything()
    with pytest.raises(Invalid) as caught:
        act()
    assert caught.value.field == field
    assert everything() == before
    return caught.value.message


@pytest.mark.parametrize("name", ["", "  ", "x" * (MAX_NAME + 1), "a\nb", "a\x00", "\u202ea", "\ud800", "a", " a "])
def test_a_name_is_new_and_can_be_seen_and_is_not_too_long(db, name):
    make_cluster()
    assert refused("name", lambda: add_node(**ON, name=name))


@pytest.mark.parametrize("name", ["x" * MAX_NAME, "ü 漢 {n} %s <b>", "A"])
def test_any_other_name_is_kept_as_it_is(db, name):
    make_cluster()
    assert add_node(**ON, name=f" {name} ").payload["node"]["name"] == name
    assert node_of(4)["name"] == name


@pytest.mark.parametrize("weight", [-0.1, 100.1, math.inf, -math.inf, math.nan])
def test_a_weight_is_0_to_100(db, weight):
    make_cluster()
    message = refused("weight", lambda: add_node(**ON, name="d", weight=weight))
    assert message == "Give a weight from 0 to 100."
    refused("weight", lambda: reweight_node(**ON, number=1, weight=weight))


@pytest.mark.parametrize(("weight", "tokens"), [(0.0, 0), (0.01, 1), (100.0, 800)])
def test_weights_at_the_edge_have_their_tokens(db, weight, tokens):
    make_cluster()
    assert reweight_node(**ON, number=1, weight=weight).payload["node"]["tokens"] == tokens
    assert add_node(**ON, name="d", weight=weight).payload["node"]["tokens"] == tokens


@pytest.mark.parametrize(
    ("field", "value"),
    [("address", "x" * (MAX_ADDRESS + 1)), ("zone", "x" * (MAX_NAME + 1)), ("address", "a\tb"), ("zone", "\x1b[0m")],
)
def test_address_and_zone_are_short_and_can_be_seen(db, field, value):
    make_cluster()
    texts = {"address": "", "zone": "", field: value}
    refused(field, lambda: add_node(**ON, name="d", **texts))
    refused(field, lambda: edit_node(**ON, number=1, **texts))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("strategy", "best"),
        ("strategy", "slots"),
        ("strategy", ""),
        ("vnodes", 0),
        ("vnodes", 1001),
        ("copies", 0),
        ("copies", 9),
    ],
)
def test_settings_have_bounds(db, field, value):
    make_cluster()
    refused(field, lambda: configure(**ON, **{field: value}))
    refused(field, lambda: make_cluster("other", **{field: value}))


def test_copies_are_changed_by_themselves(db):
    make_cluster()
    refused("copies", lambda: configure(**ON, copies=2, vnodes=9))


@pytest.mark.parametrize(
    ("field", "act"),
    [
        ("strategy", lambda: configure(**ON)),
        ("strategy", lambda: configure(**ON, strategy="ring", vnodes=8, copies=1)),
        ("weight", lambda: reweight_node(**ON, number=1, weight=1)),
        ("address", lambda: edit_node(**ON, number=1, address=" ", zone="")),
        ("keys", lambda: use_keys(**ON, key_set=KeySet.objects.get())),
        ("node", lambda: revive_node(**ON, number=1)),
        ("node", lambda: kill_node(**ON, number=2)),
        ("node", lambda: drain_node(**ON, number=2)),
    ],
)
def test_what_is_so_already_is_no_event(db, field, act):
    make_cluster()
    kill_node(**ON, number=2)
    refused(field, act)


def test_too_many_tokens_are_refused_before_one_is_made(db, monkeypatch):
    make_cluster(nodes=_heavy(), vnodes=1)
    monkeypatch.setattr(Murmur, "tokens", lambda *_: pytest.fail("a token was made"))
    message = refused("vnodes", lambda: configure(**ON, vnodes=1000))
    assert message.startswith("That would make 2,100,000 tokens; the limit is 2,000,000.")
    refused("vnodes", lambda: make_cluster("other", nodes=_heavy(), vnodes=1000))


def _heavy() -> list[dict[str, Any]]:
    return [{"name": f"n{n}", "weight": 100.0} for n in range(21)]


def test_as_many_tokens_as_allowed_are_allowed(db, monkeypatch):
    make_cluster(nodes=["a", "b"], vnodes=10)
    monkeypatch.setattr(checks, "MAX_TOKENS", 21)
    assert refused("vnodes", lambda: configure(**ON, vnodes=11)).startswith(
        "That would make 22 tokens; the limit is 21"
    )
    assert refused("vnodes", lambda: add_node(**ON, name="c"))
    assert refused("vnodes", lambda: reweight_node(**ON, number=1, weight=1.2))
    assert reweight_node(**ON, number=1, weight=1.1).payload["node"]["tokens"] == 11


def test_nodes_that_are_down_count_towards_the_tokens(db, monkeypatch):
    make_cluster(nodes=["a", "b"], vnodes=10)
    kill_node(**ON, number=1)
    monkeypatch.setattr(checks, "MAX_TOKENS", 20)
    refused("vnodes", lambda: add_node(**ON, name="c"))


def test_modulo_has_no_tokens_to_count_until_it_becomes_a_ring(db, monkeypatch):
    make_cluster(nodes=["a", "b"], vnodes=10, strategy="modulo")
    monkeypatch.setattr(checks, "MAX_TOKENS", 20)
    add_node(**ON, name="c")
    refused("vnodes", lambda: configure(**ON, strategy="ring"))


def test_too_many_nodes_are_refused(db, monkeypatch):
    monkeypatch.setattr(checks, "MAX_NODES", 3)
    make_cluster()
    assert refused("name", lambda: add_node(**ON, name="d")) == "A cluster has at most 3 nodes. Remove one first."
    refused("name", lambda: make_cluster("other", nodes="abcd"))
    remove_node(**ON, number=1)
    add_node(**ON, name="d")


def test_the_bound_on_nodes_is_the_documented_one():
    assert MAX_NODES == 10_000


@pytest.mark.parametrize("slug", ["", "A", "a_b", "-a", "a-", "a--b", "a/b", "..", "ä", "a\n", "x" * (MAX_SLUG + 1)])
def test_a_clusters_address_is_small_letters_digits_and_single_hyphens(db, slug):
    keys = pattern_key_set(pattern="k{n}", count=1)
    refused("slug", lambda: create_cluster(actor=OPERATOR, slug=slug, name="x", key_set=keys))


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_has_32_bits(db, seed):
    refused("seed", lambda: make_cluster(seed=seed))


@pytest.mark.parametrize("pattern", ["", "user", "{n}{n}", "{n", "{m}", "{n} {m}", "a\n{n}", "x" * 198 + "{n}"])
def test_a_pattern_has_the_place_of_the_number_once(db, pattern):
    with pytest.raises(Invalid) as caught:
        pattern_key_set(pattern=pattern, count=1)
    assert caught.value.field == "pattern"
    assert not KeySet.objects.exists()


@pytest.mark.parametrize("count", [-1, 10_000_001])
def test_a_pattern_makes_up_to_ten_million_keys(db, count):
    with pytest.raises(Invalid, match="up to 10,000,000") as caught:
        pattern_key_set(pattern="k{n}", count=count)
    assert caught.value.field == "count"
    assert not KeySet.objects.exists()
