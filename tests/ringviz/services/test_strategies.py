"""Clusters of every strategy: rows, events and undo agree with the core for the same nodes and keys."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringviz.bounds import MAX_KEYS, MAX_STEPS
from ringviz.core.keys import KeyIndex
from ringviz.core.placement import Murmur, PlacedNode
from ringviz.core.state import State
from ringviz.core.strategy import STRATEGIES, build
from ringviz.errors import Invalid, Refused
from ringviz.events import apply
from ringviz.models import Cluster
from ringviz.selectors.clusters import known
from ringviz.selectors.past import state_at
from ringviz.services.actions import decision_of
from ringviz.services.checks import check_size, options_asked
from ringviz.services.planning import make_plan
from ringviz.services.undo import undo
from tests.ringviz.making import OPERATOR, make_cluster, state_of
from tests.ringviz.nodes import add_node, configure, kill_node, remove_node, revive_node, reweight_node

ON: dict[str, Any] = {"slug": "small", "actor": OPERATOR}
KEYS = [b"k%d" % n for n in range(200)]
OTHER = {"table_size": 251, "probes": 3, "c": 1.1}  # than the defaults

every_strategy = pytest.mark.parametrize("strategy", STRATEGIES)
_slugs = (f"life-{n}" for n in count())


def options_for(strategy: str) -> dict[str, float]:
    return {option.name: OTHER[option.name] for option in STRATEGIES[strategy].options}


def owners(state: State) -> list[int]:
    """The number of each key's owner, from the core alone; 0 means no owner."""
    cluster = state["cluster"]
    members = [node for node in state["nodes"] if node["state"] == "active"]
    placement = Murmur(cluster["vnodes"], cluster["seed"])
    nodes = [PlacedNode(node["name"], node["weight"]) for node in members]
    placed = build(cluster["strategy"], nodes, placement=placement, options=cluster["options"])
    index = KeyIndex.build(placement.hash_many(KEYS))
    found = dict(zip(index.order.tolist(), placed.owners_at(index, slice(None)).tolist(), strict=True))
    return [members[found[place]]["number"] if found[place] >= 0 else 0 for place in range(len(KEYS))]


def check(state: State) -> None:
    held = Counter(owners(state))
    assert [node["keys"] for node in state["nodes"]] == [held[node["number"]] for node in state["nodes"]]


@every_strategy
def test_a_change_of_strategy_is_planned_made_and_undone(db, strategy):
    make_cluster(nodes=["a", "b", {"name": "c", "weight": 2.0}, "d"], strategy="modulo")
    if strategy == "modulo":
        configure(**ON, strategy="ring")
    before = state_of()
    text = ",".join(f"{name}={value}" for name, value in options_for(strategy).items())
    planned = make_plan("small", decision_of("configure", {"strategy": strategy, "options": text}))
    event = configure(**ON, strategy=strategy, options=options_for(strategy))
    after = state_of()
    assert planned.payload == event.payload
    assert after["cluster"]["options"] == options_for(strategy)
    check(after)
    moved = sum(was != now for was, now in zip(owners(before), owners(after), strict=True))
    assert event.payload["movement"]["moved"] == moved > 0
    undo(**ON, version=event.version)
    assert state_of()["cluster"] == before["cluster"]
    assert owners(state_of()) == owners(before)


@every_strategy
def test_another_strategy_begins_with_its_defaults(db, strategy):
    make_cluster(strategy="maglev", options={"table_size": 13})
    configure(**ON, strategy=strategy, **({"copies": None} if strategy != "maglev" else {"vnodes": 9}))
    defaults = {option.name: option.default for option in STRATEGIES[strategy].options}
    expected = {"table_size": 13} if strategy == "maglev" else defaults
    assert state_of()["cluster"]["options"] == Cluster.objects.get(slug="small").options == expected


def test_jump_counts_nodes_by_their_numbers_so_that_undo_and_the_past_have_the_same_owners(db):
    stream_id = make_cluster(nodes=["z", "b", "m", "a"], strategy="jump").stream_id
    first = owners(state_of())
    removed = remove_node(**ON, number=2)
    moved = {(was, now) for was, now in zip(first, owners(state_of()), strict=True) if was != now}
    assert any(was != 2 for was, _now in moved), "who stood behind the second is renumbered"
    assert removed.payload["movement"]["needless"] > 0
    undo(**ON, version=removed.version)
    assert owners(state_of()) == first == owners(state_at(stream_id, 1))
    last = remove_node(**ON, number=4)
    assert last.payload["movement"]["needless"] == 0


acts = st.one_of(
    st.tuples(st.just("strategy"), st.sampled_from(list(STRATEGIES)), st.booleans()),
    st.tuples(st.just("add"), st.sampled_from(["x", "y", "ü"]), st.sampled_from([0.0, 1.0, 2.5])),
    st.tuples(st.sampled_from(["kill", "revive", "remove"]), st.integers(1, 6)),
    st.tuples(st.just("reweight"), st.integers(1, 6), st.sampled_from([0.0, 0.5, 3.0])),
    st.tuples(st.just("undo")),
)


def perform(slug: str, act: tuple[Any, ...]) -> Any:
    on: dict[str, Any] = {"slug": slug, "actor": OPERATOR}
    match act:
        case ("strategy", strategy, others):
            return configure(**on, strategy=strategy, options=options_for(strategy) if others else {})
        case ("add", name, weight):
            return add_node(**on, name=name, weight=weight)
        case ("reweight", number, weight):
            return reweight_node(**on, number=number, weight=weight)
        case ("undo",):
            return undo(**on, version=known(slug).v)
        case (what, number):
            return {"kill": kill_node, "revive": revive_node, "remove": remove_node}[what](**on, number=number)


@given(life=st.lists(acts, max_size=10))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_rows_log_and_the_core_agree(db, life):
    slug = next(_slugs)
    stream_id = make_cluster(slug, copies=2).stream_id
    for act in life:
        before = known(slug)
        try:
            event = perform(slug, act)
        except Refused:
            assert known(slug) == before
            continue
        after = known(slug)
        assert apply(before.state, event.kind, event.payload) == after.state == state_at(stream_id, after.v)
        check(after.state)
        check(state_at(stream_id, before.v))


@pytest.mark.parametrize(
    ("strategy", "text", "said"),
    [
        ("maglev", "table_size=65536", "Table size: Give a prime number from 2 to 655,373."),
        ("multiprobe", "probes=2.5", "Probes per key: Give a whole number from 1 to 128."),
        ("bounded", "c=0.99", "Fair shares per node, at most: Give a number from 1 to 10."),
        ("jump", "c=2", "Jump hash has no parameter 'c'. It has: none."),
        ("maglev", "c=2", "Maglev has no parameter 'c'. It has: table_size."),
        ("maglev", "table_size", "Write NAME=NUMBER, as in table_size=65537."),
        ("maglev", "table_size=nan", "Write NAME=NUMBER, as in table_size=65537."),
        ("maglev", "table_size=inf", "Write NAME=NUMBER, as in table_size=65537."),
        ("maglev", "a=1," * 80, "Use at most 200 characters."),
    ],
)
def test_parameters_that_make_no_sense_are_refused_and_nothing_changes(db, strategy, text, said):
    make_cluster()
    before = known("small")
    with pytest.raises(Invalid) as refused:
        make_plan("small", decision_of("configure", {"strategy": strategy, "options": text}))
    assert (refused.value.field, refused.value.message) == ("options", said)
    assert known("small") == before


def test_what_would_take_minutes_is_refused(db):
    make_cluster(nodes=[f"n{n}" for n in range(101)], strategy="rendezvous")
    state = state_of()
    check_size({**state, "keys": {**state["keys"], "count": MAX_STEPS // 101}})
    with pytest.raises(Invalid, match="at most 9,900,990 keys"):
        check_size({**state, "keys": {**state["keys"], "count": MAX_KEYS}})


def test_options_are_read_as_they_are_spelled():
    assert options_asked(" c=1.25 , probes=21") == {"c": 1.25, "probes": 21}
    assert options_asked("") == {}
