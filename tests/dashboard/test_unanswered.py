"""While somebody holds the database, requests are soon told what to do; nothing is half done, and later all works."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from asgiref.testing import ApplicationCommunicator
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.db import OperationalError, connection, transaction
from django.test import AsyncClient, Client
from django.utils import timezone

from dashboard import enter, signin
from dashboard.models import SignInLink
from live import routing, turns
from live.actor import Actor
from live.consumer import FAILED
from live.reading import head
from ringviz.models import Cluster
from ringviz.services.clusters import create_cluster
from ringviz.services.keys import pattern_key_set
from tests.live import databases
from tests.own_database import FILE, file

MAKER = Actor("maker", "seed", True)
SAYS = "The database does not answer. Nothing was changed. Try again in a few seconds."


@pytest.fixture(scope="module")
def database(django_db_blocker, tmp_path_factory) -> Iterator[str]:
    """A file with a cluster of one node, of which whoever waits has enough after a fifth of a second."""
    path = tmp_path_factory.mktemp("held") / FILE
    with django_db_blocker.unblock():
        path.write_bytes(file())
    configuration = databases.sqlite(str(path))
    configuration["OPTIONS"] = {**configuration["OPTIONS"], "timeout": 0.2}
    with django_db_blocker.unblock(), databases.connected_to(configuration):
        User.objects.create_superuser("boss")
        keys = pattern_key_set(pattern="user:{n}", count=10)
        create_cluster(actor=MAKER, slug="one", name="One", key_set=keys, nodes=[{"name": "a"}], vnodes=8)
        yield str(path)


@pytest.fixture
def operator(database) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username="boss"))
    return client


@pytest.fixture
def form(database) -> dict[str, str]:
    """A change that is possible at the version that there is."""
    now = str(version())
    return {"action": "add", "name": f"n{now}", "weight": "1", "version": now}


@contextmanager
def held(path: str) -> Iterator[None]:
    """Held by a program that is not ours and knows nothing about turns."""
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        holder.close()


def version() -> int:
    return head(Cluster.objects.get(slug="one").stream_id).version


def test_a_post_is_answered_in_json_and_changes_nothing(operator, form, database):
    before = version()
    with held(database):
        refused = operator.post("/clusters/one/act", form)
        assert (refused.status_code, refused.json(), refused["Retry-After"]) == (503, {"error": SAYS}, "5")
        assert operator.get("/clusters/one/state").status_code == 200, "readers wait for nobody"
    assert (version(), operator.get("/clusters/one/state").json()["head"]) == (before, before)
    done = operator.post("/clusters/one/act", form)
    assert (done.status_code, done.json()["v"]) == (200, before + 1)


def test_where_nothing_can_be_written_the_answer_says_so(operator, form):
    before = version()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = 1")  # what it says then is what it says on a read-only file system
        refused = operator.post("/clusters/one/act", form)
        cursor.execute("PRAGMA query_only = 0")
    said = "The database's disk is full or read-only. Nothing was changed."
    assert (refused.status_code, refused.json()) == (503, {"error": said})
    assert version() == before


def test_so_it_is_while_a_writer_of_ours_stands_still_in_its_turn(operator, form, monkeypatch):
    """What waits for a turn waits for a file, and in this process for another thread."""
    monkeypatch.setattr(turns, "TURN_WITHIN_S", 0.2)
    path = turns._lock_path()
    assert path is not None
    for holding in (turns._locked(path, None), turns._threads):
        with holding:
            assert operator.post("/clusters/one/act", form).status_code == 503
    with turns.write_turn():
        pass  # a request that gave up holds nothing when its turn finally comes
    assert operator.post("/clusters/one/act", {**form, "action": "nothing"}).status_code == 400


def test_a_sign_in_link_is_answered_as_a_page_and_is_good_afterwards(database):
    browser = Client(raise_request_exception=False, headers={"accept": "text/html"})
    address = f"/enter/{signin.new_token(timezone.now())}/"
    with held(database):
        refused = browser.get(address)
    assert (refused.status_code, refused["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert SAYS in refused.content.decode()
    assert "Traceback" not in refused.content.decode()
    assert browser.get(address).status_code == 302


def test_a_link_is_not_used_up_by_a_sign_in_that_fails(database, monkeypatch):
    def fail(*_asked: object, **_more: object) -> None:
        raise OperationalError("database is locked")

    address = f"/enter/{signin.new_token(timezone.now())}/"
    browser = Client(raise_request_exception=False)
    with monkeypatch.context() as broken:
        broken.setattr(enter, "login", fail)
        assert browser.get(address).status_code == 503
    assert SignInLink.objects.filter(used_at=None).exists()
    assert browser.get(address).status_code == 302


def test_a_link_is_used_up_with_its_session_or_not_at_all(database, monkeypatch):
    """The database falls silent between the view and the middleware that writes sessions."""

    def fail(*_asked: object, **_more: object) -> None:
        raise OperationalError("database is locked")

    def spend(token: str, now: datetime) -> bool:
        transaction.on_commit(lambda: silent.setattr(SessionStore, "save", fail))
        return spent(token, now)

    address, spent = f"/enter/{signin.new_token(timezone.now())}/", signin.spend
    browser = Client(raise_request_exception=False)
    with monkeypatch.context() as silent:
        silent.setattr(signin, "spend", spend)
        assert browser.get(address).status_code == 302
    assert browser.get("/clusters/one/events").json()["events"][0]["who"], "signed in"


def test_a_session_that_cannot_be_written_is_told_alike(operator, database):
    """After the view, by middleware: no view hears of it."""
    with held(database):
        refused = operator.post("/admin/logout/")
    assert (refused.status_code, refused.json()) == (503, {"error": SAYS})


def test_a_fault_of_ours_is_none_of_the_database(operator, monkeypatch):
    monkeypatch.setattr(signin, "spend", lambda *_asked: 1 / 0)
    assert operator.get("/enter/x/").status_code == 500
    assert connection.vendor == "sqlite"


async def test_a_page_that_connects_meanwhile_is_sent_away_without_a_traceback(database, monkeypatch, capsys):
    from dashboard.asgi import application

    def fail(*_asked: object) -> None:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(SessionStore, "load", fail)
    monkeypatch.setattr(routing, "place_at", fail)
    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost"), (b"cookie", b"ringviz_session=old")]
    scope = {"type": "websocket", "path": "/ws/clusters/one/", "query_string": b"", "headers": headers}
    page = ApplicationCommunicator(application, scope)
    await page.send_input({"type": "websocket.connect"})
    assert (await page.receive_output(20))["type"] == "websocket.accept"
    assert (await page.receive_output(20))["code"] == FAILED
    await page.send_input({"type": "websocket.disconnect", "code": FAILED})
    await page.wait(20)
    assert "Traceback" not in capsys.readouterr().err


async def test_a_request_by_way_of_asgi_is_in_a_hurry_too(operator, form, monkeypatch):
    """Middleware and view run in separate threads there, and both must know that a person is waiting."""
    monkeypatch.setattr(turns, "TURN_WITHIN_S", 0.2)
    client = AsyncClient(raise_request_exception=False)
    client.cookies = operator.cookies
    path = turns._lock_path()
    with turns._locked(path, None):
        refused = await client.post("/clusters/one/act", form)
    assert (refused.status_code, refused.json()) == (503, {"error": SAYS})
