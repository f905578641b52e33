"""Counts updated with each change equal those of the whole table, whatever changes."""

from hypothesis import given
from hypothesis import strategies as st

from locks.core.grouping import counts_of
from locks.core.rows import Alert, Row
from locks.core.tally import Tally
from tests.locks.rows import a_row

NAMES = st.sampled_from("abcd")
LANES = st.sampled_from(["one", "two"])
WAITERS = st.sampled_from([None, 0, 1, 3])
CHANGES = st.lists(st.tuples(NAMES, st.booleans(), LANES, WAITERS, st.integers(0, 2)), max_size=30)


@given(CHANGES)
def test_it_counts_what_is_there(changes):
    tally, rows = Tally(), dict[str, Row]()
    for name, stays, lane, waiters, alerts in changes:
        if stays:
            alert = Alert(kind="no_ttl", since=0, value=None)
            rows[name] = {**a_row(name), "id": name, "lane": lane, "waiters": waiters, "alerts": [alert] * alerts}
            tally.follow([rows[name]], [])
        else:
            rows.pop(name, None)
            tally.follow([], [name])
        assert tally.counts() == counts_of(rows.values())
