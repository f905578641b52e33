"""Rows follow the changes and each hold ends once, whatever is seen and in whatever order."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from locks.core.holds import Hold, Look
from locks.core.reading import Proof, Reading
from locks.core.rows import id_of
from locks.core.tracking import Tracker

_keys = st.sampled_from([b"a", b"b", b"c"])
_readings = st.builds(
    lambda key, holder, ttl, kind, count, waiting: Reading(
        key, key, "x", "certain",
        Proof("string", holder or b"1") if kind == "string" else Proof("hash", b"1", holder or b"f"),
        holder_id=holder, ttl_ms=ttl, count=count, waiter_ids=waiting, waiters=len(waiting),
    ),
    _keys,
    st.sampled_from([None, b"h1", b"h2", b"h3"]),
    st.sampled_from([None, 0, 5, 1_000, 60_000]),
    st.sampled_from(["string", "hash"]),
    st.integers(1, 2),
    st.lists(st.sampled_from([b"h1", b"h2", b"h3", b"w"]), unique=True, max_size=3).map(tuple),
)  # fmt: skip
_words = st.lists(st.sampled_from(["set", "expire", "del", "expired", "hdel", "hset", "evicted", "new"]), max_size=4)
_looks = st.tuples(
    st.sets(_keys, max_size=3),
    st.lists(_readings, max_size=4),
    st.dictionaries(_keys, _words),
    st.integers(0, 3_000),
    st.fixed_dictionaries({"told": st.booleans(), "first": st.booleans(), "flushed": st.booleans()}),
)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(["notifications", "tracking", "scanning"]), st.lists(_looks, max_size=8))
def test_whatever_is_seen_rows_follow_changes_and_each_hold_ends_once(way, looks):
    tracker, at_ms = Tracker(), 0.0
    rows: dict[str, Hold] = {}
    ended: list[Hold] = []
    begun: list[Hold] = []
    for keys, readings, words, pause_ms, flags in looks:
        at_ms += pause_ms
        ours = [] if flags["flushed"] else [reading for reading in readings if reading.key in keys]
        changes = tracker.look(keys, ours, Look(at_ms, 2.0, way, words, **flags))
        assert set(changes.gone) <= rows.keys()
        for hold_id in changes.gone:
            del rows[hold_id]
        begun += [hold for hold_id, hold in changes.changed.items() if hold_id not in rows]
        rows.update(changes.changed)
        ended += [done.hold for done in changes.ended] + [done.hold for done in tracker.settle(at_ms)]
        assert {hold.id: hold for hold in tracker.holds()} == rows
        assert tracker.rows == len(rows)
        assert {id_of(reading) for reading in ours} <= rows.keys()
        for hold in rows.values():
            assert hold.since_ms <= at_ms
            assert list(hold.renewed_ms) == sorted(hold.renewed_ms)
        for lane in tracker.lanes.values():
            assert lane.holds or lane.waiting
    ended += [done.hold for done in tracker.settle(at_ms + 60_000)]
    assert len(ended) == len({id(hold) for hold in ended})
    assert {id(hold) for hold in begun} == {id(hold) for hold in [*rows.values(), *ended]}
