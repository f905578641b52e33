"""Which addresses are our own: the hint server's, and those of the servers of managed clusters."""

from __future__ import annotations

import socket

import pytest

from ringviz.models import Node
from ringviz.selectors import door as doors
from ringviz.selectors.door import addresses_in, door
from servers.address import Address
from servers.guard import rules
from tests.ringviz.making import make_cluster

pytestmark = pytest.mark.django_db


def lets_in(text: str) -> bool:
    return door().announced(Address.parse(text)) is not None


@pytest.fixture
def allow(settings):
    def these(*entries: str) -> None:
        settings.ALLOWED_TARGETS = rules.parse(entries)

    return these


def test_the_hint_server_is_ours(allow, settings):
    settings.REDIS_URL = "redis://10.0.0.5:6379/0"
    allow("10.0.0.0/8")
    assert not lets_in("10.0.0.5:6379")
    assert lets_in("10.0.0.5:6380")
    allow("10.0.0.5:6379")
    assert lets_in("10.0.0.5:6379")
    settings.REDIS_URL = "unix:///tmp/valkey.sock"
    allow("10.0.0.0/8")
    assert lets_in("10.0.0.5:6379")


def test_the_name_of_the_hint_server_is_resolved_once_it_is_known(allow, settings, monkeypatch):
    answers = [OSError(), [(0, 0, 0, "", ("10.0.0.5", 6379)), (0, 0, 0, "", ("10.0.0.6", 6379))]]

    def resolver(*_args: object, **_options: object) -> object:
        answer = answers.pop(0)
        if isinstance(answer, OSError):
            raise answer
        return answer

    monkeypatch.setattr(doors, "_known", {})
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    settings.REDIS_URL = "redis://hints.example"
    allow("10.0.0.0/8")
    assert lets_in("10.0.0.5:6379"), "nobody knows the name yet"
    assert not lets_in("10.0.0.5:6379")
    assert not lets_in("10.0.0.6:6379")
    assert answers == []


def test_the_servers_of_managed_clusters_are_ours(allow):
    make_cluster(nodes=["a"])
    allow("127.0.0.0/8")
    Node.objects.update(address="127.0.0.1:7001")
    assert lets_in("127.0.0.1:7001")
    type(Node.objects.get().cluster).objects.update(kind="managed")
    assert not lets_in("127.0.0.1:7001")
    assert not lets_in("127.0.0.2:7001")
    assert lets_in("127.0.0.1:7002")


def test_a_managed_server_that_is_no_node_is_ours_too(allow, settings, tmp_path):
    """A replica has no row: its process records its ports in its directory."""
    settings.DATA_DIR = tmp_path
    allow("127.0.0.0/8")
    assert lets_in("127.0.0.1:7003")
    for name, text in (("1.1", '{"port": 7003, "bus": 7004}'), ("1.2", '{"port'), ("1.3", "[]"), ("1.4", "{}")):
        (tmp_path / "clusters" / "5" / name).mkdir(parents=True)
        (tmp_path / "clusters" / "5" / name / "process.json").write_text(text)
    assert not lets_in("127.0.0.1:7003")
    assert not lets_in("127.0.0.1:7004")
    assert lets_in("127.0.0.1:7005")


def test_what_is_no_address_is_left_out():
    assert list(addresses_in(["", "somewhere", "a:b", "127.0.0.1:7001"])) == [Address("127.0.0.1", 7001)]
