"""What the counting thread remembers of nodes that are gone is bounded."""

from ringviz.supervisor.counting import MOST_KEPT, Counting


def test_the_bytes_of_nodes_are_remembered_up_to_a_bound_the_last_counted_longest():
    counting = Counting(lambda: ())
    for number in range(MOST_KEPT):
        counting._keep((1, number), number)
    counting._keep((1, 0), 7)  # counted again
    counting._keep((1, MOST_KEPT), 9)
    assert [counting.bytes_of(1, number) for number in (0, 1, 2, MOST_KEPT)] == [7, 0, 2, 9]
