"""The oracle judges a handwritten log as a person would, and any log as the plain definition does."""

from hypothesis import given
from hypothesis import strategies as st

from locks.stage.oracle import Entry, Record, entries_of, judge, most_inside, overlapping, writes_of


def log_of(text):
    """One record per line: time, worker, what."""
    return [
        Record(int(at), int(worker), what) for at, worker, what in (line.split() for line in text.strip().splitlines())
    ]


def test_one_after_the_other_is_no_overlap():
    verdict = judge(
        log_of("1 1 enter\n 2 1 read\n 3 1 write\n 4 1 leave\n 4 2 enter\n 5 2 read\n 6 2 write\n 7 2 leave"), 9
    )
    assert (verdict.entries, verdict.overlapping, verdict.most_inside, verdict.overlap) == (2, 0, 1, False)
    assert (verdict.taken, verdict.stale, verdict.kept) == (2, 0, 2)


def test_a_write_that_wipes_out_another_is_stale():
    log = log_of("""
        1 1 enter
        2 1 read
        3 1 pause
        9 2 enter
        10 2 read
        11 2 write
        12 2 leave
        13 1 resume
        14 1 write
        15 1 leave
        """)
    verdict = judge(log, 20)
    assert (verdict.entries, verdict.overlapping, verdict.most_inside, verdict.pauses) == (2, 2, 2, 1)
    assert (verdict.taken, verdict.stale, verdict.refused) == (2, 1, 0)
    assert verdict.kept == 1  # of two writes


def test_a_refused_write_changes_nothing():
    log = log_of("1 1 read\n 2 2 read\n 3 2 write\n 4 1 refuse\n 5 2 read\n 6 2 write")
    assert [outcome for _at, _worker, outcome in writes_of(log).at] == ["taken", "refused", "taken"]
    assert judge(log, 9).kept == 2


def test_who_was_killed_inside_was_there_until_its_end():
    log = log_of("1 1 enter\n 5 1 end\n 6 2 enter\n 7 3 enter\n 8 3 leave")
    assert entries_of(log, 9) == [Entry(1, 1, 5), Entry(2, 6, 9), Entry(3, 7, 8)]
    assert overlapping(entries_of(log, 9)) == [False, True, True]


def test_nothing_happened():
    assert judge([], 5).entries == 0


entries = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 30), st.integers(1, 9)).map(lambda e: Entry(e[0], e[1], e[1] + e[2])),
    max_size=12,
).map(lambda found: sorted(found, key=lambda entry: (entry.from_ns, entry.to_ns)))


@given(entries)
def test_overlaps_are_those_of_the_plain_definition(found):
    def meets(index):
        one = found[index]
        others = found[:index] + found[index + 1 :]
        return any(one.from_ns < other.to_ns and other.from_ns < one.to_ns for other in others)

    assert overlapping(found) == [meets(index) for index in range(len(found))]


@given(entries)
def test_two_were_inside_at_once_if_and_only_if_entries_overlap(found):
    assert (most_inside(found) > 1) == any(overlapping(found))


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["read", "write", "refuse"])), max_size=40))
def test_what_is_kept_is_what_a_counter_would_hold(steps):
    """Replays the steps on a plain counter, as workers without a lock would use it."""
    counter, read, stale = 0, {}, 0
    last_writer_at = {}
    for at, (worker, what) in enumerate(steps):
        if what == "read":
            read[worker], last_writer_at[worker] = counter, at
        elif what == "write":
            since = last_writer_at.get(worker)
            stale += since is not None and any(w == "write" for _worker, w in steps[since:at])
            counter = read.get(worker, counter) + 1
    found = writes_of([Record(at, worker, what) for at, (worker, what) in enumerate(steps)])
    assert (found.kept, found.count("stale")) == (counter, stale)
