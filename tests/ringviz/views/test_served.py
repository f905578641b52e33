"""What the page of a managed cluster receives: where a key really is, what a plan would cost, what was requested."""

from contextlib import ExitStack
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from redis import Redis

from ringviz.core.buckets import bucket_of, stored_name
from ringviz.core.placement import Murmur
from tests.installations import installation
from tests.supervised import Installation

AT = "/clusters/real/"


@pytest.fixture(scope="module")
def real(django_db_setup, django_db_blocker):
    """Three servers with 3,000 keys, shared by all tests here: each test leaves them as they were."""
    with ExitStack() as stack:
        patch = Patched(stack.enter_context(pytest.MonkeyPatch.context()))
        ours = stack.enter_context(installation(django_db_blocker, patch, nodes=3, keys=3_000))
        ours.equal()
        yield ours


class Patched:
    """pytest-django's `settings`, but for longer than one test."""

    _patch: pytest.MonkeyPatch

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        object.__setattr__(self, "_patch", patch)

    def __setattr__(self, name: str, value: Any) -> None:
        self._patch.setattr(settings, name, value)


@pytest.fixture
def operator(real) -> Client:
    client = Client()
    user, _made = User.objects.get_or_create(username="operator", is_superuser=True)
    client.force_login(user)
    return client


def server(real: Installation, number: int) -> Redis:
    host, port = real.node(number)["address"].split(":")
    return Redis(host, int(port), password=real.password())


def test_a_key_is_where_the_ring_says_and_a_stranger_is_nowhere(real, operator):
    found = operator.get(AT + "lookup?key=user:7").json()
    assert found["stored"] == {"owner": found["owner"], "found": True, "replicas": []}
    name = stored_name(b"user:7", bucket_of(Murmur().hash(b"user:7")))
    assert [bool(server(real, number).exists(name)) for number in (found["owner"],)] == [True]
    stranger = operator.get(AT + "lookup?key=nobody").json()
    assert stranger["stored"] == {"owner": stranger["owner"], "found": False, "replicas": []}


def test_of_the_past_nobody_says_what_was_stored(real, operator):
    assert "stored" not in operator.get(AT + "lookup?key=user:7&v=2").json()
    assert "stored" in operator.get(f"{AT}lookup?key=user:7&v={real.known().v}").json()


def test_a_plan_of_a_kill_tells_what_would_be_lost_and_what_room_the_others_have(real, operator):
    node = real.node(2)
    plan = operator.get(AT + "plan?action=kill&node=2").json()
    cost = plan["estimate"]
    assert (plan["kind"], cost["keys"], cost["lost_keys"], cost["measured"]) == ("node_killed", 0, node["keys"], True)
    assert cost["lost_bytes"] > 0
    assert [one["node"] for one in cost["survivors"]] == [1, 3]
    for one in cost["survivors"]:
        assert 0 < one["bytes"] < one["after_bytes"] < one["limit"] == 32 * 2**20
    assert cost["notes"]
    assert real.node(2)["state"] == "active"


def test_a_plan_of_a_drain_moves_its_keys_and_loses_none(real, operator):
    cost = operator.get(AT + "plan?action=drain&node=2").json()["estimate"]
    assert (cost["keys"], cost["lost_keys"], cost["lost_bytes"]) == (real.node(2)["keys"], 0, 0)
    assert cost["bytes"] > 0


def test_what_is_asked_twice_with_one_key_is_done_once(real, operator):
    version = real.known().v
    form = {"action": "restart", "node": 1, "version": version, "key": "one click"}
    first, second = (operator.post(AT + "act", form).json() for _time in range(2))
    assert first == second
    assert (first["v"], first["event"]["kind"]) == (version + 1, "work_asked")
    real.event("node_restarted", version)
    assert real.equal()
    assert len([event for event in real.events(version + 1) if event.kind == "node_restarted"]) == 1


def test_nobody_is_told_a_secret(real, operator):
    for path in ("state", "plan?action=kill&node=2", "lookup?key=user:7", ""):
        assert real.password() not in operator.get(AT + path).content.decode()
