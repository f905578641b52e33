"""What a look means in this project's terms: replies from other people's clusters, and lines of our own."""

from __future__ import annotations

from ringviz.core.state import NodeState
from ringviz.selectors.external import nodes_seen, stored_frame
from servers.reading.checked import checked_members
from servers.reading.figures import SelfReport
from servers.reading.look import ClusterLook
from tests.servers.reading.told import captured, line

SINCE = "2026-05-03T12:00:00.000Z"
A, B, C = (letter * 40 for letter in "abc")


def look_of(text: str) -> ClusterLook:
    return ClusterLook(tuple(checked_members(text)), {})


def seen(text: str) -> dict[str, NodeState]:
    """The nodes of a cluster seen for the first time, by the first letter of their IDs."""
    return {node["name"][0]: node for node in nodes_seen(look_of(text), (), 1, SINCE)}


def test_an_owner_without_an_address_is_down_and_has_its_slots():
    nodes = seen(captured("noaddr_owner"))
    assert [(nodes[one]["state"], nodes[one]["slots"]) for one in "abc"] == [
        ("down", [[10922, 16383]]),
        ("active", [[5461, 10921]]),
        ("active", [[0, 5460]]),
    ]
    assert (nodes["a"]["address"], nodes["a"]["ownership"], nodes["a"]["tokens"]) == ("", 0.0, 1)


def test_an_owner_without_an_address_is_down_before_most_say_so_and_keeps_its_replicas():
    text = "\n".join([line(A, ":0@0", "master,noaddr", "-", "0-99"), line(B, "10.0.0.2:6379@16379", "myself,slave", A)])
    nodes = seen(text)
    assert (nodes["a"]["state"], nodes["a"]["slots"]) == ("down", [[0, 99]])
    assert nodes["a"]["replicas"] == [{"address": "10.0.0.2:6379", "state": "active"}]


def test_a_replica_that_still_lists_slots_is_shown_with_them_and_owns_none():
    lines = [
        line(A, "10.0.0.1:1@1,a.example", "myself,master", "-", "0-99"),
        line(B, "10.0.0.2:1@1", "slave", A, "50-59"),
    ]
    nodes = seen("\n".join(lines))
    assert (nodes["a"]["slots"], nodes["a"]["hostname"]) == ([[0, 99]], "a.example")
    assert nodes["a"]["replicas"] == [{"address": "10.0.0.2:1", "state": "active", "slots": 10}]


def test_a_hostname_that_is_announced_no_more_is_forgotten():
    named = look_of(line(A, "10.0.0.1:1@1,a.example", "myself,master", "-", "0-99"))
    nodes = nodes_seen(named, (), 1, SINCE)
    (plain,) = nodes_seen(look_of(line(A, "10.0.0.1:1@1", "myself,master", "-", "0-99")), nodes, 2, SINCE)
    assert "hostname" not in plain


def test_the_frame_says_what_is_odd_about_a_node():
    text = "\n".join(
        [
            line(A, "10.0.0.1:1@1", "myself,master", "-", "0-99", f"[7->-{B}]", f"[8->-{C}]"),
            line(B, "10.0.0.2:1@1", "master", "-", "100-199"),
        ]
    )
    look = ClusterLook(
        tuple(checked_members(text)), {B: SelfReport(keys=1, lacks=frozenset({"INFO"}))}, shared=frozenset({A})
    )
    frame = stored_frame(look, nodes_seen(look, (), 1, SINCE), 0)
    assert frame["nodes"]["1"]["open"] == [
        {"slot": 7, "leaving": True, "peer": "b" * 8},
        {"slot": 8, "leaving": True, "peer": "c" * 8},
    ]
    assert (frame["nodes"]["1"]["shared"], frame["nodes"]["2"]["shared"]) == (True, False)
    assert frame["lacks"] == ["INFO"]
