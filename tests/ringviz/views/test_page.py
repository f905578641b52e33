"""The Ring page and the state of a version."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from live.models import Checkpoint, Event
from ringviz.core.strategy import STRATEGIES
from ringviz.selectors.clusters import cluster_of, seen
from ringviz.services.clusters import delete_cluster
from tests.ringviz.views.conftest import BOSS


def boot_of(response: Any) -> dict[str, Any]:
    """The data that the page starts with."""
    (text,) = re.findall(rb'<script id="boot" type="application/json">(.*?)</script>', response.content)
    return dict(json.loads(text))


def test_the_page_begins_with_the_state_of_the_head(watcher: Client, cluster: str):
    boot = boot_of(watcher.get(cluster))
    assert (boot["v"], boot["head"], boot["floor"], boot["may_operate"]) == (2, 2, 1, False)
    assert [node["name"] for node in boot["state"]["nodes"]] == ["a", "b", "c", "d"]
    assert sum(node["keys"] for node in boot["state"]["nodes"]) == 1_000
    assert boot["event"]["kind"] == "node_added"


def test_an_operator_may_operate(operator: Client, cluster: str):
    assert boot_of(operator.get(cluster))["may_operate"] is True


def test_an_address_with_a_version_begins_there(watcher: Client, cluster: str):
    boot = boot_of(watcher.get(cluster + "?v=1"))
    assert (boot["v"], boot["head"]) == (1, 2)
    assert [node["name"] for node in boot["state"]["nodes"]] == ["a", "b", "c"]


UNKNOWN = {
    "99": "There is no version 99.",
    "0": "There is no version 0.",
    "-1": "\u201c-1\u201d is not a version.",
    "1.5": "\u201c1.5\u201d is not a version.",
    "</script>\x07": "\u201c</script>\\x07\u201d is not a version.",
    "9" * 16: f"\u201c{'9' * 16}\u201d is not a version.",
    "x" * 9_000: f"\u201c{'x' * 40}\u201d is not a version.",
}


@pytest.mark.parametrize("asked", UNKNOWN)
def test_a_version_that_is_not_there_is_named_and_what_is_now_is_shown(watcher: Client, cluster: str, asked: str):
    response = watcher.get(cluster, {"v": asked})
    boot = boot_of(response)
    assert (response.status_code, boot["v"], boot["head"]) == (200, 2, 2)
    assert boot["missing"] == f"{UNKNOWN[asked]} The page opened at the newest version, 2, instead."
    assert boot_of(watcher.get(cluster, {"v": 1}))["missing"] == ""


def test_a_version_before_what_the_log_keeps_is_named(watcher: Client, operator: Client, cluster: str):
    stream_id = cluster_of("small").stream_id
    Checkpoint.objects.create(stream_id=stream_id, version=2, state={"ring": seen("small").state})
    Event.objects.filter(stream_id=stream_id, version__lte=2).delete()
    assert operator.post(cluster + "act", {"action": "kill", "node": 1, "version": 2}).status_code == 200
    boot = boot_of(watcher.get(cluster, {"v": 1}))
    assert boot["v"] == 3
    assert boot["missing"] == (
        "The log starts at version 2. Version 1 is no longer kept. The page opened at the newest version, 3, instead."
    )


def test_an_unknown_cluster_is_not_found(watcher: Client, db):
    assert watcher.get("/clusters/nobody/").status_code == 404


def test_the_page_allows_no_script_but_its_own_files(watcher: Client, cluster: str):
    response = watcher.get(cluster)
    assert "script-src 'self';" in response["content-security-policy"] + ";"
    assert not re.search(rb"<script(?![^>]*(src=|application/json))|\son\w+=|\sstyle=", response.content)


def test_a_name_cannot_leave_the_data_of_the_page(operator: Client, cluster: str):
    form = {"action": "add", "name": "</script><b>x", "version": 2}
    assert operator.post(cluster + "act", form).status_code == 200
    response = operator.get(cluster)
    assert b"</script><b>x" not in response.content
    assert boot_of(response)["state"]["nodes"][-1]["name"] == "</script><b>x"


def test_the_state_of_a_version_has_its_event(watcher: Client, cluster: str):
    answer = watcher.get(cluster + "state?v=2").json()
    assert (answer["v"], answer["event"]["v"], answer["at"]) == (2, 2, answer["event"]["at"])
    assert answer["event"]["payload"]["movement"]["pairs"]


def test_who_acted_is_not_told_to_those_who_watch(watcher: Client, operator: Client, cluster: str):
    for address in ("", "state", "events"):
        assert b"boss" not in watcher.get(cluster + address).content
    assert b"boss" in operator.get(cluster + "events").content


def test_a_version_that_cannot_be_is_refused(watcher: Client, cluster: str):
    assert watcher.get(cluster + "state?v=3").status_code == 404
    refused = watcher.get(cluster + "state?v=-1")
    assert (refused.status_code, refused.json()["field"]) == (400, "v")


def test_it_only_reads(operator: Client, cluster: str):
    assert operator.post(cluster + "state").status_code == 405
    assert operator.post(cluster).status_code == 405


def test_a_cluster_that_goes_while_it_is_read_is_not_found(watcher: Client, cluster: str, monkeypatch):
    stale = cluster_of("small")
    delete_cluster(slug="small", actor=BOSS)
    monkeypatch.setattr("ringviz.selectors.clusters.cluster_of", lambda _slug: stale)
    monkeypatch.setattr("ringviz.views.reading.cluster_of", lambda _slug: stale)
    assert watcher.get(cluster + "state").status_code == 404
    assert watcher.get(cluster + "events").status_code == 404
    assert watcher.get(cluster).status_code == 404


def test_every_strategy_can_be_chosen_and_a_slot_map_cannot(watcher: Client, cluster: str):
    page = watcher.get(cluster).content.decode()
    choices = re.findall(r'<option value="(\w+)"( selected)?>([^<]+)</option>', page)
    assert [name for name, _, _ in choices] == list(STRATEGIES)
    assert [name for name, selected, _ in choices if selected] == ["ring"]
    assert ("jump", "", "Jump hash") in choices


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_tokens_are_preloaded_where_nodes_have_some(operator: Client, cluster: str, strategy: str):
    if strategy != "ring":
        fields = {"action": "configure", "strategy": strategy, "version": 2}
        assert operator.post(f"{cluster}act", fields).status_code == 200
    page = operator.get(cluster)
    asked = f'{cluster}tokens.bin?v={boot_of(page)["v"]}"'.encode()
    assert (asked in page.content) == (strategy in {"ring", "multiprobe", "bounded"})
    assert f'value="{strategy}" selected'.encode() in page.content
