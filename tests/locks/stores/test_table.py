"""On a real server, pages read what the watcher writes; a former leader writes nothing."""

import secrets

import pytest

from locks.core.rows import Row
from locks.stores import marks, past, table
from locks.stores.line import StoreGone, line, names_of
from locks.stores.writing import Fenced, TableLost, TableWriter
from tests.locks.rows import NOW_MS, a_past, a_row, a_status

pytestmark = [pytest.mark.usefixtures("hint_server"), pytest.mark.django_db]


@pytest.fixture
def slug() -> str:
    """A source that only the test uses. Deletes the highest fencing token, which all sources share."""
    line().delete(names_of("").leader)
    return secrets.token_hex(4)


def rows_of(*keys: str) -> dict[str, Row]:
    return {row["id"]: row for row in map(a_row, keys)}


def written(slug: str, *keys: str, token: int = 1) -> TableWriter:
    writer = TableWriter(slug, token)
    writer.replace(1, rows_of(*keys), a_status(1))
    return writer


def test_nothing_watches_it(slug):
    assert table.table(slug).rows == {}
    assert table.status(slug) is None
    assert table.row(slug, "x") is None
    assert past.past(slug, 0) == []


def test_a_reader_has_every_change(slug):
    writer = written(slug, "a", "b")
    first = table.table(slug)
    assert first.rows == rows_of("a", "b")
    changed = rows_of("b", "c")
    changed["b/worker-1"]["count"] = 2
    writer.write(2, changed, ["a/worker-1"], status=a_status(2))
    second = table.table(slug)
    assert (second.seq, second.rows) == (2, changed)
    assert first.rows == rows_of("a", "b"), "a table that was given away does not change"
    assert table.table(slug) is second
    assert table.row(slug, "c/worker-1") == a_row("c")
    assert table.status(slug) == a_status(2)
    writer.write(3, {}, status=a_status(3, state="paused"))
    assert table.status(slug) == a_status(3, state="paused")
    assert (table.table(slug).seq, table.table(slug).rows) == (3, changed)


def test_another_leader_takes_over_with_a_table_of_its_own(slug):
    written(slug, "a", "b", token=1)
    table.table(slug)
    writer = TableWriter(slug, 2)
    assert writer.claim() == 1
    assert table.table(slug).rows == rows_of("a", "b")
    writer.replace(2, rows_of("b", "c"), a_status(2))
    assert table.table(slug).rows == rows_of("b", "c")


def test_a_late_leader_writes_nothing(slug):
    late = written(slug, "a", token=4)
    written(slug, "b", token=5)
    for write in (
        lambda: late.write(9, rows_of("z"), [], [a_past("z")], a_status(9)),
        lambda: late.replace(9, rows_of("z"), a_status(9)),
        late.claim,
    ):
        with pytest.raises(Fenced):
            write()
    assert table.table(slug).rows == rows_of("b")
    assert table.status(slug) == a_status(1)
    assert past.past(slug, 0) == []


def test_a_server_that_lost_its_memory_is_written_again(slug):
    writer = written(slug, "a")
    table.table(slug)
    line().delete(*names_of(slug))
    with pytest.raises(TableLost):
        writer.write(2, rows_of("b"))
    assert table.table(slug).rows == {}
    writer.replace(2, rows_of("a", "b"), a_status(2))
    assert table.table(slug).rows == rows_of("a", "b")


def test_thousands_of_rows_come_whole_and_as_changes(slug, monkeypatch):
    many = [f"lock:{n}" for n in range(2_500)]
    writer = written(slug, *many)
    assert table.table(slug).rows == rows_of(*many)
    gone = [f"lock:{n}/worker-1" for n in range(1_500)]
    writer.write(2, rows_of("new"), gone)
    assert set(table.table(slug).rows) == {"new/worker-1", *(f"lock:{n}/worker-1" for n in range(1_500, 2_500))}


def test_a_reader_who_slept_while_changes_were_forgotten_reads_all(slug, monkeypatch):
    monkeypatch.setattr("locks.stores.writing._MOST_TOMBSTONES", 1)
    writer = written(slug, "a", "b", "c")
    table.table(slug)
    writer.write(2, {}, ["a/worker-1"])
    writer.write(3, {}, ["b/worker-1"])
    assert table.table(slug).rows == rows_of("c")


def test_past_holds_by_time_and_by_lane(slug, monkeypatch):
    monkeypatch.setattr("locks.stores.past._AT_ONCE", 3)
    writer = written(slug, "a")
    holds = [a_past("ab"[n % 2], to=NOW_MS + n) for n in range(8)]
    writer.write(2, {}, [], holds)
    assert past.past(slug, 0) == holds
    assert past.past(slug, 0, most=2) == holds[-2:]
    assert past.past_of(slug, holds[0]["lane"]) == holds[::2]
    assert past.past_of(slug, holds[0]["lane"], most=2) == holds[4::2]
    assert past.past_of(slug, "other") == []
    assert past.past(slug, 10**14) == []


def test_marks_of_breaks(slug):
    marks.mark_broken(slug, "a")
    marks.mark_broken(slug, "b")
    marks.unmark_broken(slug, "b")
    assert marks.broken_among(slug, ["a", "b", "c"]) == {"a"}
    assert marks.broken_among(slug, []) == set()


def test_a_server_that_is_gone(slug, settings):
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"
    writer = TableWriter(slug, 1)
    for ask in (
        lambda: table.table(slug),
        lambda: table.row(slug, "a"),
        lambda: table.status(slug),
        lambda: past.past(slug, 0),
        lambda: past.past_of(slug, "lane"),
        lambda: marks.mark_broken(slug, "a"),
        lambda: marks.broken_among(slug, ["a"]),
        lambda: writer.replace(1, {}, a_status()),
        writer.claim,
    ):
        with pytest.raises(StoreGone):
            ask()
    settings.REDIS_URL = ""
    with pytest.raises(StoreGone):
        table.status(slug)
