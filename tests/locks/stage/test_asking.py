"""What the service refuses, and says, before any process starts; and what happens to repeated requests."""

import pytest

from live.actor import Actor
from live.models import Event
from locks.refusals import Invalid, NotAllowed, NotFound, Refused
from locks.services.stage import ask, ended
from locks.stores.line import line, names_of
from tests.locks.stage.conftest import OPERATOR, watch


def asking(source, actor=OPERATOR, **fields):
    return ask(source.slug, actor, {"key": "once", **fields})


@pytest.fixture
def source(watched):
    watch(watched.source)
    return watched.source


def test_who_only_watches_starts_nothing(source):
    with pytest.raises(NotAllowed, match="Sign in as an operator"):
        asking(source, Actor("", "page", may_operate=False), what="ladder")


def test_the_page_and_its_request(operator_client, client, source):
    url = f"/locks/{source.slug}/stage"
    answer = operator_client.post(url, {"what": "ladder", "key": "a", "rung": "set", "seed": "7", "seconds": "2"})
    assert answer.status_code == 200
    assert answer.json()["event"]["payload"]["run"]["rungs"] == ["set"]
    panel = client.get(f"{url}.json").json()
    assert panel["run"]["seed"] == 7
    assert [rung["name"] for rung in panel["rungs"]] == ["set", "get_set", "nx_del", "nx_compare", "fencing"]
    assert panel["rungs"][4]["expected"] == {"overlap": True, "stale": False}
    busy = operator_client.post(url, {"what": "workers", "key": "b"})
    assert (busy.status_code, busy.json()["error"]) == (400, "The stage is busy. Wait until the run ends, or stop it.")


def test_a_visitor_gets_403_and_a_stranger_source_404(client, source):
    assert client.post(f"/locks/{source.slug}/stage", {"what": "ladder", "key": "a"}).status_code == 403
    assert client.get("/locks/nowhere/stage.json").status_code == 404


def test_asked_twice_with_one_key_it_is_asked_once(source):
    first, second = asking(source, what="ladder"), asking(source, what="ladder")
    assert first.version == second.version
    assert Event.objects.filter(kind="stage_asked").count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"what": "ladder", "workers": "1"}, "workers"),
        ({"what": "ladder", "workers": "9"}, "workers"),
        ({"what": "ladder", "workers": "many"}, "workers"),
        ({"what": "ladder", "seconds": "0"}, "seconds"),
        ({"what": "ladder", "seconds": "31"}, "seconds"),
        ({"what": "workers", "seconds": "601"}, "seconds"),
        ({"what": "ladder", "seed": "-1"}, "seed"),
        ({"what": "ladder", "seed": "99999999999"}, "seed"),
        ({"what": "ladder", "rung": "<script>"}, "rung"),
        ({"what": "workers", "client": "jedis"}, "client"),
        ({"what": "dance"}, "what"),
        ({"what": ""}, "what"),
        ({"what": "ladder", "key": ""}, "key"),
        ({"what": "ladder", "key": "k" * 101}, "key"),
        ({"what": "ladder", "key": "a\0b"}, "key"),
        ({"what": "ladder", "key": "a\ud800b"}, "key"),
    ],
)
def test_a_value_that_cannot_be_is_named(source, fields, field):
    with pytest.raises(Invalid) as refused:
        asking(source, **fields)
    assert refused.value.field == field
    assert not Event.objects.filter(kind="stage_asked").exists()


def test_of_a_run_that_is_not_there_nothing_can_be_asked(source):
    for what in ("stop", "pause", "resume", "kill", "start"):
        with pytest.raises(Refused, match="Nothing runs on the stage"):
            asking(source, what=what, worker="1")


def test_the_ladder_pauses_its_workers_by_itself(source):
    run = asking(source, what="ladder").payload["run"]
    with pytest.raises(Refused, match="by itself"):
        asking(source, what="pause", worker="1", key="other")
    asking(source, what="stop", key="another")
    assert ended(source, run, "stopped")


def test_a_worker_that_is_not_there_cannot_be_paused(source):
    asking(source, what="workers", workers="3")
    with pytest.raises(Invalid, match="from 1 to 3"):
        asking(source, what="pause", worker="4", key="other")
    with pytest.raises(Invalid):
        asking(source, what="pause", key="other")


def test_without_a_watcher_nobody_would_do_it(source):
    line().delete(names_of(source.slug).status)
    with pytest.raises(Refused, match="No watcher"):
        asking(source, what="ladder")


def test_the_stage_is_on_our_own_server_only(source):
    with pytest.raises(NotFound):
        ask("jobs", OPERATOR, {"what": "ladder", "key": "k"})
    source.slug = "jobs"
    source.save()
    with pytest.raises(Refused, match="our own server"):
        asking(source, what="ladder")
