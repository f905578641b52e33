"""Every strategy places the buckets of real servers: keys move, none is lost, and a death is reported as it was."""

from __future__ import annotations

import os
import signal

import mmh3
import numpy as np
import pytest

from live.subjects import kind_of
from ringviz.core.buckets import BUCKET_SHIFT, BUCKETS
from ringviz.core.placement import Bucketed, PlacedNode
from ringviz.core.strategy import STRATEGIES, abilities_of, build
from ringviz.events import KeysLost, KeysRefilled, NodeKilled

KEYS = 3_000
OPTIONS = {"maglev": "table_size=509", "multiprobe": "probes=5", "bounded": "c=1.05"}

EVERY = [name for name in STRATEGIES if not abilities_of(name).minimal]

pytestmark = pytest.mark.installation(nodes=4, keys=KEYS, vnodes=8)


def expected(real) -> dict[int, int]:
    """How many keys each node should have: by the core, with each key hashed again."""
    state = real.state()
    members = [node for node in state["nodes"] if node["state"] == "active"]
    cluster = state["cluster"]
    placed = build(
        cluster["strategy"],
        [PlacedNode(node["name"], node["weight"]) for node in members],
        placement=Bucketed(cluster["vnodes"], cluster["seed"]),
        options=cluster["options"],
    )
    owners = placed.owners(np.arange(BUCKETS, dtype=np.uint32) << np.uint32(BUCKET_SHIFT))
    counts = dict.fromkeys((node["number"] for node in members), 0)
    for n in range(KEYS):
        bucket = mmh3.hash(f"user:{n}", cluster["seed"], False) >> BUCKET_SHIFT
        counts[members[owners[bucket]]["number"]] += 1
    return counts


def test_a_change_of_strategy_moves_the_keys_and_loses_none(real):
    real.equal()
    since = real.known().v + 1
    for strategy in [*STRATEGIES][::-1]:  # the last is the ring, with which it began
        asked = real.act("configure", strategy=strategy, options=OPTIONS.get(strategy, ""))
        assert asked.kind == "work_asked"
        assert real.equal() == expected(real)
        assert real.state()["cluster"]["strategy"] == strategy
    assert not set(map(kind_of, (NodeKilled, KeysLost, KeysRefilled))) & {one.kind for one in real.events(since)}


@pytest.mark.parametrize(
    "strategy", [pytest.param(EVERY[0]), *(pytest.param(one, marks=pytest.mark.long) for one in EVERY[1:])]
)
def test_a_death_is_told_with_all_that_it_costs_and_stored_again(real, strategy):
    real.equal()
    real.act("configure", strategy=strategy, options=OPTIONS.get(strategy, ""))
    before = real.equal()
    os.kill(real.pid_of(2), signal.SIGKILL)
    killed = real.event(kind_of(NodeKilled))
    assert killed.payload["loss"]["keys"] >= before[2]
    assert real.equal() == expected(real)
    assert sum(real.equal().values()) == KEYS
