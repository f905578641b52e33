"""A short life of a managed cluster with every kind of server event, but without a server.

Operators' requests go through the services that everything uses; results are reported as a supervisor reports them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from live.models import Event
from ringviz import events
from ringviz.core.buckets import BUCKETS
from ringviz.core.state import Pulse, Workload
from ringviz.models import Cluster, Intent
from ringviz.selectors.clusters import known
from ringviz.services import decisions, freezing, pulsing, served
from ringviz.services.changing import change
from ringviz.services.clusters import create_cluster
from ringviz.services.decisions import Decision
from ringviz.services.keys import pattern_key_set
from ringviz.supervisor.book import Book
from servers.slots import in_ranges
from tests.ringviz.story import TELLER, Step

SLUG = "story-served"
FAST = Workload(on=True, rate=800, distribution="zipf", reads=0.9)


def served_story() -> Iterator[Step]:
    """Three servers form a cluster, one dies, one is frozen, one joins, and some requests come to nothing."""
    keys = pattern_key_set(pattern="order:{n}", count=50)
    nodes: Any = [{"name": f"cache-{n}"} for n in (1, 2, 3)]
    kind: Any = Cluster.Kind.MANAGED
    event = create_cluster(
        actor=TELLER, slug=SLUG, name="Story", key_set=keys, nodes=nodes, vnodes=4, kind=kind, demo=True
    )
    after = known(SLUG).state
    yield Step("served_created", None, event, after)
    for name, act in _acts():
        before, event, after = after, act(), known(SLUG).state
        yield Step(name, before, event, after)


def _acts() -> list[tuple[str, Callable[[], Event]]]:
    addresses = {n: f"127.0.0.1:700{n}" for n in (1, 2, 3)}
    killed = decisions.died(2, cause="asked", stored_bytes=4_000)
    joined = served.joined(4, events.NodeAdded, address="127.0.0.1:7004")
    revived = served.joined(2, events.NodeRevived, address="127.0.0.1:7005")
    return [
        ("served_formed", lambda: _done(served.formed(addresses))),
        ("served_filled", lambda: _found(served.refilled([], keys=50, ms=12))),
        ("workload_set", lambda: _asked(served.set_workload(FAST))),
        ("workload_set_off", lambda: _asked(served.set_workload({**FAST, "on": False}))),
        ("work_asked_to_kill", lambda: _asked(decisions.kill(2))),
        ("served_killed", lambda: _done(killed)),
        ("served_refilled_in_part", lambda: _found(served.refilled([[0, BUCKETS // 2]], keys=9, ms=3))),
        ("served_refilled", lambda: _found(served.refilled([], keys=8, ms=3))),
        ("keys_lost", lambda: _found(served.lost(in_ranges([[0, BUCKETS // 4]])))),
        ("served_found_again", lambda: _found(served.refilled([], keys=4, ms=2))),
        ("work_asked_to_add", lambda: _asked(decisions.add(name="cache-4", weight=2.0))),
        ("served_added", lambda: _done(joined)),
        ("work_asked_to_revive", lambda: _asked(decisions.revive(2))),
        ("served_revived", lambda: _done(revived)),
        ("work_asked_to_freeze", lambda: _asked(served.freeze(1))),
        ("node_frozen", lambda: _done(served.freeze(1))),
        ("work_asked_to_thaw", lambda: _asked(served.thaw(1))),
        ("node_thawed", lambda: _done(served.thaw(1))),
        ("node_pulsed", lambda: _asked(pulsing.pulse(1, Pulse(for_ms=300, every_ms=1_000)))),
        ("node_pulsed_otherwise", lambda: _asked(pulsing.pulse(1, Pulse(for_ms=8, every_ms=10)))),
        ("node_pulsed_no_more", lambda: _asked(pulsing.thaw(1))),
        ("node_suspected", lambda: _found(served.suspected(3))),
        ("node_cleared", lambda: _found(served.cleared(3))),
        ("work_asked_to_restart", lambda: _asked(served.restart(3))),
        ("node_restarted", lambda: _done(served.restart(3, address="127.0.0.1:7006"))),
        ("node_failed_over", lambda: _found(decisions.died(3, cause="silent", replica="127.0.0.1:7999"))),
        ("served_killed_silent", lambda: _found(decisions.died(3, cause="silent", stored_bytes=3_000))),
        ("work_asked_to_add_another", lambda: _asked(decisions.add(name="cache-5"))),
        ("work_cancelling", lambda: _asked(served.cancel(_open().number))),
        ("work_ended_cancelled", lambda: _given_up(Intent.State.CANCELLED, "")),
        ("work_asked_to_revive_another", lambda: _asked(decisions.revive(3))),
        ("work_ended_failed", lambda: _given_up(Intent.State.FAILED, "it did not start")),
        ("verdict_delay_set", lambda: _asked(freezing.delay_verdict(8_000))),
        ("verdict_delay_set_off", lambda: _asked(freezing.delay_verdict(0))),
    ]


def _book() -> Book:
    return Book(Cluster.objects.get(slug=SLUG).pk, SLUG, lambda: lambda: None)


def _open() -> Intent:
    return _book().open_intents()[0]


def _asked(decision: Decision) -> Event:
    return change(slug=SLUG, actor=TELLER, version=known(SLUG).v, decision=decision)


def _done(decision: Decision) -> Event:
    return _book().done(_open(), decision)


def _found(decision: Decision) -> Event:
    return _book().found(decision)


def _given_up(outcome: Intent.State, why: str) -> Event:
    event = _book().given_up(_open(), outcome, why)
    assert event is not None
    return event
