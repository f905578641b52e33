"""Changes wait together, in the order in which each key's were reported, and within a bound."""

import threading

from locks.core.observed import Observed
from locks.sources.listening import Change
from locks.watcher import inbox as inbox_module
from locks.watcher.inbox import Batch, Inbox


def test_what_is_said_of_a_key_is_kept_in_order():
    inbox = Inbox()
    inbox.hear([Change(b"a", "set"), Change(b"b", "del"), Change(b"a", "expire")])
    inbox.hear([Change(b"a", "del")])
    mail = inbox.take(0)
    assert mail.words == {b"a": ["set", "expire", "del"], b"b": ["del"]}
    assert not mail.flushed
    assert inbox.take(0).words == {}


def test_a_flush_and_a_waking_are_noticed_at_once():
    inbox = Inbox()
    inbox.hear([Change(None, "flush")])
    assert inbox.take(60).flushed
    threading.Timer(0.05, inbox.wake).start()
    assert inbox.take(60).words == {}


def test_too_many_keys_are_dropped_and_said_to_be(monkeypatch):
    monkeypatch.setattr(inbox_module, "MOST_KEYS", 2)
    inbox = Inbox()
    inbox.hear([Change(b"%d" % number, "set") for number in range(3)])
    mail = inbox.take(0)
    assert (len(mail.words), mail.overflowed) == (2, True)


def test_a_key_that_changes_for_ever_takes_no_more_room():
    inbox = Inbox()
    for number in range(1_000):
        inbox.hear([Change(b"a", "set" if number % 2 else "del")])
    assert len(inbox.take(0).words[b"a"]) < 20


def test_batches_come_a_few_at_a_time_in_their_order():
    inbox = Inbox()
    for number in range(6):
        inbox.find(Batch([Observed(b"%d" % number, "string")], 0.0, 0.0))
    first = inbox.take(0)
    assert [batch.seen[0].key for batch in first.batches] == [b"0", b"1", b"2", b"3"]
    assert inbox.has_batches()
    assert [batch.seen[0].key for batch in inbox.take(0).batches] == [b"4", b"5"]
    inbox.find(Batch([], 0.0, 0.0))
    inbox.clear()
    assert not inbox.has_batches()
