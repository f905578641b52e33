"""What the counting thread reports about replicas; what it remembers of removed nodes is bounded."""

import pytest

from ringviz.supervisor.counting import MOST_KEPT, Counting, replica_seen
from servers.address import Address
from servers.driver.copying import Follower, Link
from servers.driver.holding import Measured

AT = Address("127.0.0.1", 7001)
COPY = Link(follows=Address("127.0.0.1", 7000), up=True, syncing=False, offset=90, kept=True)
ITSELF = Measured(keys=5, bytes=1, limit=1, ops=0, data=1, link=COPY)


def primary(*followers: Follower) -> Link:
    return Link(follows=None, up=False, syncing=False, offset=100, kept=True, followers=followers)


@pytest.mark.parametrize(
    ("itself", "link", "seen"),
    [
        (ITSELF, primary(Follower(AT, online=True, offset=70, silent_s=1)), (True, 5, "online", 30, 1)),
        (None, primary(Follower(AT, online=True, offset=70, silent_s=9)), (False, None, "online", 30, 9)),
        (ITSELF, primary(Follower(AT, online=False, offset=0, silent_s=0)), (True, 5, "copying", None, None)),
        (ITSELF, primary(Follower(Address("h", 1), online=True, offset=1, silent_s=0)), (True, 5, "apart", None, None)),
        (ITSELF, None, (True, 5, None, None, None)),
    ],
    ids=["online", "frozen", "copying", "of somebody else", "silent primary"],
)
def test_a_replica_is_told_by_what_both_sides_say_and_unknown_stays_unknown(itself, link, seen):
    found = replica_seen(AT, itself, link)
    assert (found["up"], found["keys"], found["state"], found["behind"], found["silent_s"]) == seen
    assert found["address"] == "127.0.0.1:7001"


def test_the_bytes_of_nodes_are_remembered_up_to_a_bound_the_last_counted_longest():
    counting = Counting(lambda: ())
    for number in range(MOST_KEPT):
        counting._keep((1, number), number)
    counting._keep((1, 0), 7)  # counted again
    counting._keep((1, MOST_KEPT), 9)
    assert [counting.bytes_of(1, number) for number in (0, 1, 2, MOST_KEPT)] == [7, 0, 2, 9]
