"""Attach, look, detach: what is written, what is refused, and that the cluster itself never notices."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings as django_settings

from live.models import Event
from ringviz.errors import Invalid, NotAllowed, NotFound
from ringviz.models import Attachment, Cluster
from ringviz.selectors.clusters import known
from ringviz.selectors.lookup import look_up
from ringviz.selectors.past import state_at
from ringviz.selectors.picture import tokens_file
from ringviz.selectors.placing import bucket_owners
from ringviz.services import decisions
from ringviz.services.actions import decision_of
from ringviz.services.changing import change
from ringviz.services.clusters import delete_cluster
from ringviz.services.external import attach, detach
from ringviz.services.importing import start_import
from ringviz.services.planning import make_plan
from ringviz.services.undo import undo
from ringviz.stores import passwords
from servers.slots import slot_of
from tests.ports import free_ports
from tests.ringviz.making import OPERATOR, WATCHER, everything
from tests.servers.reading.foreign import PASSWORD, RANGES

pytestmark = pytest.mark.django_db


def attached(foreign, **more: Any) -> Event:
    given = {"slug": "theirs", "address": str(foreign[1].target), "password": PASSWORD, "actor": OPERATOR, **more}
    return attach(**given)


def test_the_first_event_is_the_cluster_as_it_is(foreign):
    event = attached(foreign, name="Theirs")
    on = known("theirs")
    assert (event.version, event.kind) == (1, "cluster_created")
    assert on.state == state_at(on.cluster.stream_id, 1)
    told = on.state["cluster"]
    assert (told["kind"], told["strategy"], told["name"], told["demo"]) == ("external", "slots", "Theirs", False)
    assert [(node["number"], node["address"], node["slots"]) for node in on.state["nodes"]] == [
        (number, str(server.target), [list(span)])
        for number, (server, span) in enumerate(zip(foreign, RANGES, strict=True), 1)
    ]
    assert [node["name"] for node in on.state["nodes"]] == [server.id[:8] for server in foreign]
    assert sum(node["ownership"] for node in on.state["nodes"]) == pytest.approx(16_383 / 16_384)
    assert {node["keys"] for node in on.state["nodes"]} == {0}


def test_its_slots_are_placed_as_it_places_them(foreign):
    attached(foreign)
    on = known("theirs")
    owners = bucket_owners(on.state)
    assert [int(owners[slot]) for slot in (0, 5460, 5461, 10_922, 10_923, 16_382, 16_383)] == [1, 1, 2, 2, 3, 3, 0]
    for key in (b"user:7", b"{user}:8", b"x"):
        found = look_up(on.state, on.v, key)
        slot = slot_of(key)
        assert (found["owner"], found["bucket"], found["copies"]) == (owners[slot], slot, [])
        assert found["token"] is not None
        assert found["token"]["index"] == 0
        assert found["token"]["value"] >= found["hash"]
        holder = foreign[found["owner"] - 1]
        assert holder.client.execute_command("CLUSTER KEYSLOT", key) == slot
    header = tokens_file(on.state, on.v)
    assert json.loads(header[8 : 8 + int.from_bytes(header[4:8], "little")])["nodes"] == [[1, 1], [2, 1], [3, 1]]


def test_the_password_is_in_no_row_and_no_event(foreign):
    attached(foreign)
    pk = Cluster.objects.get().pk
    assert PASSWORD not in str(everything()) + str(list(Attachment.objects.values()))
    path = django_settings.DATA_DIR / "clusters" / str(pk) / "password"
    assert path.read_text() == PASSWORD == passwords.kept(pk)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_user_name_and_the_address_as_it_was_resolved(foreign):
    for server in foreign:
        server.client.execute_command("ACL SETUSER", "looker", "on", ">pw", "+cluster|nodes")
    try:
        attached(foreign, username="looker", password="pw", address=f" 127.0.0.1:{foreign[0].port} ")
    finally:
        for server in foreign:
            server.client.execute_command("ACL DELUSER", "looker")
    found = Attachment.objects.get()
    assert (found.host, found.ip, found.port, found.username) == ("127.0.0.1", "127.0.0.1", foreign[0].port, "looker")


def test_a_user_who_lacks_a_command_is_told_which(foreign):
    for server in foreign:
        server.client.execute_command("ACL SETUSER", "counter", "on", ">pw", "+info")
    try:
        with pytest.raises(Invalid, match=r"may not run CLUSTER NODES, .* \+cluster\|nodes") as caught:
            attached(foreign, username="counter", password="pw")
        with pytest.raises(Invalid, match="Cannot be attached"):
            attached(foreign, username="counter", password="wrong")
    finally:
        for server in foreign:
            server.client.execute_command("ACL DELUSER", "counter")
    assert caught.value.field == "username"


def refusal(foreign, **more: Any) -> str:
    before = everything()
    with pytest.raises(Invalid) as caught:
        attached(foreign, **more)
    assert everything() == before
    assert not Attachment.objects.exists()
    return caught.value.message


def test_refusals_are_the_same_words(foreign, settings):
    nobody = f"127.0.0.1:{free_ports(1)[0]}"
    settings.ALLOWED_TARGETS = (*settings.ALLOWED_TARGETS, *_rules(nobody))
    words = {
        refusal(foreign, address=nobody),
        refusal(foreign, address="127.0.0.1:9"),
        refusal(foreign, address="169.254.169.254:80"),
        refusal(foreign, address="nobody.invalid:7000"),
        refusal(foreign, password="wrong"),
        refusal(foreign, password=""),
    }
    assert len(words) == 1
    assert words.pop().startswith("Cannot be attached")


@pytest.mark.parametrize("address", ["", "a:0", "fd00::1", "redis://a:7000", "ü.example", "a.b" * 100])
def test_what_is_typed_wrongly_is_said(foreign, address):
    with pytest.raises(Invalid, match="host:port") as caught:
        attached(foreign, address=address)
    assert len(str(caught.value.value)) <= 200


def _rules(*entries: str) -> Any:
    from servers.guard import rules

    return rules.parse(entries)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"slug": "No Slug"}, "slug"),
        ({"name": "\x00"}, "name"),
        ({"username": "somebody", "password": ""}, "password"),
        ({"username": "x" * 101}, "username"),
        ({"password": "x" * 1_001}, "password"),
        ({"address": "x" * 10_000}, "address"),
    ],
)
def test_what_cannot_be_is_said_before_anybody_is_asked(foreign, more, field):
    with pytest.raises(Invalid) as caught:
        attached(foreign, **more)
    assert caught.value.field == field


def test_an_address_of_ours_is_had_once(foreign):
    attached(foreign)
    before = everything()
    with pytest.raises(Invalid, match="already"):
        attached(foreign)
    assert everything() == before


def test_who_only_watches_attaches_and_detaches_nothing(foreign):
    with pytest.raises(NotAllowed):
        attached(foreign, actor=WATCHER)
    attached(foreign)
    with pytest.raises(NotAllowed):
        detach(slug="theirs", actor=WATCHER)


def test_every_page_shows_it(foreign, client):
    attached(foreign, name="Theirs")
    page = client.get("/clusters/theirs/").content.decode()
    assert "Theirs" in page
    assert PASSWORD not in page
    assert "Theirs" in client.get("/").content.decode()
    keys = known("theirs").state["keys"]["id"]
    for path in ("state", "tokens.bin", f"density.bin?keys={keys}", "events", "lookup?key=7", "keys", "any-key?n=1"):
        assert client.get(f"/clusters/theirs/{path}").status_code == 200, path
    assert client.get("/clusters/theirs/moved?v=1").status_code < 500
    assert client.get("/timeline/").status_code < 500
    found = client.get("/clusters/theirs/state").json()["state"]
    assert [node["slots"] for node in found["nodes"]] == [[list(span)] for span in RANGES]
    assert client.get("/clusters/theirs/lookup?key=user:7").json()["bucket"] == slot_of(b"user:7")


ACTIONS = [
    ("add", {"name": "new"}),
    ("kill", {"node": "1"}),
    ("revive", {"node": "1"}),
    ("drain", {"node": "1"}),
    ("remove", {"node": "1"}),
    ("reweight", {"node": "1", "weight": "2"}),
    ("edit", {"node": "1", "address": "10.0.0.1:1", "zone": "z"}),
    ("configure", {"strategy": "ring"}),
    ("freeze", {"node": "1"}),
    ("thaw", {"node": "1"}),
    ("restart", {"node": "1"}),
]


@pytest.mark.parametrize(("action", "fields"), ACTIONS)
def test_nothing_can_change_it(foreign, action, fields):
    attached(foreign)
    before, decision = everything(), decision_of(action, fields)
    for attempt in (
        lambda: change(slug="theirs", actor=OPERATOR, version=1, decision=decision),
        lambda: make_plan("theirs", decision),
    ):
        with pytest.raises(Invalid, match="read-only"):
            attempt()
    assert everything() == before


def test_keys_are_not_given_to_it_and_nothing_is_undone(foreign):
    attached(foreign)
    before, keys = everything(), Cluster.objects.get().key_set
    for attempt in (
        lambda: change(slug="theirs", actor=OPERATOR, version=None, decision=decisions.use_keys(keys)),
        lambda: undo(slug="theirs", actor=OPERATOR, version=1),
        lambda: start_import(slug="theirs", actor=OPERATOR, make=lambda _progress, _note: keys, language="en"),
    ):
        with pytest.raises(Invalid, match="read-only"):
            attempt()
    assert everything() == before


@pytest.mark.parametrize("way", [detach, delete_cluster])
def test_detached_it_is_gone_here_and_not_there(foreign, way, django_capture_on_commit_callbacks):
    attached(foreign)
    pk, sizes = Cluster.objects.get().pk, [server.client.dbsize() for server in foreign]
    with django_capture_on_commit_callbacks(execute=True):
        way(slug="theirs", actor=OPERATOR)
    assert not Cluster.objects.exists()
    assert not Attachment.objects.exists()
    assert not passwords.folder(pk).exists()
    assert [server.client.dbsize() for server in foreign] == sizes


def test_only_what_was_attached_is_detached(foreign):
    from tests.ringviz.making import make_cluster

    make_cluster("ours")
    with pytest.raises(NotFound):
        detach(slug="ours", actor=OPERATOR)
    assert Cluster.objects.filter(slug="ours").exists()
