"""Any life of a cluster: the rows, the folded log and an independent recomputation agree after each step."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from live.models import Event
from ringviz.core.state import State
from ringviz.errors import Refused
from ringviz.events import apply
from ringviz.selectors.clusters import known
from ringviz.selectors.past import state_at
from ringviz.services import clusters
from ringviz.services.keys import file_key_set, pattern_key_set
from ringviz.services.undo import undo
from tests.ringviz import nodes, plain
from tests.ringviz.making import OPERATOR, make_cluster

_slugs = (f"life-{n}" for n in count())

FILE_KEYS = [b"\xff%d\x00" % n for n in range(31)]
KEYS: dict[str, list[bytes]] = {
    "k{n}": [b"k%d" % n for n in range(70)],
    "none{n}": [],
    "file": FILE_KEYS,
}


def key_set(label: str) -> Any:
    if label == "file":
        return file_key_set(source=BytesIO(b"\n".join(FILE_KEYS)), label=label)
    return pattern_key_set(pattern=label, count=len(KEYS[label]))


numbers = st.integers(1, 6)
weights = st.sampled_from([0.0, 0.1, 1.0, 2.5])
act = st.one_of(
    st.tuples(st.just("add"), st.sampled_from(["x", "y", "z", "ü"]), weights),
    st.tuples(st.sampled_from(["kill", "revive", "drain", "remove"]), numbers),
    st.tuples(st.just("reweight"), numbers, weights),
    st.tuples(st.just("edit"), numbers, st.sampled_from(["", "here"])),
    st.tuples(st.just("strategy"), st.sampled_from(["ring", "modulo"])),
    st.tuples(st.just("vnodes"), st.sampled_from([1, 5])),
    st.tuples(st.just("copies"), st.integers(1, 4)),
    st.tuples(st.just("keys"), st.sampled_from(sorted(KEYS))),
    st.tuples(st.just("undo")),
)


def perform(slug: str, what: tuple[Any, ...]) -> Event:
    """Carries out one of the acts on a cluster."""
    on: dict[str, Any] = {"slug": slug, "actor": OPERATOR}
    acts: dict[str, Callable[..., Event]] = {
        "add": lambda name, weight: nodes.add_node(**on, name=name, weight=weight),
        "kill": lambda number: nodes.kill_node(**on, number=number),
        "revive": lambda number: nodes.revive_node(**on, number=number),
        "drain": lambda number: nodes.drain_node(**on, number=number),
        "remove": lambda number: nodes.remove_node(**on, number=number),
        "reweight": lambda number, weight: nodes.reweight_node(**on, number=number, weight=weight),
        "edit": lambda number, zone: nodes.edit_node(**on, number=number, address="", zone=zone),
        "strategy": lambda strategy: nodes.configure(**on, strategy=strategy),
        "vnodes": lambda vnodes: nodes.configure(**on, vnodes=vnodes),
        "copies": lambda copies: nodes.configure(**on, copies=copies),
        "keys": lambda label: clusters.use_keys(**on, key_set=key_set(label)),
        "undo": lambda: undo(**on, version=known(slug).v),
    }
    return acts[what[0]](*what[1:])


def check_figures(state: State) -> None:
    """Checks that every node has what plain Python computes."""
    expected = plain.figures(state, KEYS[state["keys"]["label"]])
    for node in state["nodes"]:
        keys, ownership, tokens = expected[node["number"]]
        assert (node["keys"], node["tokens"]) == (keys, tokens), node
        assert node["ownership"] == pytest.approx(ownership, abs=1e-12), node


def check_movement(before: State, after: State, told: dict[str, Any]) -> None:
    """Checks that the summary reports the moves that plain Python computes."""
    keys = KEYS[after["keys"]["label"]]
    pairs = plain.moved_pairs(before, after, keys)
    assert told["keys"] == len(keys)
    assert told["moved"] == sum(pairs.values())
    assert {(source, target): n for source, target, n in told["pairs"]} == pairs
    assert [n for _source, _target, n in told["pairs"]] == sorted(pairs.values(), reverse=True)
    assert told["pairs_left_off"] == 0
    assert told["needless"] == plain.needless(before, after, pairs)
    modulo = plain.moved_pairs(plain.as_modulo(before), plain.as_modulo(after), keys)
    assert told["modulo"] == {"moved": sum(modulo.values())}
    assert told["copies"] == plain.copies(before, after, keys)


@given(life=st.lists(act, max_size=12), seed=st.sampled_from([0, 77]), copies=st.integers(1, 4))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_rows_log_and_plain_python_agree(db, life, seed, copies):
    slug = next(_slugs)
    stream_id = make_cluster(slug, key_set=key_set("k{n}"), vnodes=3, copies=copies, seed=seed).stream_id
    check_figures(known(slug).state)
    for what in life:
        before = known(slug)
        try:
            event = perform(slug, what)
        except Refused:
            assert known(slug) == before, f"{what} was refused and changed something"
            continue
        after = known(slug)
        assert after.v == event.version == before.v + 1
        assert apply(before.state, event.kind, event.payload) == after.state
        assert state_at(stream_id, after.v) == after.state
        assert state_at(stream_id, before.v) == before.state
        check_figures(after.state)
        if event.payload["movement"] is not None:
            check_movement(before.state, after.state, event.payload["movement"])
