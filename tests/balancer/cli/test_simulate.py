from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from balancer.core.named import POLICIES
from balancer.core.simulator.engine import run
from balancer.core.simulator.plan import Frozen, Joins, Killed, Node, Plan, Slow
from tests.balancer.cli.conftest import Balance

ROOT = Path(__file__).parents[3]
SMALL = "simulate --nodes 3 --requests 2000"


def nodes(count: int) -> tuple[Node, ...]:
    return tuple(Node(f"node-{number}") for number in range(1, count + 1))


def test_json_has_the_figures_of_the_simulator(balance: Balance) -> None:
    told = balance("simulate --policy p2c --nodes 4 --load 0.8 --requests 3000 --seed 7 --json").told
    outcome = run(Plan(nodes(4), 0.8, 3_000, 7), "p2c")
    assert told == {
        "policy": "p2c",
        "mean": outcome.mean,
        "interval": outcome.interval,
        "p50": outcome.p50,
        "p95": outcome.p95,
        "p99": outcome.p99,
        "sent": 3_000,
        "answered": 3_000,
        "refused": 0,
        "failed": 0,
        "share": outcome.share,
    }
    assert list(told["share"]) == ["node-1", "node-2", "node-3", "node-4"]
    assert sum(told["share"].values()) == pytest.approx(1.0)


def test_a_table_has_them_too_and_says_that_they_are_simulated(balance: Balance) -> None:
    ran = balance(f"{SMALL} --policy round_robin --seed 5")
    outcome = run(Plan(nodes(3), 0.9, 2_000, 5), "round_robin")
    first, _, head, figures, _, *shares = ran.out.splitlines()
    assert first == ("Simulated: 3 nodes, load 0.9, 2,000 requests, seed 5. Times are in mean service times.")
    assert head.split() == ["POLICY", "MEAN", "±95%", "P50", "P95", "P99", "ANSWERED", "REFUSED", "FAILED"]
    times = (outcome.mean, outcome.interval, outcome.p50, outcome.p95, outcome.p99)
    assert figures.split() == ["round_robin", *(f"{time:.3f}" for time in times), "2,000", "0", "0"]
    assert [line.split() for line in shares[1:]] == [
        ["node-1", "33.35%"],
        ["node-2", "33.35%"],
        ["node-3", "33.30%"],
    ]


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_can_be_simulated(balance: Balance, policy: str) -> None:
    told = balance(f"{SMALL} --policy {policy} --json").told
    assert (told["policy"], told["answered"]) == (policy, 2_000)


def test_queue_and_skew_reach_the_plan(balance: Balance) -> None:
    told = balance(f"{SMALL} --policy random --load 1.5 --queue 4 --skew 1.1 --keys 50 --json").told
    outcome = run(Plan(nodes(3), 1.5, 2_000, 1, queue=4, skew=1.1, keys=50), "random")
    assert (told["refused"], told["mean"]) == (outcome.refused, outcome.mean)
    assert told["refused"] > 500


def test_speeds_weights_and_faults_reach_the_plan(balance: Balance) -> None:
    faults = (
        "--freeze node-1=0.3/100 --freeze node-2=5..25 --slow node-3=0.5 --slow node-1=0.2/10..20 --kill node-2=300"
    )
    told = balance(f"{SMALL} --policy jsq --speed node-1=2 --weight node-2=3 {faults} --join new=200 --json").told
    plan = Plan(
        (Node("node-1", speed=2.0), Node("node-2", weight=3.0), Node("node-3")),
        0.9,
        2_000,
        1,
        faults=(
            Joins(Node("new"), 200.0),
            Frozen(0, every=100.0, part=0.3),
            Frozen(1, 5.0, 25.0),
            Slow(2, 0.5),
            Slow(0, 0.2, 10.0, 20.0),
            Killed(1, 300.0),
        ),
    )
    outcome = run(plan, "jsq")
    assert (told["mean"], told["failed"], told["share"]) == (outcome.mean, outcome.failed, outcome.share)
    assert told["share"]["new"] > 0


def test_a_node_that_joins_can_be_named_in_a_fault(balance: Balance) -> None:
    told = balance(f"{SMALL} --policy round_robin --join late=900 --join soon=10 --kill soon=11 --json").told
    assert list(told["share"]) == ["node-1", "node-2", "node-3", "soon", "late"]
    assert told["share"]["soon"] < 0.01


def test_without_an_answer_the_times_are_null(balance: Balance) -> None:
    told = balance("simulate --policy random --nodes 1 --requests 10 --kill node-1=0 --json").told
    assert (told["mean"], told["p99"], told["refused"]) == (None, None, 10)
    assert balance("simulate --policy random --nodes 1 --requests 10 --kill node-1=0").out.count(" - ") == 5


@pytest.mark.parametrize(
    ("words", "because"),
    [
        ("--policy fastest", f"there is no policy 'fastest'; choose one of: {', '.join(POLICIES)}"),
        ("", "the following arguments are required: --policy"),
        ("--policy p2c --nodes 0", "the number of nodes must be from 1 to 1,000, not 0"),
        ("--policy p2c --nodes 999999999", "the number of nodes must be from 1 to 1,000, not 999,999,999"),
        ("--policy p2c --requests 0", "the number of requests must be from 1 to 10,000,000, not 0"),
        ("--policy p2c --requests 10000001", "the number of requests must be from 1 to 10,000,000, not 10,000,001"),
        ("--policy p2c --load 0", "the load must be from 0.001 to 2, not 0"),
        ("--policy p2c --load nan", "the load must be from 0.001 to 2, not nan"),
        ("--policy p2c --load inf", "the load must be from 0.001 to 2, not inf"),
        ("--policy p2c --load 1.2", "at a load of 1.2 the queues would grow forever; lower the load or set --queue"),
        ("--policy p2c --seed -1", "the seed must be from 0 to 4,294,967,295, not -1"),
        ("--policy p2c --seed x", "argument --seed: invalid int value: 'x'"),
        ("--policy p2c --queue 0", "the queue must be from 1 to 1,000,000, not 0"),
        ("--policy p2c --skew 9", "the skew must be from 0 to 5, not 9"),
        ("--policy p2c --keys 0", "the number of keys must be from 1 to 1,000,000, not 0"),
        ("--policy random --option d=3", "the policy has no option 'd'; it has: none"),
        ("--policy random --option d", "'d' is not an option; write NAME=NUMBER, for example c=1.25"),
        ("--policy p2c --speed node-2=0", "a speed must be from 0.01 to 100, not 0"),
        ("--policy p2c --weight node-2=0", "a weight must be from 0.001 to 1,000, not 0"),
        (
            "--policy p2c --speed node-2=x",
            "'node-2=x' is not a valid --speed. Write NODE=NUMBER, for example node-2=0.5.",
        ),
        ("--policy p2c --kill node-9=5", "there is no node 'node-9'; the nodes are node-1 to node-5"),
        ("--policy p2c --kill node-2", "'node-2=' is not a valid --kill. Write it like --kill node-2=500."),
        ("--policy p2c --kill node-2=-1", "the time of a fault must be from 0 to 1,000,000,000, not -1"),
        ("--policy p2c --kill node-2=1 --kill node-2=2", "a node can be killed only once; give --kill once per node"),
        ("--policy p2c --join x=5 --kill x=5", "a node that joins at 5 cannot be killed at 5; kill it later"),
        ("--policy p2c --join node-1=5", "two nodes are named 'node-1'; give each its own name"),
        ("--policy p2c --join =5", "a node needs a name"),
        ("--policy p2c --join a\x1b=5", r"the node name 'a\x1b' contains characters that cannot be displayed"),
        (
            "--policy p2c --freeze node-2=5",
            "'node-2=5' is not a valid --freeze. Write it like --freeze node-2=0.3/1000.",
        ),
        ("--policy p2c --freeze node-2=1/9", "the frozen part of a period must be from 0.01 to 0.99, not 1"),
        ("--policy p2c --freeze node-2=0.5/0", "the period of a freeze must be from 0.1 to 1,000,000,000, not 0"),
        ("--policy p2c --freeze node-2=9..9", "a fault that starts at 9 must end after that, not at 9"),
        ("--policy p2c --freeze node-2=9..nan", "a fault that starts at 9 must end after that, not at nan"),
        ("--policy p2c --slow node-2=0", "the speed factor must be from 0.01 to 100, not 0"),
        ("--policy p2c --slow node-2=1/x", "'node-2=1/x' is not a valid --slow. Write it like --slow node-2=0.5."),
        ("--policy p2c" + " --slow node-2=1" * 101, "the number of faults must be from 0 to 100, not 101"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(balance: Balance, words: str, because: str) -> None:
    ran = balance(f"simulate --nodes 5 {words}")
    assert ran.error == f"error: {because}\n"
    assert (ran.out, ran.status) == ("", 2)


@pytest.mark.no_cover
def test_no_database_is_needed() -> None:
    words = "balance simulate --policy p2c --nodes 3 --requests 1000 --seed 3 --json".split()
    environment = os.environ | {"DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3"}
    ran = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    assert json.loads(ran.stdout)["mean"] == run(Plan(nodes(3), 0.9, 1_000, 3), "p2c").mean
