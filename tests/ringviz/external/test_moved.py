"""A cluster attached by a host name whose address changes: it is found again, and the change is reported."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from live.models import Event
from locks.services.leading import guard
from ringviz.models import Attachment
from ringviz.selectors.clusters import cluster_of, known
from ringviz.selectors.leading import ROLE
from ringviz.services.external import attach
from ringviz.supervisor.observer import Observer
from servers.guard import rules
from tests.processes import until
from tests.ringviz.making import OPERATOR
from tests.servers.reading.foreign import PASSWORD
from tests.servers.reading.impostor import Listening

pytestmark = pytest.mark.django_db
NAME = "theirs.example"
GONE = "127.0.0.3"  # nobody listens there


@pytest.fixture
def leads(monkeypatch) -> list[str]:
    """The addresses that the name resolves to; a test may change them."""
    found, real = ["127.0.0.1"], socket.getaddrinfo

    def answer(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        if host != NAME:
            return real(host, port, *more, **named)
        return [row for one in found for row in real(one, port, *more, **named)]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return found


@pytest.fixture
def observer() -> Iterator[Observer]:
    found = Observer(lambda: guard(ROLE, 1), every_s=30, timeout_s=2, resolve_every_s=0)
    yield found
    found.stop()


@pytest.fixture
def moved(foreign, settings, leads) -> str:
    """The name was resolved to an address that the cluster has left. Returns its present address."""
    settings.ALLOWED_TARGETS = rules.parse([f"{NAME}:{foreign[0].port}"])
    attach(slug="theirs", address=f"{NAME}:{foreign[0].port}", password=PASSWORD, actor=OPERATOR)
    Attachment.objects.update(ip=GONE)
    return str(foreign[0].target)


def kinds() -> list[str]:
    return list(Event.objects.order_by("version").values_list("kind", flat=True))


def test_it_is_found_again_and_the_log_goes_on(moved, observer, told_of, foreign):
    def back() -> bool:
        observer.step()
        return Attachment.objects.get().ip == "127.0.0.1"

    until(back)
    assert kinds() == ["cluster_created", "external_moved"]
    event = Event.objects.get(kind="external_moved")
    assert event.payload == {"address": moved, "before": f"{GONE}:{foreign[0].port}"}
    assert event.actor == "observer"
    stream = cluster_of("theirs").stream_id
    assert told_of(stream)[-1]["silent_since"] is None
    assert [node["state"] for node in known("theirs").state["nodes"]] == ["active"] * 3
    observer.step()
    assert len(kinds()) == 2, "it is told once"


def test_the_same_guard_decides(moved, observer, settings, leads):
    """No rule names the address that the name now resolves to, until one does."""
    with Listening() as (port, asked):
        Attachment.objects.update(port=port)
        leads[:] = ["169.254.169.254", "127.0.0.1"]
        for _ in range(2):
            observer.step()
        assert not asked.is_set()
        assert Attachment.objects.get().silent_since is not None
        settings.ALLOWED_TARGETS = rules.parse([f"{NAME}:{port}"])
        until(lambda: observer.step() or asked.is_set(), what="the rule to let it in")
    assert Attachment.objects.get().ip == GONE, "who listens there is no cluster"
    assert kinds() == ["cluster_created"]


def test_an_address_is_not_a_name(foreign, observer, leads, monkeypatch):
    attach(slug="theirs", address=str(foreign[0].target), password=PASSWORD, actor=OPERATOR)
    Attachment.objects.update(ip=GONE, host="127.0.0.1")
    resolved: list[Any] = []
    monkeypatch.setattr("ringviz.supervisor.asking.resolve", lambda *args, **named: resolved.append(args))
    observer.step()
    assert resolved == []
