"""Lock sources next to clusters: navigation, picker, card, headline, problems, processes, timeline."""

from __future__ import annotations

import pytest

from dashboard import processes
from locks.core.sourcelist import SourceConfig
from locks.models import LockSource
from locks.services.alerts import raise_alert
from locks.services.sources import ensure_sources
from locks.stores.line import line, names_of
from tests.locks.conftest import Watched
from tests.markup import one_text, select, texts


def other(slug: str, break_url: str | None = None) -> SourceConfig:
    """An entry of LOCK_SOURCES."""
    return SourceConfig(slug, slug, "redis://h/0", break_url)


def test_without_a_source_nothing_speaks_of_locks(client, db):
    assert "Locks" not in client.get("/").content.decode()
    page = client.get("/locks/")
    assert page.status_code == 200
    assert one_text(page.content.decode(), "h1") == "No lock source yet"


def test_a_source_has_a_page_a_card_and_a_part_of_the_headline(client, watched: Watched):
    watched.write(watched.row("jobs:1"), watched.row("jobs:2", alerts=("no_ttl",), waiters=3), locks=2)
    page = client.get("/").content.decode()
    assert one_text(page, "h1") == "2 locks held"
    assert one_text(page, "#overview-head p") == "1 lock needs attention."
    assert texts(page, "#locks-embedded h2 a") == ["Locks: Embedded"]
    assert "jobs:2 No TTL" in texts(page, "#locks-embedded .worst p")
    assert "3 waits; 1 lock hides its waiters" in texts(page, "#locks-embedded .what p")
    assert 'href="/locks/embedded/"' in page
    assert client.get("/locks/").url == "/locks/embedded/"


def test_nobody_watches(client, watched: Watched, monkeypatch):
    monkeypatch.setattr(processes, "_last", None)
    watched.write(watched.row("jobs:1"))
    line().delete(names_of("embedded").status)
    page = client.get("/").content.decode()
    assert one_text(page, "h1") == "0 locks held"
    said = "No watcher is running, so no locks are seen. Start one: manage.py watch"
    assert one_text(page, "#overview-head p") == said
    assert texts(page, ".peak") == ["–held: unknown"]
    assert texts(page, "#processes .ill") == ["not running 1 lock source; locks cannot be seen"]


def test_the_watcher_is_a_process_that_leads(client, watched: Watched, monkeypatch):
    monkeypatch.setattr(processes, "_last", None)
    watched.write()
    page = client.get("/overview/processes/").content.decode()
    assert texts(page, "dt")[3:] == ["Watcher"]
    assert texts(page, "dd")[3] == "leads 1 lock source"


def test_what_cannot_be_known_is_unknown(client, watched: Watched, monkeypatch, settings):
    monkeypatch.setattr(processes, "_last", None)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    page = client.get("/").content.decode()
    assert one_text(page, "#overview-head p") == "Which locks are held is unknown: our own Redis does not answer."
    assert "unknown 1 lock source; our own Redis does not answer" in texts(page, "#processes .ill")


@pytest.mark.parametrize("state", ["down", "paused"])
def test_a_source_in_trouble_is_a_problem_in_words(client, watched: Watched, state, monkeypatch):
    monkeypatch.setattr(processes, "_last", None)
    watched.write(state=state, trouble={"kind": "auth", "text": "WRONGPASS \x1b[31m<b>"} if state == "down" else None)
    page = client.get("/").content.decode()
    said = one_text(page, "#overview-head p")
    assert (said == "Embedded: The server refuses the user name or password.") == (state == "down")
    assert "<b>" not in page.split("overview-head")[1].split("</header>")[0]
    assert texts(page, "#processes dd")[3].startswith("leads 1 lock source, 1 ")


def test_several_sources_have_a_picker_in_the_order_of_the_configuration(client, watched: Watched, settings):
    settings.LOCK_SOURCES = [other("zeta"), other("jobs", "redis://b@h/0")]
    ensure_sources()
    page = client.get("/locks/jobs/").content.decode()
    assert texts(page, "details.pick li a") == ["Embedded Our own server", "zeta Read-only", "jobs Locks can be broken"]
    assert next(one.text() for one in select(page, "#nav a") if "aria-current" in one.attributes) == "Locks"
    assert LockSource.objects.count() == 3
    settings.LOCK_SOURCES = []
    page = client.get("/locks/jobs/").content.decode()
    assert select(page, "details.pick") == []
    assert "no longer watched" in page
    assert client.get("/locks/jobs/timeline/").status_code == 200


def test_the_timeline_speaks_of_locks_and_filters_by_their_names(client, watched: Watched, django_user_model):
    row = watched.row("jobs:1", holder="w\x1b[31m<i>")
    raise_alert(watched.source, row, {"kind": "no_ttl", "since": watched.now, "value": None})
    raise_alert(watched.source, watched.row("<b>x"), {"kind": "long_held", "since": watched.now, "value": 1.0})
    page = client.get("/locks/embedded/timeline/").content.decode()
    assert texts(page, "#log td.what") == [
        "<b>x: Held past its usual time", "jobs:1: No TTL", "Embedded is watched; its locks can be broken"
    ]  # fmt: skip
    assert "<b>x" not in page
    found = client.get("/locks/embedded/timeline/?name=jobs:1").content.decode()
    assert texts(found, "#log td.what") == ["jobs:1: No TTL"]


def test_a_pause_is_for_operators_and_told_once(client, operator_client, watched: Watched, django_user_model):
    assert operator_client.post(f"{watched.url}pause", {"on": "1"}).json()["event"]["kind"] == "watch_paused"
    assert operator_client.post(f"{watched.url}pause", {"on": "1"}).json()["event"] is None
    watched.source.refresh_from_db()
    assert watched.source.paused
    assert operator_client.get(f"{watched.url}now.json").status_code == 200
    operator_client.logout()
    refused = operator_client.post(f"{watched.url}pause", {"on": "0"})
    assert (refused.status_code, list(refused.json())) == (403, ["error"])
