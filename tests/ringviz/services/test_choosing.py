from __future__ import annotations

from typing import Any

import pytest

from ringviz.bounds import MAX_COMPARED
from ringviz.core.state import State
from ringviz.core.strategy import STRATEGIES
from ringviz.errors import Invalid
from ringviz.services.choosing import chosen


def state(nodes: int = 3, **settings: Any) -> State:
    usual = {"kind": "simulated", "strategy": "ring", "options": {}, "vnodes": 160, "copies": 1, "seed": 0}
    members = [{"number": n, "name": f"n{n}", "weight": 1.0, "state": "active"} for n in range(1, nodes + 1)]
    whole: Any = {"cluster": {**usual, **settings}, "nodes": members}
    return whole  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("ring", "ring:vnodes=160"),
        ("ring:vnodes=16", "ring:vnodes=16"),
        ("maglev", "maglev:table_size=65537"),
        ("maglev:table_size=1009", "maglev:table_size=1009"),
        ("maglev:table_size=1009.0", "maglev:table_size=1009"),
        ("bounded:c=2", "bounded:vnodes=160,c=2.0"),
        ("multiprobe:probes=3, vnodes=1", "multiprobe:vnodes=1,probes=3"),
        ("jump:", "jump"),
    ],
)
def test_a_text_is_a_strategy_and_its_parameters(text: str, spelled: str) -> None:
    (found,) = chosen([text], state())
    assert found.text == spelled
    assert chosen([found.text], state()) == (found,)


def test_without_a_text_every_strategy_is_meant() -> None:
    assert [one.strategy for one in chosen([], state())] == list(STRATEGIES)


def test_the_same_twice_is_compared_once_and_another_parameter_is_another() -> None:
    found = chosen(["ring", "jump", "ring:vnodes=160", "ring:vnodes=16"], state())
    assert [one.text for one in found] == ["ring:vnodes=160", "jump", "ring:vnodes=16"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("slots", "Choose one of: ring, modulo"),
        ("", "Choose one of"),
        ("<b>", "Choose one of"),
        ("maglev:table_size=10", "a prime number from 2 to 655,373"),
        ("maglev:table_size", "Write NAME=NUMBER"),
        ("maglev:table_size=nan", "Write NAME=NUMBER"),
        ("maglev:size=7", "has no parameter"),
        ("jump:vnodes=16", "has no parameter"),
        ("ring:vnodes=0", "Give 1 to 1000 tokens per node"),
        ("ring:vnodes=1001", "Give 1 to 1000 tokens per node"),
        ("ring:vnodes=1.5", "Give 1 to 1000 tokens per node"),
        ("bounded:c=0.5", "from 1 to 10"),
        ("ring:" + "a" * 100_000, "at most 200 characters"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        chosen([text], state())
    assert said in refused.value.message


def test_there_are_bounds() -> None:
    many = [f"ring:vnodes={n}" for n in range(1, MAX_COMPARED + 2)]
    assert len(chosen(many[:-1], state())) == MAX_COMPARED
    with pytest.raises(Invalid, match="at most 12"):
        chosen(many, state())
    with pytest.raises(Invalid, match="3,001,000 tokens"):
        chosen(["ring:vnodes=1000"], state(nodes=3_000))
