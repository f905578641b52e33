"""A few queries, however many nodes: counted on 2,000 nodes of which a few change, or all."""

from __future__ import annotations

from typing import Any

import pytest

from ringviz.selectors.clusters import known
from ringviz.selectors.past import state_at
from ringviz.services import decisions, planning
from tests.ringviz.making import OPERATOR, make_cluster
from tests.ringviz.nodes import add_node, configure, edit_node, kill_node, remove_node

NODES = 2_000
ROWS_A_STATEMENT = 80  # SQLite takes 999 values per statement, and a row has 12
ON: dict[str, Any] = {"slug": "small", "actor": OPERATOR}


@pytest.fixture
def stream_id(db) -> int:
    return make_cluster(nodes=[f"n{n}" for n in range(NODES)], vnodes=4).stream_id


def test_a_snapshot_takes_five_queries(stream_id, django_assert_num_queries):
    with django_assert_num_queries(5):
        known("small")


def test_a_past_state_takes_five_queries(stream_id, django_assert_num_queries):
    kill_node(**ON, number=7)
    with django_assert_num_queries(5):
        state_at(stream_id, 1)


def test_a_plan_takes_what_a_snapshot_takes_and_the_next_one_of_its_version_one_query(
    stream_id, django_assert_num_queries
):
    for number, queries in ((7, 6), (8, 1)):
        with django_assert_num_queries(queries):
            planning.make_plan("small", decisions.kill(number))
    kill_node(**ON, number=7)
    with django_assert_num_queries(6):
        assert planning.make_plan("small", decisions.kill(8)).on.state["nodes"][6]["state"] == "down"


@pytest.mark.parametrize(
    "act",
    [
        lambda: kill_node(**ON, number=7),
        lambda: add_node(**ON, name="new"),
        lambda: edit_node(**ON, number=7, address="x", zone=""),
        lambda: remove_node(**ON, number=7),
    ],
    ids=["kill", "add", "edit", "remove"],
)
def test_a_change_of_few_nodes_takes_a_few_queries(stream_id, django_assert_max_num_queries, act):
    with django_assert_max_num_queries(16):
        act()


def test_a_change_of_all_nodes_takes_a_statement_for_a_batch_of_them(stream_id, django_assert_max_num_queries):
    with django_assert_max_num_queries(16 + NODES // ROWS_A_STATEMENT):
        configure(**ON, vnodes=5)
