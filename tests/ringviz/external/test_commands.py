"""`ring attach`, `ring status` and `ring detach` on a real cluster."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from ringviz.models import Attachment, Cluster
from servers.guard import rules
from tests.ports import free_ports
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
    answer = json.loads(ring("status --cluster theirs --json").out)
    assert {one["stored_keys"] for one in answer["nodes"]} == {None}
    assert (answer["silent"], answer["silent_since"], answer["at_rest"]) == (True, None, False)
    assert ring("status --cluster theirs").out.decode().splitlines()[0].endswith("; no member answers")
    Attachment.objects.update(silent_since=datetime(2026, 11, 27, 10, 20, 30, 405, tzinfo=UTC))
    assert json.loads(ring("status --cluster theirs --json").out)["silent_since"].startswith("2026-11-27T10:20:30")
    head = ring("status --cluster theirs").out.decode().splitlines()[0]
    assert head.endswith("; no member answers; silent since 2026-11-27 10:20:30+00:00")


def test_any_member_is_asked_where_the_attached_address_is_silent(ring, foreign, settings):
    assert ring(f"attach theirs {foreign[0].target} --password-stdin --json", stdin=PASSWORD.encode()).status == 0
    [nobody] = free_ports(1)
    settings.ALLOWED_TARGETS = (*settings.ALLOWED_TARGETS, *rules.parse([f"127.0.0.1:{nobody}"]))
    Attachment.objects.update(port=nobody)
    answer = json.loads(ring("status --cluster theirs --json").out)
    assert [one["stored_keys"] for one in answer["nodes"]] == [server.client.dbsize() for server in foreign]
    assert (answer["silent"], answer["silent_since"]) == (False, None)
    assert "answer" not in ring("status --cluster theirs").out.decode()


def test_what_is_odd_about_a_cluster_is_said(ring, foreign):
    """A slot in the middle of a move, and a user who may not run INFO."""
    for server in foreign:
        server.client.execute_command("ACL SETUSER", "looker", "on", ">pw", "+cluster|nodes", "+dbsize")
    source, target, _third = foreign
    try:
        target.client.execute_command("CLUSTER SETSLOT", 7, "IMPORTING", source.id)
        ran = ring(f"attach theirs {source.target} --username looker --password-stdin", stdin=b"pw\n")
        assert ran.status == 0
        answer = json.loads(ring("status --cluster theirs --json").out)
        head = ring("status --cluster theirs").out.decode().splitlines()[0]
    finally:
        target.client.execute_command("CLUSTER SETSLOT", 7, "STABLE")
        for server in foreign:
            server.client.execute_command("ACL DELUSER", "looker")
    assert (answer["lacks"], answer["disagreeing"], answer["at_rest"]) == (["INFO"], [], False)
    odd = [(one["open_slots"], one["knows_its_address"], one["shares_its_address"]) for one in answer["nodes"]]
    assert odd == [
        ([], True, False),
        ([{"slot": 7, "leaving": False, "peer": source.id[:8]}], True, False),
        ([], True, False),
    ]
    assert answer["nodes"][0]["slots"] == [[0, 5460]]
    assert head.endswith("; 1 slot is open, in the middle of a move, the user may not run INFO")


@pytest.mark.parametrize(
    ("words", "stdin", "because"),
    [
        ("attach theirs 10.0.0.1:6379", b"", "cannot be attached"),
        ("attach theirs 10.0.0.1:6379:1", b"", "host:port"),
        ("attach theirs 10.0.0.1 --password-stdin", b"", "no password"),
        ("attach theirs 10.0.0.1 --password-stdin", b"\xff\n", "UTF-8"),
        ("attach No-Slug 10.0.0.1", b"", "lowercase letters"),
        ("detach nobody", b"", "no cluster"),
    ],
)
def test_what_is_refused_is_one_line(ring, words, stdin, because):
    ran = ring(words, stdin=stdin)
    assert because.lower() in ran.error.lower()
    assert_refused(ran, "")
