from __future__ import annotations

import pytest

from balancer.cli.racing import entries_of
from balancer.core.simulator.engine import run
from balancer.core.simulator.plan import Node, Plan
from tests.balancer.cli.conftest import Balance

PLAN = Plan((Node("node-1"), Node("node-2")), 0.8, 2_000, 3)
WORDS = "race --nodes 2 --load 0.8 --requests 2000 --seed 3"


def test_json_has_each_policy_as_if_it_were_simulated_alone(balance: Balance) -> None:
    found = balance(f"{WORDS} --policies jsq,random,round_robin --json").told["policies"]
    alone = [
        balance(f"simulate {WORDS.removeprefix('race')} --policy {name} --json").told
        for name in ("jsq", "random", "round_robin")
    ]
    assert found == [one | {"options": {}} for one in alone]


def test_the_table_has_them_side_by_side(balance: Balance) -> None:
    lines = balance(f"{WORDS} --policies jsq,random").out.splitlines()
    jsq, random = run(PLAN, "jsq"), run(PLAN, "random")
    assert [line.split()[:2] for line in lines[3:5]] == [
        ["jsq", f"{jsq.mean:.3f}"],
        ["random", f"{random.mean:.3f}"],
    ]
    assert lines[6].split() == ["SHARE", "OF", "ANSWERS", "jsq", "random"]
    assert lines[7].split() == ["node-1", f"{jsq.share['node-1']:.2%}", f"{random.share['node-1']:.2%}"]


def test_an_option_belongs_to_the_policy_before_it() -> None:
    text = "p2c,bounded_ring:c=1.5,vnodes=10,jsq"
    assert entries_of(text) == ["p2c", "bounded_ring:c=1.5,vnodes=10", "jsq"]


@pytest.mark.parametrize(
    ("policies", "because"),
    [
        ("p2c", "give 2 to 16 policies, as in --policies random,p2c,jsq"),
        (",".join(["p2c"] * 17), "give 2 to 16 policies, as in --policies random,p2c,jsq"),
        ("p2c,", "there is no policy ''"),
        ("p2c,fastest", "there is no policy 'fastest'; choose one of: random, "),
        ("p2c,random:d=3", "the policy has no option 'd'; it has: none"),
        ("p2c,random:d", "'d' is not an option; write NAME=NUMBER"),
    ],
)
def test_what_cannot_be_is_refused(balance: Balance, policies: str, because: str) -> None:
    ran = balance(f"{WORDS} --policies {policies}")
    assert ran.error.startswith(f"error: {because}")
    assert (ran.out, ran.status) == ("", 2)
