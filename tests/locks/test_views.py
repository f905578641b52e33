"""Answers to the Locks page: for everybody, within bounds, and inert."""

from __future__ import annotations

import csv
import io
import json
import time
from typing import Any

import pytest

from locks.core.grouping import grouped
from locks.selectors import find as finding
from locks.selectors import now as selected
from locks.services.alerts import clear_alert, raise_alert
from locks.stores.line import line, names_of
from locks.stores.table import Table
from tests.locks.conftest import Watched
from tests.locks.rows import a_row

HOSTILE = '"><img src=x onerror=alert(1)>\x1b[2J\u202e=cmd'
BINARY: dict[str, str] = {"b64": "/wAbWw=="}


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Caches nothing: every request is answered afresh."""
    monkeypatch.setattr(finding, "_kept", {})


def get(client: Any, watched: Watched, name: str, status: int = 200, /, **query: Any) -> Any:
    answer = client.get(f"{watched.url}{name}", query)
    assert answer.status_code == status, answer.content
    return answer.json()


def test_few_locks_come_whole_with_the_holds_of_the_last_minute(client, watched: Watched):
    row = watched.row("jobs:1", waiters=2)
    watched.write(row, past=(watched.hold("jobs:0", ago_ms=3_000), watched.hold("jobs:9", ago_ms=70_000)))
    now = get(client, watched, "now.json")
    assert now["rows"] == [row]
    assert now["counts"] == {"held": 1, "lanes": 1, "waits": 2, "waits_hidden": 0, "alerts": 0}
    assert now["state"] == {
        "source": {"name": "Embedded", "slug": "embedded", "breakable": True},
        "trouble": None, "alerts": [], "paused": False,
    }  # fmt: skip
    assert (now["seq"], now["v"], now["status"]["state"]) == (1, 1, "watching")
    assert abs(now["now"] - time.time() * 1_000) < 60_000


def test_an_address_with_a_version_is_told_that_there_is_no_past(client, watched: Watched):
    said = b"does not record which locks were held in the past"
    assert said in client.get(watched.url, {"v": "2"}).content
    assert said not in client.get(watched.url).content


def test_many_locks_come_as_alerts_and_groups(client, watched: Watched):
    rows = [watched.row(f"invoice:{n}") for n in range(60)]
    watched.write(*rows, watched.row("gc", alerts=("no_ttl",), ends_at=None))
    now = get(client, watched, "now.json")
    assert "rows" not in now
    assert [row["key"] for row in now["attention"]] == ["gc"]
    assert [(group["pattern"], group["held"]) for group in now["groups"]] == [("gc", 1), ("invoice:*", 60)]


def test_a_crowd_costs_one_picture_of_many_locks(client, watched: Watched, monkeypatch):
    made: list[int] = []

    def counted(rows: Any, now_ms: int) -> Any:
        made.append(now_ms)
        return grouped(rows, now_ms)

    clock = [1_000_000]
    monkeypatch.setattr(selected, "grouped", counted)
    monkeypatch.setattr(selected, "now_ms", lambda: clock[0])
    watched.write(*(watched.row(f"invoice:{n}") for n in range(60)))
    first = get(client, watched, "now.json")
    clock[0] += 100
    again = get(client, watched, "now.json")
    assert (again["groups"], again["now"] - first["now"], len(made)) == (first["groups"], 100, 1)
    clock[0] += 500
    get(client, watched, "now.json")
    assert made == [1_000_000, 1_000_600]  # each lock has less time left by now
    other = Watched(watched.source, watched.now)  # another watcher, whose seq is 1 again
    other.write(*(watched.row(f"invoice:{n}") for n in range(61)))
    assert get(client, watched, "now.json")["counts"]["held"] == 61


def test_what_nobody_keeps_true_is_not_shown(client, watched: Watched):
    watched.write(watched.row("jobs:1"))
    line().delete(names_of("embedded").status)
    now = get(client, watched, "now.json")
    assert (now["status"], now["rows"]) == (None, [])
    assert get(client, watched, "find.json")["total"] == 0


def test_our_own_redis_is_gone(client, watched: Watched, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    for name in ("now.json", "find.json", "clock.json", "lock.json?id=0123456789abcdef"):
        refused = client.get(f"{watched.url}{name}")
        assert refused.status_code == 503
        assert refused.json()["error"].startswith("Our own Redis does not answer.")
    page = client.get(watched.url)
    assert page.status_code == 200
    boot = boot_of(page)
    assert boot["error"].startswith("Our own Redis does not answer.")
    assert (boot["status"], boot["rows"]) == (None, [])


def boot_of(page: Any) -> Any:
    return json.loads(page.content.decode().split('id="boot" type="application/json">')[1].split("</script>")[0])


def test_the_page_begins_with_what_is_so_and_with_its_addresses(client, operator_client, watched: Watched, settings):
    watched.write(watched.row("jobs:1"))
    boot = boot_of(operator_client.get(watched.url))
    urls = {
        "page": "/locks/embedded/", "now": "/locks/embedded/now.json", "find": "/locks/embedded/find.json",
        "csv": "/locks/embedded/locks.csv", "lock": "/locks/embedded/lock.json", "clock": "/locks/embedded/clock.json",
        "break": "/locks/embedded/break", "pause": "/locks/embedded/pause", "socket": "/ws/locks/embedded/",
        "timeline": "/locks/embedded/timeline/",
    }  # fmt: skip
    assert boot["urls"].items() >= urls.items()
    assert (boot["may_operate"], boot["may_break"], boot["source"], boot["configured"]) == (
        True,
        True,
        "embedded",
        True,
    )
    operator_client.logout()
    boot = boot_of(operator_client.get(watched.url))
    assert (boot["may_operate"], boot["may_break"]) == (False, False)
    settings.REDIS_URL = ""
    assert boot_of(operator_client.get(watched.url))["configured"] is False
    assert client.get("/locks/none/").status_code == 404
    assert client.get("/locks/none/now.json").json() == {"error": "There is no lock source none."}


def test_hostile_and_binary_names_are_inert_on_the_page_and_whole_in_json(client, watched: Watched):
    rows = [watched.row("h", key=HOSTILE, name=HOSTILE, holder=HOSTILE), watched.row("b", key=BINARY, holder=BINARY)]
    watched.write(*rows)
    page = client.get(watched.url).content.decode()
    assert "<img" not in page
    assert "\x1b" not in page
    assert {json.dumps(row["key"]) for row in boot_of(client.get(watched.url))["rows"]} == {
        json.dumps(HOSTILE), json.dumps(BINARY)
    }  # fmt: skip
    overview = client.get("/").content.decode()
    assert "<img" not in overview
    assert "\x1b" not in overview


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({}, ["b:2", "a:1", "C:3"]),
        ({"sort": "-left"}, ["C:3", "a:1", "b:2"]),
        ({"sort": "name"}, ["a:1", "b:2", "C:3"]),
        ({"sort": "held"}, ["C:3", "b:2", "a:1"]),
        ({"sort": "waiters"}, ["b:2", "a:1", "C:3"]),
        ({"sort": "client"}, ["b:2", "a:1", "C:3"]),
        ({"q": "c:"}, ["C:3"]),
        ({"q": "WORKER-7"}, ["a:1"]),
        ({"q": r"\xff"}, ["C:3"]),
        ({"client": "bull"}, ["b:2"]),
        ({"confidence": "certain"}, ["b:2"]),
        ({"alert": "any"}, ["C:3"]),
        ({"alert": "no_ttl"}, ["C:3"]),
        ({"alert": "starving"}, []),
        ({"pattern": "a:*"}, ["a:1"]),
        ({"limit": "1", "offset": "1"}, ["a:1"]),
    ],
)
def test_locks_are_found_filtered_and_sorted(client, watched: Watched, query, keys):
    now = watched.now
    watched.write(
        watched.row("a:1", holder="x", label="worker-7", waiters=1, since=now - 1_000, ends_at=now + 9_000),
        watched.row("b:2", client="bull", confidence="certain", waiters=5, since=now - 2_000, ends_at=now + 5_000),
        watched.row("C:3", holder={"b64": "/w=="}, since=now - 9_000, ends_at=None, alerts=("no_ttl",)),
    )
    found = get(client, watched, "find.json", **query)
    assert [row["key"] for row in found["rows"]] == keys
    assert found["total"] == (3 if "limit" in query else len(keys))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"q": "x" * 201}, "q"),
        ({"limit": "201"}, "limit"),
        ({"offset": "100001"}, "offset"),
        ({"limit": "-1"}, "limit"),
        ({"sort": "none"}, "sort"),
        ({"alert": "none"}, "alert"),
        ({"confidence": "none"}, "confidence"),
        ({"client": "x" * 101}, "client"),
    ],
)
def test_what_is_out_of_bounds_is_refused_and_named(client, watched: Watched, query, field):
    assert get(client, watched, "find.json", 400, **query)["field"] == field
    if field not in ("limit", "offset"):
        assert get(client, watched, "locks.csv", 400, **query)["field"] == field


def test_of_a_large_table_only_what_changed_is_made_searchable_again(watched: Watched):
    rows: Any = {
        f"{n:016x}": {**a_row(f"invoice:{n}", ends_at=watched.now + n), "id": f"{n:016x}"} for n in range(10_000)
    }
    held = Table("1", 1, rows)
    texts = finding.texts_of(held, {})
    changed = f"{5:016x}"
    rows[changed] = {**rows[changed], "label": "somebody-else"}
    again = finding.texts_of(held, texts)
    assert [row_id for row_id, (_row, text) in again.items() if "somebody-else" in text] == [changed]
    assert [row_id for row_id in rows if again[row_id] is not texts[row_id]] == [changed]


def test_the_sheet_has_every_lock_and_no_formula(client, watched: Watched):
    watched.write(
        watched.row("f", name="=1+1", key="@key", label="-2", holder="\tx", client="+c", fencing=3),
        watched.row("b", key=BINARY, name=BINARY, ends_at=None, ttl=None, alerts=("no_ttl",)),
    )
    answer = client.get(f"{watched.url}locks.csv")
    assert answer["Content-Type"].startswith("text/csv")
    head, *lines = list(csv.reader(io.StringIO(answer.getvalue().decode())))
    found = {line[2]: dict(zip(head, line, strict=True)) for line in lines}
    formula, binary = found[b"@key".hex()], found["ff001b5b"]
    assert (formula["lock"], formula["key"], formula["holder"], formula["client"]) == ("'=1+1", "'@key", "'-2", "'+c")
    assert (formula["holder_id"], formula["fencing token"]) == (r"\x09x", "3")
    assert (binary["lock"], binary["left (ms)"], binary["alerts"]) == (r"\xff\x00\x1b[", "", "No TTL")


def test_a_lock_has_a_story_what_is_usual_and_what_a_break_would_do(client, watched: Watched):
    row = watched.row(
        "jobs:1", label="worker-5", fencing=34, evidence=["value:uuid1"], waiters=1, can_wake=True,
        renewed=[watched.now - 9_000, watched.now - 5_000, watched.now - 1_000], alerts=("long_held",),
    )  # fmt: skip
    past = [watched.hold("jobs:1", ago_ms=60_000 + n, ms=21_000, label="worker-2", fencing=n) for n in range(5)]
    past.append(watched.hold("jobs:1", ago_ms=30_000, end="gone", from_seen=False))
    watched.write(row, watched.row("jobs:1", holder="w2"), past=tuple(past))
    raise_alert(watched.source, row, {"kind": "starving", "since": watched.now - 500, "value": None})
    clear_alert(watched.source, row, "starving", "well")
    found = get(client, watched, "lock.json", id=row["id"])
    assert found["row"] == row
    assert found["usual"] == {"median_ms": 21_000, "count": 5}
    assert [hold["end"] for hold in found["past"]][-1] == "gone"
    story = [(item["what"], item["text"], item["inferred"]) for item in found["story"]]
    assert ("taken", "worker-5 took it, fencing token 34", False) in story
    assert ("released", "worker-2 released it after 21.0 s", False) in story
    assert ("gone", "It was found missing. Nobody saw when worker-1 lost it", True) in story
    assert ("held", "worker-1 held it when watching began", True) in story
    assert ("alert", "A waiter is starving", False) in story
    assert ("well", "Over: A waiter is starving", False) in story
    assert [item["at"] for item in found["story"]] == sorted(item["at"] for item in found["story"])
    said = " ".join(one["text"] for one in found["consequences"])
    assert "It is only likely that this is a lock. The value is a UUID of version 1" in said
    assert "1 other holder keeps it." in said
    assert "renews about every 4.0 s" in said
    assert "after seeing one above 34" in said
    assert "1 waits, and will be woken" in said
    assert (found["may_break"], found["why_not"][:13]) == (False, "You can watch")
    assert get(client, watched, "lock.json", id=row["lane"])["row"]["lane"] == row["lane"]


def test_a_lock_that_is_free_by_now_keeps_its_story(client, watched: Watched):
    hold = watched.hold("jobs:1", ago_ms=1_000, id="00000000000000aa")
    watched.write(past=(hold,))
    found = get(client, watched, "lock.json", id="00000000000000aa")
    assert (found["row"], found["name"], found["why_not"]) == (None, "jobs:1", "Nobody holds it.")
    assert [item["what"] for item in found["story"]] == ["taken", "released"]
    assert get(client, watched, "lock.json", 404, id="00000000000000bb")
    assert get(client, watched, "lock.json", 400, id="../../etc")["field"] == "id"


def test_the_clock_is_that_of_our_own_redis(client, watched: Watched):
    seconds, micros = line().time()
    assert 0 <= get(client, watched, "clock.json")["now"] - (seconds * 1_000 + micros // 1_000) < 60_000
