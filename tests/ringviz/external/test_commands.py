"""`ring attach`, `ring status` and `ring detach` on a real cluster."""

from __future__ import annotations

import json

import pytest

from ringviz.models import Cluster
from tests.ringviz.cli.running import Ring, assert_refused
from tests.servers.reading.foreign import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)  # the command closes its connection


@pytest.fixture
def ring(monkeypatch, capsysbinary, tmp_path) -> Ring:
    return Ring(monkeypatch, capsysbinary, tmp_path)


def test_attach_status_detach(ring, foreign):
    where = str(foreign[0].target)
    ran = ring(f"attach theirs {where} --password-stdin --name", "Their own", stdin=PASSWORD.encode() + b"\n")
    assert (ran.out, ran.status) == (b"theirs: attached read-only, 3 nodes\n", 0)
    assert Cluster.objects.get().name == "Their own"
    nodes = json.loads(ring("status --cluster theirs --json").out)["nodes"]
    assert [(one["name"], one["kind"], one["predicted_keys"], one["stored_keys"]) for one in nodes] == [
        (server.id[:8], "external", None, server.client.dbsize()) for server in foreign
    ]
    table = ring("status --cluster theirs").out.decode().splitlines()
    assert [row.split()[-2:] for row in table[2:]] == [["-", str(server.client.dbsize())] for server in foreign]
    assert_refused(ring(f"kill {foreign[0].id[:8]} --cluster theirs"), "read-only")
    assert ring("detach theirs --json").out == b'{"cluster": "theirs"}\n'
    assert not Cluster.objects.exists()


def test_a_silent_cluster_has_unknown_counts(ring, foreign, settings):
    assert ring(f"attach theirs {foreign[0].target} --password-stdin --json", stdin=PASSWORD.encode()).status == 0
    settings.ALLOWED_TARGETS = ()
    nodes = json.loads(ring("status --cluster theirs --json").out)["nodes"]
    assert {one["stored_keys"] for one in nodes} == {None}


@pytest.mark.parametrize(
    ("words", "stdin", "because"),
    [
        ("attach theirs 10.0.0.1:6379", b"", "cannot be attached"),
        ("attach theirs 10.0.0.1:6379:1", b"", "host:port"),
        ("attach theirs 10.0.0.1 --password-stdin", b"", "no password"),
        ("attach theirs 10.0.0.1 --password-stdin", b"\xff\n", "UTF-8"),
        ("attach No-Slug 10.0.0.1", b"", "small letters"),
        ("detach nobody", b"", "no cluster"),
    ],
)
def test_what_is_refused_is_one_line(ring, words, stdin, because):
    ran = ring(words, stdin=stdin)
    assert because.lower() in ran.error.lower()
    assert_refused(ran, "")
