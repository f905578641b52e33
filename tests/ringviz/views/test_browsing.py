"""The page of a node's keys: who may see it, how it shows any bytes, and what it says when there is nothing to show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from ringviz.core.buckets import bucket_of, stored_name
from ringviz.core.placement import Murmur
from ringviz.models import Cluster, Node
from ringviz.services.clusters import create_cluster
from ringviz.services.external import attach
from ringviz.services.keys import pattern_key_set
from ringviz.stores import passwords
from ringviz.views.keyrows import beginning, expiry_words
from tests.ringviz.making import OPERATOR
from tests.ringviz.views.conftest import BOSS
from tests.servers.driver import servers
from tests.servers.driver.servers import PASSWORD, Server
from tests.servers.reading.foreign import PASSWORD as FOREIGN_PASSWORD
from tests.servers.reading.foreign import filled_cluster

AT = "/clusters/served/nodes/1/keys/"
HOSTILE = b"<script>alert(1)</script>\x1b[31m\xff\xe2\x80\xae https://example.org"


@pytest.fixture(scope="module")
def alone() -> Iterator[Server]:
    """A server that owns every slot."""
    with servers.cluster(1) as made:
        yield made.servers[0]


@pytest.fixture
def server(db, settings, tmp_path, alone: Server) -> Server:
    """The server `alone` as node 1 of the managed cluster `served`, empty; node 2 has no server."""
    settings.DATA_DIR = tmp_path
    keys = pattern_key_set(pattern="user:{n}", count=10)
    nodes: list[Any] = [{"name": "one", "address": str(alone.address)}, {"name": "two"}]
    create_cluster(actor=BOSS, slug="served", name="Served", kind="managed", key_set=keys, nodes=nodes)
    Node.objects.filter(number=1).update(state=Node.State.ACTIVE)
    passwords.keep(Cluster.objects.get(slug="served").pk, PASSWORD)
    with alone.client as client:
        client.flushall()
    return alone


def store(server: Server, key: bytes, value: bytes, **options: Any) -> None:
    with server.client as client:
        client.set(stored_name(key, bucket_of(Murmur().hash(key))), value, **options)


def text_of(page: Client, path: str = AT, status: int = 200, **headers: Any) -> str:
    response = page.get(path, headers=headers)
    assert response.status_code == status, response.content[:300]
    return response.content.decode()


def raw(text: str) -> list[str]:
    """Bytes as a reader sees them."""
    return [unescape(re.sub(r"<[^>]+>", "", one)) for one in re.findall(r'<bdi class="raw">(.*?)</bdi>', text)]


def test_an_operator_sees_key_value_type_size_and_expiry(server, operator):
    store(server, b"user:7", b"seven", px=3_600_500)
    store(server, b"user:8", b"eight")
    text = text_of(operator)
    assert sorted(raw(text)) == ["eight", "seven", "user:7", "user:8"]
    assert "2 keys of 2 on this server." in text
    assert "in 1 hour" in text
    assert "no expiry" in text
    assert "<td>string</td>" in text
    assert re.search(r"\d+\xa0bytes", text)
    assert 'href="/clusters/served/?key=user%3A7"' in text


@pytest.mark.parametrize("signed_in", [False, True], ids=["nobody", "without the right"])
def test_who_may_not_operate_sees_no_key_and_no_value_and_is_told_why(server, client, signed_in):
    store(server, b"user:7", b"secret-value")
    if signed_in:
        client.force_login(User.objects.create_user("ada"))
    text = text_of(client, status=403)
    assert "Only operators can see keys and values." in text
    assert "secret-value" not in text
    assert "user:7" not in text


def test_a_setting_turns_it_off_for_operators_too_and_the_ring_has_no_way_there(server, operator, settings):
    assert '"nodes": "/clusters/served/nodes/"' in text_of(operator, "/clusters/served/")
    settings.BROWSE_KEYS = False
    store(server, b"user:7", b"secret-value")
    text = text_of(operator, status=403)
    assert "BROWSE_KEYS" in text
    assert "secret-value" not in text
    assert '"nodes": ""' in text_of(operator, "/clusters/served/")


def test_any_bytes_are_shown_inert(server, operator):
    store(server, HOSTILE, HOSTILE)
    text = text_of(operator)
    shown = r"<script>alert(1)</script>\x1b[31m\xff\xe2\x80\xae https://example.org"
    assert raw(text) == [shown, shown]
    assert "<script>alert" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "example.org</a>" in text, "only the link to the ring is one"
    assert text.count('href="https://') == 0


def test_what_is_cut_says_how_much_is_shown(server, operator):
    store(server, b"k" * 300, "é".encode() * 300)
    text = text_of(operator)
    assert raw(text) == ["k" * 200, "é" * 100]
    assert "the first 200 of 300 bytes" in text
    assert "the first 200 of 600 bytes" in text


def test_members_stand_a_line_each_and_the_rest_is_counted(server, operator):
    with server.client as client:
        client.rpush("jobs", *[f"job-{n}" for n in range(8)])
        client.hset("person", mapping={"name": "Ada", "long": "x" * 300})
    text = text_of(operator)
    shown = raw(text)
    assert [word for word in shown if word.startswith("job-")] == [f"job-{n}" for n in range(5)]
    assert shown[shown.index("name") + 1] == "Ada"
    assert shown[shown.index("long") + 1] == "x" * 200
    assert "5 of 8 members" in text
    assert "the first 200 bytes of long ones" in text


def test_a_name_that_is_none_of_ours_is_shown_whole_and_leads_nowhere(server, operator):
    with server.client as client:
        client.set("{0}user:7", "other")  # looks like ours, but its key hashes elsewhere
    text = text_of(operator)
    assert raw(text) == ["{0}user:7", "other"]
    assert "?key=" not in text


def test_pages_lead_to_every_key_by_plain_links(server, operator):
    for n in range(130):
        store(server, b"user:%d" % n, b"v")
    path, found, pages = AT, set(), 0
    while path:
        text = text_of(operator, path)
        found |= {word for word in raw(text) if word != "v"}
        links = re.findall(r'href="([^"]+\?cursor=\d+)"', text)
        path, pages = (links[0] if links else ""), pages + 1
    assert found == {f"user:{n}" for n in range(130)}
    assert pages >= 2
    assert "These were the last keys." in text


def test_a_random_sample_says_how_often_it_drew_and_of_how_many(server, operator):
    for n in range(3):
        store(server, b"user:%d" % n, b"v")
    text = text_of(operator, AT + "?sample=1")
    assert set(raw(text)) == {"user:0", "user:1", "user:2", "v"}
    assert "3 different keys from 50 random draws, of 3 on this server." in text
    assert "slightly favours" in text


def test_an_empty_server_is_told_as_empty(server, operator):
    assert "This server stores no keys." in text_of(operator)
    assert "This server stores no keys." in text_of(operator, AT + "?sample=1")


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "٣", str(2**64), "9" * 5_000])
def test_a_cursor_that_is_none_is_refused_with_a_way_out(server, operator, cursor):
    text = text_of(operator, f"{AT}?cursor={cursor}", 400)
    assert "This is not a place in the list of keys." in text
    assert f'href="{AT}"' in text


def test_a_refusal_is_shown_to_htmx_too(server, operator):
    text = text_of(operator, AT + "?cursor=x", 200, HX_Request="true")
    assert "This is not a place in the list of keys." in text


def test_a_node_without_a_server_and_one_that_is_none_are_told_apart(server, operator):
    assert "two has no server now" in unescape(text_of(operator, "/clusters/served/nodes/2/keys/", 409))
    assert "has no node number 9" in text_of(operator, "/clusters/served/nodes/9/keys/", 404)
    assert operator.get("/clusters/none/nodes/1/keys/").status_code == 404


def test_a_frozen_node_is_not_even_asked(server, operator):
    Node.objects.filter(number=1).update(state=Node.State.FROZEN)
    assert "one is frozen, so it cannot answer. Thaw it" in text_of(operator, status=409)


def test_a_server_that_hangs_costs_a_deadline_and_is_told(server, operator):
    server.child.freeze()
    try:
        text = text_of(operator, status=503)
    finally:
        server.child.thaw()
    assert "The server of one did not answer in time." in text
    assert PASSWORD not in text


def test_a_simulated_cluster_says_that_it_stores_nothing(cluster, operator):
    text = text_of(operator, cluster + "nodes/1/keys/", 409)
    assert "This cluster is simulated: no server stores its keys." in text
    assert '"nodes": ""' in text_of(operator, cluster)


def test_an_external_cluster_is_never_asked_for_its_keys(operator, settings):
    from servers.guard import rules

    with filled_cluster() as foreign:
        settings.ALLOWED_TARGETS = rules.parse(f"127.0.0.1:{one.port}" for one in foreign)
        attach(slug="theirs", address=str(foreign[0].target), password=FOREIGN_PASSWORD, actor=OPERATOR)
    text = text_of(operator, "/clusters/theirs/nodes/1/keys/", 409)
    assert "Somebody else runs this cluster." in text


def test_nothing_but_reading_is_answered(server, operator):
    assert operator.post(AT).status_code == 405


@pytest.mark.parametrize(
    ("ttl_ms", "words"),
    [
        (None, "no expiry"),
        (0, "in 0 s"),
        (1_500, "in 1.5 s"),
        (59_940, "in 59.9 s"),
        (60_000, "in 1 minute"),
        (7_200_000, "in 2 hours"),
        (86_400_000 * 3, "in 3 days"),
    ],
)
def test_an_expiry_is_told_in_its_largest_unit(ttl_ms, words):
    assert expiry_words(ttl_ms) == words


def test_a_letter_is_never_cut_in_two():
    assert beginning("aé".encode(), 2) == "a"
    assert beginning(b"a\xff\xffb", 2) == "a\\xff"
