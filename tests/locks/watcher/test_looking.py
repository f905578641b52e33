"""What the watcher reads and how often, on a server where many changes concern no lock."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from locks.core.observed import Observed
from locks.core.sourcelist import SourceConfig
from locks.sources import Source, connect
from locks.watcher import looking as looking_module
from locks.watcher.clock import OurClock, monotonic_ms
from locks.watcher.inbox import Batch
from locks.watcher.ledger import Ledger
from locks.watcher.looking import Looking
from tests.processes import until

TAKEN = ["set", "expire"]


@pytest.fixture
def source(server) -> Iterator[Source]:
    with connect(SourceConfig("jobs", "jobs", server.url)) as one:
        yield one


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(OurClock(), lambda _: None, {})


@pytest.fixture
def looking(source: Source, ledger: Ledger) -> Looking:
    one = Looking(source, ledger, lambda key: key.startswith(b"own:"))
    one.way, one.first = "notifications", False
    return one


def calls(source: Source) -> int:
    return source.cost.bill().calls


def a_lock() -> str:
    return uuid.uuid1().hex


def test_what_is_no_lock_is_asked_for_ever_less_often(looking, ledger: Ledger, source, client):
    client.set("plain", "nothing")
    looking.told({b"plain": ["set"]})
    before = calls(source)
    for _ in range(50):
        looking.told({b"plain": ["set"]})
    assert calls(source) - before < 10
    client.set("plain", a_lock(), px=60_000)
    looking.told({b"plain": ["set"]})
    assert looking.next_ms() is not None

    def found() -> bool:
        looking.put_off()
        return ledger.has(b"plain")

    assert until(found, what="the lock that it became")
    client.delete("plain")


def test_deletions_of_what_is_no_lock_cost_nothing(looking, source):
    looking.told({b"plain": ["del"], b"other": ["expired"], b"own:rows": ["hset"]})
    assert calls(source) == 0


def test_beyond_a_bound_unknown_keys_wait_and_known_ones_do_not(looking, ledger, client, monkeypatch):
    monkeypatch.setattr(looking_module, "MOST_UNKNOWN_A_SECOND", 3)
    names = [f"bound:{number}:lock" for number in range(6)]
    for name in names:
        client.set(name, a_lock(), px=60_000)
    looking.told({name.encode(): TAKEN for name in names})
    assert looking.throttled
    assert len(ledger.held_keys()) == 3
    client.delete(*names)
    looking.told({name.encode(): ["del"] for name in names})
    assert ledger.held_keys() == []


def test_what_a_search_read_before_a_key_was_looked_at_is_old(looking, ledger, client, source):
    client.set("old:lock", a_lock(), px=60_000)
    seen = source.facts([b"old:lock"])
    looking.sweep_begins()
    batch = Batch(seen, monotonic_ms(), 2.0)
    client.delete("old:lock")
    looking.look([b"old:lock"], source.facts)
    looking.found(batch)
    assert ledger.held_keys() == []
    looking.sweep_ended(set())


def test_a_search_ends_what_it_did_not_find(looking, ledger, client, source):
    client.set("lost:lock", a_lock(), px=60_000)
    looking.told({b"lost:lock": TAKEN})
    assert ledger.held_keys() == [b"lost:lock"]
    client.delete("lost:lock")
    looking.sweep_begins()
    looking.sweep_ended(set())
    assert ledger.held_keys() == []


def test_a_search_does_not_show_what_is_ours(looking, ledger):
    looking.found(Batch([Observed(b"own:lock", "string", 60_000, a_lock().encode(), (), 32)], monotonic_ms(), 2.0))
    assert ledger.held_keys() == []


def test_a_writer_that_waits_for_readers_is_seen_by_a_change_of_its_own_key(looking, ledger, client):
    holders = [f"WEB-01_{number}_{uuid.uuid4().hex}" for number in (1, 2)]
    client.sadd("catalog.readers", holders[0])
    client.pexpire("catalog.readers", 60_000)
    looking.told({b"catalog.readers": ["sadd", "expire"]})
    (hold,) = ledger.lane(b"catalog.readers").holds.values()
    assert hold.reading.waiters is None
    client.set("catalog.writer", f"{holders[1]}_WRITERWAITING", px=60_000)
    looking.told({b"catalog.writer": ["set", "expire"]})
    assert hold.reading.waiters == 1
    client.delete("catalog.writer")
    looking.told({b"catalog.writer": ["del"]})
    assert hold.reading.waiters is None


def test_a_change_of_the_readers_has_the_writer_reread(looking, ledger, client):
    client.set("catalog.writer", f"WEB-01_1_{uuid.uuid4().hex}", px=60_000)
    looking.told({b"catalog.writer": TAKEN})
    client.pexpire("catalog.writer", 600_000)
    looking.told({b"catalog.readers": ["sadd"]})
    assert ledger.lane(b"catalog.writer").earliest_ms() > monotonic_ms() + 300_000


def test_a_lock_that_was_renewed_unheard_is_read_again_when_it_is_due(looking, ledger, client):
    client.set("due:lock", a_lock(), px=60_000)
    looking.told({b"due:lock": TAKEN})
    client.pexpire("due:lock", 600_000)
    ledger.again(b"due:lock", 0)
    looking.probe()
    earliest_ms = ledger.lane(b"due:lock").earliest_ms()
    assert earliest_ms > monotonic_ms() + 300_000
    client.delete("due:lock")
    ledger.again(b"due:lock", 0)
    looking.probe()
    assert ledger.held_keys() == []


def test_where_nobody_may_ask_who_is_connected_ended_holds_are_forgotten(source, ledger, looking, client):
    name = f"lock:{uuid.uuid4().hex}"
    client.set(name, "q83vASNFZ4mrze8BI0VniQEB", px=60_000)
    looking.look([name.encode()], source.facts)
    assert ledger.wants_connections()[1]
    assert looking.blocked()
    client.delete(name)
    looking.look([name.encode()], source.facts, {name.encode(): ["del"]})
    ledger.forget_new()
    looking.forget_blocked()
    assert not ledger.wants_connections()[1]
    assert not looking.blocked()
