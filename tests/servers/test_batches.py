"""Moves from one map of owners to another: no node is source and target at once, and the result is as wanted."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ringviz.core.buckets import BUCKETS
from servers.batches import next_moves
from servers.slots import ranges_of

NODES = st.integers(0, 6)


@st.composite
def maps(draw):
    """Two maps of owners made of a few stretches each, 0 nobody."""

    def one():
        edges = sorted(draw(st.lists(st.integers(0, BUCKETS - 1), max_size=12)))
        owner = np.full(BUCKETS, draw(NODES), np.int32)
        for edge in edges:
            owner[edge:] = draw(NODES)
        return owner

    return one(), one()


def carried_out(now, moves):
    after = now.copy()
    for move in moves:
        for first, last in move.ranges:
            assert (after[first : last + 1] == move.source).all()
            after[first : last + 1] = move.target
    return after


@settings(deadline=None)
@given(
    maps(),
    st.sets(st.tuples(st.integers(1, 3), st.integers(4, 6)), max_size=3),
    st.integers(0, 4),
    st.integers(1, 5000),
)
def test_no_node_is_source_and_target_and_none_gives_twice(pair, running, most, most_slots):
    now, wanted = pair
    moves = next_moves(now, wanted, running, most, most_slots)
    sources = [move.source for move in moves] + [source for source, _target in running]
    targets = {move.target for move in moves} | {target for _source, target in running}
    assert len(moves) <= most
    assert not set(sources) & targets
    assert 0 not in targets | set(sources)
    assert len({move.source for move in moves} & {source for source, _target in running}) == 0
    assert len({move.source for move in moves}) == len(moves)
    for move in moves:
        slots = np.concatenate([np.arange(first, last + 1) for first, last in move.ranges])
        assert 1 <= slots.size <= most_slots
        assert (np.diff(slots) > 0).all()
        assert (now[slots] == move.source).all()
        assert (wanted[slots] == move.target).all()


@settings(deadline=None)
@given(maps(), st.integers(1, 4), st.integers(300, 20_000))
def test_everything_arrives_in_the_end(pair, most, most_slots):
    now, wanted = pair
    movable = (now != 0) & (wanted != 0)
    expected = np.where(movable, wanted, now)
    rounds = 0
    while moves := next_moves(now, wanted, (), most, most_slots):
        now = carried_out(now, moves)
        rounds += 1
        assert rounds <= 36 + BUCKETS // most_slots + 1  # one a pair of nodes, and what the bound cuts
    assert (now == expected).all()


def test_the_largest_comes_first():
    now = np.ones(BUCKETS, np.int32)
    wanted = now.copy()
    wanted[:10], wanted[10:100] = 2, 3
    (move,) = next_moves(now, wanted, (), 4)
    assert (move.source, move.target, move.ranges) == (1, 3, [(10, 99)])


def test_several_give_to_one_that_is_new():
    now = np.ones(BUCKETS, np.int32)
    now[100:] = 2
    wanted = now.copy()
    wanted[50:150] = 3
    moves = next_moves(now, wanted, (), 4)
    assert {(move.source, move.target) for move in moves} == {(1, 3), (2, 3)}


def test_ranges():
    assert ranges_of(np.array([], np.int64)) == []
    assert ranges_of(np.array([0, 1, 2, 7, 9, 10])) == [(0, 2), (7, 7), (9, 10)]
