"""Every capture, restored into a real server, is read back as expected."""

from __future__ import annotations

import io
import json

import pytest
from redis import Redis

from locks.core.listed import in_order, listed
from locks.management.commands.locks import Command
from locks.sources import Source
from tests import started
from tests.locks.core.captures import Stage, raw, stages
from tests.locks.core.test_captures import check
from tests.locks.restoring import capture_of, connected, now_shift_ms, restore

ALL = list(stages())


@pytest.mark.parametrize("stage", ALL, ids=str)
def test_a_restored_capture_is_read_as_it_says(
    stage: Stage, theirs: Redis, source: Source, watched_server: started.Valkey
) -> None:
    written = next(one for one in capture_of(stage.file)["stages"] if one["stage"] == stage.name)
    restore(theirs, written["keys"], now_shift_ms(written, stage.captured_ms))
    with connected(str(watched_server.path), written):
        readings = source.all()
    for lock in stage.expect["locks"]:
        here = [each for each in readings if each.key == raw(lock["key"])]
        if "field" in lock:
            here = [each for each in here if each.proof.member == raw(lock["field"])]
        check(stage, lock, here)
    if not stage.expect["locks"]:
        assert readings == []


def test_the_search_keeps_all_that_is_recognised(theirs: Redis, source: Source) -> None:
    """No client would have recognised what the server filters out."""
    for stage in ALL:
        written = next(one for one in capture_of(stage.file)["stages"] if one["stage"] == stage.name)
        restore(theirs, written["keys"])
        searched = {one.key for one in source.read([one for some in source.discover() for one in some], whole=True)}
        everything = source.facts(list(theirs.scan_iter()))
        assert {one.key for one in source.read(everything, whole=True)} == searched
        assert {one.key for one in source.sift(theirs.scan_iter())} >= searched


def test_locks_list_prints_what_a_source_reads(theirs: Redis, source: Source, watched_server: started.Valkey) -> None:
    written = next(one for one in capture_of("redisson")["stages"] if one["stage"] == "rwlock_two_readers_one_twice")
    restore(theirs, written["keys"])
    out = io.StringIO()
    Command(stdout=out).run_from_argv(["manage.py", "locks", "list", "--json", "--redis", watched_server.url])
    printed = json.loads(out.getvalue())
    mine = json.loads(json.dumps([listed(one) for one in in_order(source.all())]))
    without = [{name: value for name, value in one.items() if name != "ttl_ms"} for one in printed]
    assert without == [{name: value for name, value in one.items() if name != "ttl_ms"} for one in mine]
    assert [(one["key"], one["count"], one["kind"], one["mode"]) for one in printed] == [
        ("rw:1", 2, "read_write", "read"),
        ("rw:1", 1, "read_write", "read"),
    ]
