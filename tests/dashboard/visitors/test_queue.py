"""The fair queue: in turn by client, bounded, and nobody's place is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.visitors.queue import FairQueue, Full, Ticket


def order(queue: FairQueue, served: list[Ticket]) -> list[str]:
    """The clients in the order in which they are served, one after the other."""
    clients = []
    while served:
        ticket = served.pop(0)
        clients.append(ticket.client)
        served += queue.leave(ticket)
    return clients


def entered(queue: FairQueue, clients: str) -> list[Ticket]:
    return [queue.enter(client)[0] for client in clients]


def test_who_comes_first_is_served_at_once_and_others_wait():
    queue = FairQueue(2, 2, 10, 10)
    assert [ticket.serves for ticket in entered(queue, "aab")] == [True, True, False]
    assert queue.waiting == 1


def test_clients_take_turns_however_much_one_of_them_asks():
    queue = FairQueue(1, 1, 100, 100)
    tickets = entered(queue, "aaaaaa" + "b" + "ccc")
    assert "".join(order(queue, tickets[:1])) == "aabcacacaa"


def test_one_address_is_served_to_its_end_where_nobody_else_asks():
    queue = FairQueue(2, 2, 100, 100)
    assert len(order(queue, entered(queue, "a" * 60)[:2])) == 60


def test_a_client_never_has_every_place():
    queue = FairQueue(2, 1, 10, 10)
    first, second = entered(queue, "aa")
    assert (first.serves, second.serves) == (True, False)
    assert entered(queue, "b")[0].serves
    assert queue.leave(first) == [second]


def test_who_asks_too_much_is_refused_and_others_are_not():
    queue = FairQueue(1, 1, 100, 2)
    entered(queue, "aaa")
    with pytest.raises(Full):
        queue.enter("a")
    assert not queue.enter("b")[0].serves
    assert queue.waiting == 3


def test_when_all_room_is_taken_who_waits_with_most_makes_room():
    queue = FairQueue(1, 1, 4, 4)
    tickets = entered(queue, "aaaab")
    with pytest.raises(Full):
        queue.enter("a")
    newcomer, gone = queue.enter("c")
    assert (gone, newcomer.serves) == (tickets[3], False)
    assert queue.leave(tickets[3]) == []
    assert "".join(order(queue, tickets[:1])) == "aabca"


def test_who_goes_away_while_waiting_leaves_no_hole():
    queue = FairQueue(1, 1, 10, 10)
    first, second, third = entered(queue, "abc")
    assert queue.leave(second) == []
    assert queue.leave(first) == [third]
    assert queue.leave(first) == []  # a second time
    assert queue.leave(third) == []
    assert queue.enter("d")[0].serves


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=80))
def test_places_and_room_are_never_exceeded_and_no_place_stays_free_for_nothing(steps: list[tuple[str, bool]]):
    queue, inside = FairQueue(3, 2, 6, 4), list[Ticket]()
    for client, leaves in steps:
        if leaves and inside:
            queue.leave(inside.pop(len(inside) // 2))
            continue
        try:
            ticket, gone = queue.enter(client)
        except Full:
            continue
        inside = [one for one in [*inside, ticket] if one is not gone]
        served = [one.client for one in inside if one.serves]
        waiting = [one.client for one in inside if not one.serves]
        assert len(served) <= 3
        assert len(waiting) == queue.waiting <= 6
        assert all(served.count(one) <= 2 and waiting.count(one) <= 4 for one in "abcd")
        assert len(served) == 3 or all(served.count(one) == 2 for one in waiting)
