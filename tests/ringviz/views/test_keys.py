"""Replacing a cluster's keys over HTTP. The import runs in a thread, so these tests commit."""

import gzip
import threading
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from ringviz.models import Cluster, KeyImport, KeySet
from ringviz.services.clusters import delete_cluster
from ringviz.services.importing import ABANDONED_AFTER
from ringviz.services.keys import pattern_key_set
from tests.ringviz.views.conftest import BOSS

pytestmark = pytest.mark.django_db(transaction=True)


def ended(client: Client, cluster: str) -> dict[str, object]:
    """Waits for the import's thread and returns how it ended."""
    for thread in threading.enumerate():
        if thread.name.startswith("import-"):
            thread.join(30)
            assert not thread.is_alive()
    return dict(client.get(cluster + "keys").json()["import"])


def test_a_pattern_becomes_the_clusters_keys(operator: Client, cluster: str):
    answer = operator.post(cluster + "keys", {"pattern": "item:{n}", "count": "2000"})
    assert answer.status_code == 202
    assert ended(operator, cluster) == {
        "id": answer.json()["import"],
        "done": 2000,
        "total": 2000,
        "state": "done",
        "keys": KeySet.objects.get(pattern="item:{n}").pk,
    }
    state = operator.get(cluster + "state").json()
    assert (state["event"]["kind"], state["state"]["keys"]["label"]) == ("keys_imported", "item:{n}")
    assert sum(node["keys"] for node in state["state"]["nodes"]) == 2000


def test_keys_that_are_planned_change_nothing_until_they_are_taken_and_are_given_back(operator: Client, cluster: str):
    operator.post(cluster + "keys", {"pattern": "user:{n}", "count": "1500", "plan": "1"})
    read = ended(operator, cluster)["keys"]
    before = operator.get(cluster + "state").json()
    assert (before["v"], before["state"]["keys"]["count"]) == (2, 1_000)
    made = operator.get(f"{cluster}plan?action=keys&keys={read}").json()
    assert made["compared"] == {"come": 500, "go": 0, "stay": 1_000}
    assert (made["kind"], made["payload"]["keys"]["count"]) == ("keys_imported", 1_500)

    taken = operator.post(cluster + "act", {"action": "keys", "keys": str(read), "version": "2"}).json()
    assert (taken["v"], taken["event"]["payload"]["keys"]["count"]) == (3, 1_500)
    operator.post(cluster + "act", {"action": "undo", "version": "3"})
    after = operator.get(cluster + "state").json()
    assert (after["v"], after["state"]["keys"]) == (4, before["state"]["keys"])
    assert [node["keys"] for node in after["state"]["nodes"]] == [node["keys"] for node in before["state"]["nodes"]]


def test_keys_of_another_cluster_cannot_be_planned_or_taken(operator: Client, cluster: str):
    foreign = pattern_key_set(pattern="secret:{n}", count=7)
    for answer in (
        operator.get(f"{cluster}plan?action=keys&keys={foreign.pk}"),
        operator.post(cluster + "act", {"action": "keys", "keys": str(foreign.pk), "version": "2"}),
    ):
        assert answer.status_code == 404
        assert "were not read for this cluster" in answer.json()["error"]


def test_a_gzip_file_becomes_the_clusters_keys(operator: Client, cluster: str):
    file = SimpleUploadedFile("words.gz", gzip.compress(b"one\ntwo\n\xff\x00three\n", mtime=0))
    assert operator.post(cluster + "keys", {"file": file}).status_code == 202
    assert ended(operator, cluster)["state"] == "done"
    keys = operator.get(cluster + "state").json()["state"]["keys"]
    assert (keys["label"], keys["count"], keys["kind"]) == ("words.gz", 3, "file")


def test_a_bad_line_is_named_and_nothing_is_imported(operator: Client, cluster: str):
    file = SimpleUploadedFile("words.txt", b"one\n\ntwo\n")
    assert operator.post(cluster + "keys", {"file": file}).status_code == 202
    job = ended(operator, cluster)
    assert (job["state"], "Line 2" in str(job["error"])) == ("failed", True)
    assert operator.get(cluster + "state").json()["head"] == 2


def test_an_empty_file_is_refused_and_the_keys_stay(operator: Client, cluster: str):
    refused = operator.post(cluster + "keys", {"file": SimpleUploadedFile("words.txt", b"")})
    assert (refused.status_code, refused.json()["field"]) == (400, "file")
    assert "is empty" in refused.json()["error"]
    assert (
        operator.post(cluster + "keys", {"file": SimpleUploadedFile("words.gz", gzip.compress(b""))}).status_code == 202
    )
    assert "is empty" in str(ended(operator, cluster)["error"])
    assert operator.get(cluster + "state").json()["head"] == 2


def test_whoever_watches_is_told_what_was_converted(operator: Client, cluster: str, monkeypatch):
    frames: list[dict[str, object]] = []
    monkeypatch.setattr("ringviz.services.importing.publish_frame", lambda _stream, _topic, frame: frames.append(frame))
    for form in ({}, {"binary": "1"}):
        file = SimpleUploadedFile("words.txt", "a\r\nb\r\n".encode("utf-16"))
        assert operator.post(cluster + "keys", {"file": file, **form}).status_code == 202
        assert ended(operator, cluster)["state"] == "done"
    first, second = [frame for frame in frames if frame["state"] == "done"]
    assert first["converted"] == "UTF-16 read as UTF-8, CRLF read as LF"
    assert ("converted" in second, second["done"]) == (False, 3)


def test_a_bad_pattern_is_refused_at_once(operator: Client, cluster: str):
    for form, field in (
        ({"pattern": "x", "count": "5"}, "pattern"),
        ({"pattern": "x{n}", "count": "10000001"}, "count"),
        ({}, "count"),
    ):
        refused = operator.post(cluster + "keys", form)
        assert (refused.status_code, refused.json()["field"]) == (400, field)


def test_who_watches_sees_the_progress_and_cannot_import(watcher: Client, cluster: str):
    assert watcher.get(cluster + "keys").json() == {"import": None}
    assert watcher.post(cluster + "keys", {"pattern": "x{n}", "count": "5"}).status_code == 403


def test_a_cluster_that_is_deleted_meanwhile_ends_its_import(operator: Client, cluster: str, monkeypatch):
    def make_while_it_goes(**_what: object) -> KeySet:
        delete_cluster(slug="small", actor=BOSS)
        return KeySet.objects.get()

    raised: list[object] = []
    monkeypatch.setattr(threading, "excepthook", raised.append)
    monkeypatch.setattr("ringviz.views.keys.pattern_key_set", make_while_it_goes)
    assert operator.post(cluster + "keys", {"pattern": "x{n}", "count": "5"}).status_code == 202
    for thread in threading.enumerate():
        if thread.name.startswith("import-"):
            thread.join(30)
    assert raised == []
    assert not KeyImport.objects.exists()


def test_one_import_at_a_time(operator: Client, cluster: str, monkeypatch):
    go_on = threading.Event()

    def slow(**what: Any) -> KeySet:
        assert go_on.wait(30)
        return pattern_key_set(**what)

    monkeypatch.setattr("ringviz.views.keys.pattern_key_set", slow)
    form = {"pattern": "item:{n}", "count": "50"}
    try:
        assert operator.post(cluster + "keys", form).status_code == 202
        second = operator.post(cluster + "keys", form)
    finally:
        go_on.set()
    assert (second.status_code, second.json()["field"]) == (400, "file")
    assert ended(operator, cluster)["state"] == "done"
    assert operator.post(cluster + "keys", {"pattern": "other:{n}", "count": "5"}).status_code == 202
    assert ended(operator, cluster)["state"] == "done"


def test_an_import_whose_process_is_gone_has_failed_and_stands_in_nobodys_way(operator: Client, cluster: str):
    long_ago = timezone.now() - 2 * ABANDONED_AFTER
    KeyImport.objects.create(cluster=Cluster.objects.get(), done=5, total=9, updated_at=long_ago)
    job = operator.get(cluster + "keys").json()["import"]
    assert (job["state"], "Start it again" in job["error"]) == ("failed", True)
    assert operator.post(cluster + "keys", {"pattern": "item:{n}", "count": "5"}).status_code == 202
    assert ended(operator, cluster)["state"] == "done"
