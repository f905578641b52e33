"""What a search finds keeps the time at which the server reported it, however late it is picked up."""

from __future__ import annotations

import time
from uuid import uuid1

from redis import Redis

from locks.sources import Source
from locks.watcher.clock import moment, monotonic_ms
from locks.watcher.inbox import Inbox
from locks.watcher.sweep import Sweep
from tests.locks.watched import open_source, source, theirs, watched_server
from tests.processes import until

__all__ = ["open_source", "source", "theirs", "watched_server"]


def test_a_search_that_is_held_up_moves_no_deadline(theirs: Redis, source: Source) -> None:
    theirs.set("orders:1", uuid1().hex, px=600_000)
    inbox = Inbox()
    sweep = Sweep(source, inbox, lambda _progress: time.sleep(0.05))  # like a busy machine
    until(lambda: sweep.over, what="the end of the search")
    (batch,) = inbox.take(1).batches
    (found,) = batch.seen
    began_ms = monotonic_ms()
    (looked_at,) = source.facts([b"orders:1"])
    at_ms, noise_ms = moment(began_ms, monotonic_ms())
    assert found.ttl_ms is not None
    assert looked_at.ttl_ms is not None
    assert abs(batch.at_ms + found.ttl_ms - (at_ms + looked_at.ttl_ms)) <= batch.noise_ms + noise_ms
    assert batch.noise_ms < 50
