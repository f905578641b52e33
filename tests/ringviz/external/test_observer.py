"""The observer on a real cluster that changes as it watches."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from live.channel import channel_name
from locks.services.leading import Fenced, guard, lead
from ringviz.core.state import NodeState
from ringviz.models import Attachment, Cluster
from ringviz.selectors.clusters import known
from ringviz.selectors.leading import ROLE
from ringviz.selectors.past import state_at
from ringviz.services.external import attach, detach, see
from ringviz.supervisor.observer import Observer
from servers.guard import rules
from servers.reading.checked import checked_members
from servers.reading.look import ClusterLook
from servers.slots import slot_of
from tests.processes import until
from tests.ringviz.making import OPERATOR, everything
from tests.servers.reading.foreign import PASSWORD, Foreign, foreign_cluster

Frames = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def frames(hint_server) -> Iterator[Frames]:
    """The first `most` frames published as `stored` since the last call."""
    with Redis.from_url(hint_server.url) as client, client.pubsub() as subscription:
        subscription.subscribe(channel_name())
        assert subscription.get_message(timeout=5)

        def read(most: int = 1_000) -> list[dict[str, Any]]:
            found: list[dict[str, Any]] = []
            while len(found) < most and (message := subscription.get_message(timeout=0.2)) is not None:
                kind, *rest = json.loads(message["data"])
                if kind == "frame" and rest[1] == "stored":
                    found.append(rest[2])
            return found

        yield read


@pytest.fixture
def observer() -> Iterator[Observer]:
    """A step ends when every look has been reported."""
    found = Observer(lambda: guard(ROLE, 1), every_s=30, timeout_s=1)
    yield found
    found.stop()


@pytest.fixture
def brisk() -> Iterator[Observer]:
    """Fast enough for a test to wait for."""
    found = Observer(lambda: guard(ROLE, 1), every_s=0.05, timeout_s=1)
    yield found
    found.stop()


@pytest.fixture
def theirs(foreign: list[Foreign]) -> list[Foreign]:
    attach(slug="theirs", address=str(foreign[0].target), password=PASSWORD, actor=OPERATOR)
    return foreign


def nodes() -> list[NodeState]:
    return known("theirs").state["nodes"]


@pytest.mark.django_db
def test_a_look_tells_what_is_stored_and_writes_nothing(theirs, observer, frames):
    observer.step()
    observer.step()
    first, second = frames()
    assert {name: one["keys"] for name, one in first["nodes"].items()} == {
        str(number): server.client.dbsize() for number, server in enumerate(theirs, 1)
    }
    assert all(one["up"] and one["bytes"] > 0 and one["replica"] is None for one in first["nodes"].values())
    assert first["silent_since"] is None
    assert second["at"] >= first["at"]
    assert known("theirs").v == 1


@pytest.mark.django_db
def test_a_cluster_that_may_not_be_asked_is_silent_since_then(theirs, observer, frames, settings):
    observer.step()
    rules, settings.ALLOWED_TARGETS = settings.ALLOWED_TARGETS, ()
    observer.step()
    since = Attachment.objects.get().silent_since
    observer.step()
    assert since is not None
    assert Attachment.objects.get().silent_since == since
    told = frames()[1:]
    assert {frame["silent_since"] for frame in told} == {int(since.timestamp() * 1000)}
    assert {one["up"] for frame in told for one in frame["nodes"].values()} == {False}
    assert {one["keys"] for frame in told for one in frame["nodes"].values()} == {None}
    settings.ALLOWED_TARGETS = rules
    observer.step()
    assert frames()[0]["silent_since"] is None
    assert Attachment.objects.get().silent_since is None
    assert known("theirs").v == 1, "silence is no event"


@pytest.mark.django_db
def test_a_server_that_may_not_be_asked_is_unknown(theirs, observer, frames, settings):
    settings.ALLOWED_TARGETS = rules.parse([str(theirs[0].target)])
    observer.step()
    (frame,) = frames()
    assert [(one["up"], one["keys"] is None) for one in frame["nodes"].values()] == [
        (True, False),
        (False, True),
        (False, True),
    ]


@pytest.mark.django_db
def test_what_is_detached_is_looked_at_no_more(theirs, observer, frames):
    observer.step()
    detach(slug="theirs", actor=OPERATOR)
    observer.step()
    assert len(frames()) == 1


@pytest.mark.django_db(transaction=True)
def test_it_runs_until_it_is_stopped(theirs, brisk, frames):
    before = theirs[0].client.info("clients")["connected_clients"]
    brisk.start()
    seen: list[dict[str, Any]] = []

    def five() -> bool:
        seen.extend(frames(5))
        return len(seen) >= 5

    until(five, what="five looks")
    brisk.stop()
    until(lambda: theirs[0].client.info("clients")["connected_clients"] == before)
    until(lambda: not frames(5))


@pytest.mark.django_db
def test_who_leads_no_more_writes_neither_silence_nor_a_map(theirs, observer, frames, settings):
    lead(ROLE, 1, "paused")
    observer.step()
    lead(ROLE, 2, "other")
    before, unmarked = everything(), Attachment.objects.values().get()
    gone = ClusterLook(
        tuple(checked_members(f"{'a' * 40} 10.0.0.1:6379@1 myself,master - 0 0 1 connected 0-16383")), {}
    )
    with pytest.raises(Fenced, match="1 is behind 2"):
        see("theirs", gone, guard=guard(ROLE, 1))
    settings.ALLOWED_TARGETS = ()
    with pytest.raises(Fenced, match="1 is behind 2"):
        observer.step()
    assert (everything(), Attachment.objects.values().get()) == (before, unmarked)
    assert see("theirs", gone, guard=guard(ROLE, 2)) == nodes()
    assert known("theirs").v == 2, "who leads does write it"


@pytest.mark.django_db(transaction=True)
def test_the_thread_of_who_leads_no_more_ends(theirs, brisk, frames, settings):
    lead(ROLE, 1, "paused")
    brisk.start()
    for _ in range(2):
        assert until(lambda: frames(1))
    lead(ROLE, 2, "other")
    settings.ALLOWED_TARGETS = ()
    until(lambda: not brisk._thread.is_alive())
    assert Attachment.objects.get().silent_since is None


@pytest.mark.django_db
def test_each_change_of_the_cluster_is_an_event(observer, frames, settings):
    settings.ALLOWED_TARGETS = rules.parse(["127.0.0.0/8"])
    ranges = [(0, 5460), (5461, 10_922), (10_923, 16_383)]
    with foreign_cluster(ranges, "--repl-diskless-sync-delay", "0", extra=1) as (a, b, c, spare):
        attach(slug="theirs", address=str(a.target), password=PASSWORD, actor=OPERATOR)
        assert [node["slots"] for node in nodes()] == [[list(span)] for span in ranges]

        for server in (b, a, c):
            server.client.execute_command("CLUSTER SETSLOT", 5460, "NODE", b.id)
        _until_seen(observer, lambda: nodes()[1]["slots"] == [[5460, 10_922]])
        assert nodes()[0]["slots"] == [[0, 5459]]

        until(lambda: _nobodys(9000, (b, a, c)))
        _until_seen(observer, lambda: nodes()[1]["slots"] == [[5460, 8999], [9001, 10_922]])
        assert (nodes()[1]["tokens"], nodes()[1]["ownership"]) == (2, 5462 / 16_384)

        spare.client.execute_command("CLUSTER MEET", "127.0.0.1", a.port, a.bus)
        _until_seen(observer, lambda: len(nodes()) == 4)
        assert (nodes()[3]["number"], nodes()[3]["slots"], nodes()[3]["ownership"]) == (4, [], 0)

        until(lambda: _replicates(spare, b))
        _until_seen(observer, lambda: len(nodes()) == 3)
        assert nodes()[1]["replicas"] == [{"address": str(spare.target), "state": "active"}]
        b.client.set(next(key for key in map(str, count()) if 5500 < slot_of(key.encode()) < 8000), 1)
        _until_seen(observer, lambda: frames()[-1]["nodes"]["2"]["replica"] == {"keys": 1, "up": True})

        b.child.kill()
        _until_seen(observer, lambda: nodes()[-1]["address"] == str(spare.target))
        states = {node["number"]: node["state"] for node in nodes()}
        assert states == {1: "active", 2: "down", 3: "active", 5: "active"}
        assert nodes()[-1]["slots"] == [[5460, 8999], [9001, 10_922]]
        told = frames()[-1]["nodes"]
        assert [told[number]["up"] for number in ("1", "2", "3", "5")] == [True, False, True, True]
        assert (told["5"]["keys"], told["2"]["keys"]) == (1, None)
        _commands_only_read(observer, a)
    _the_log_makes_the_state()


def _until_seen(observer: Observer, condition: Callable[[], bool]) -> None:
    def looked() -> bool:
        observer.step()
        return condition()

    until(looked)


def _nobodys(slot: int, servers: tuple[Foreign, ...]) -> bool:
    """Whether no server knows an owner of the slot. The owner forgets first, or its gossip would restore it."""
    for server in servers:
        with suppress(ResponseError):  # already forgotten
            server.client.execute_command("CLUSTER DELSLOTS", slot)
    known: list[list[Any]] = [server.client.execute_command("CLUSTER SLOTS") for server in servers]
    return not any(first <= slot <= last for spans in known for first, last, *_nodes in spans)


def _replicates(replica: Foreign, primary: Foreign) -> bool:
    """It can do so only once it has heard of the primary."""
    try:
        replica.client.execute_command("CLUSTER REPLICATE", primary.id)
    except ResponseError:
        return False
    return True


def _commands_only_read(observer: Observer, server: Foreign) -> None:
    """Everything sent to the server while it is observed."""
    server.client.config_resetstat()
    observer.step()
    stats: Any = server.client.info("commandstats")
    sent = {name.removeprefix("cmdstat_") for name in stats} - {"config|resetstat"}
    assert sent == {"cluster|nodes", "info"}


def _the_log_makes_the_state() -> None:
    on = known("theirs")
    stream_id = Cluster.objects.get().stream_id
    assert state_at(stream_id, on.v) == on.state
    assert on.v > 4
