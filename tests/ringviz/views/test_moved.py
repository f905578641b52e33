"""The table of moved keys, checked against an independent recomputation."""

import csv
import io
from bisect import bisect_left
from typing import Any

import mmh3
import pytest
from django.test import AsyncClient, Client

from live.actor import Actor
from ringviz.services.clusters import use_keys
from ringviz.services.keys import file_key_set

NUMBERS = {name: number for number, name in enumerate("abcd", 1)}


def owner(names: str, key: str) -> int:
    """The owner by mmh3 and bisect alone."""
    ring = sorted((mmh3.hash(f"{name}#{index}", 0, signed=False), name) for name in names for index in range(8))
    at = bisect_left(ring, (mmh3.hash(key, 0, signed=False), "")) % len(ring)
    return NUMBERS[ring[at][1]]


def expected_moves() -> dict[str, tuple[int, int]]:
    keys = [f"user:{n}" for n in range(1_000)]
    moves = {key: (owner("abc", key), owner("abcd", key)) for key in keys}
    return {key: ends for key, ends in moves.items() if ends[0] != ends[1]}


def streamed(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def test_every_moved_key_is_listed_once(watcher: Client, cluster: str):
    first = watcher.get(cluster + "moved?v=2").json()
    rows = list(first["rows"])
    for page in range(2, first["pages"] + 1):
        rows += watcher.get(f"{cluster}moved?v=2&page={page}").json()["rows"]
    assert {row["key"]: (row["from"], row["to"]) for row in rows} == expected_moves()
    assert len(rows) == first["total"]


def test_one_pair_alone(watcher: Client, cluster: str):
    expected = [key for key, ends in expected_moves().items() if ends == (2, 4)]
    answer = watcher.get(cluster + "moved?v=2&source=2&target=4").json()
    assert (answer["total"], sorted(row["key"] for row in answer["rows"])) == (len(expected), sorted(expected)[:100])


def test_a_plan_lists_what_would_move(watcher: Client, cluster: str):
    total = watcher.get(cluster + "plan?action=kill&node=1").json()["payload"]["movement"]["moved"]
    answer = watcher.get(cluster + "moved?plan=kill&node=1").json()
    assert (answer["total"], {row["from"] for row in answer["rows"]}) == (total, {1})


def test_a_page_beyond_the_end_is_the_last(watcher: Client, cluster: str):
    answer = watcher.get(cluster + "moved?v=2&page=9999").json()
    assert answer["page"] == answer["pages"]


def test_the_first_event_moved_nothing(watcher: Client, cluster: str):
    assert watcher.get(cluster + "moved?v=1").json()["total"] == 0


def test_csv_has_them_all(watcher: Client, cluster: str):
    text = streamed(watcher.get(cluster + "moved.csv?v=2"))
    rows = list(csv.DictReader(io.StringIO(text)))
    ends = {row["key"]: (NUMBERS[row["from"]], NUMBERS[row["to"]]) for row in rows}
    assert ends == expected_moves()
    assert all(bytes.fromhex(row["key bytes"]).decode() == row["key"] for row in rows)


def test_csv_cannot_make_a_spreadsheet_calculate(operator: Client, cluster: str):
    boss = Actor(name="boss", origin="admin", may_operate=True)
    use_keys(slug="small", actor=boss, key_set=file_key_set(source=io.BytesIO(b"=1+1\n"), label="evil"))
    owner_now = next(n["number"] for n in operator.get(cluster + "state").json()["state"]["nodes"] if n["keys"])
    operator.post(cluster + "act", {"action": "kill", "node": owner_now, "version": 3})
    text = streamed(operator.get(cluster + "moved.csv?v=4"))
    assert "'=1+1,3d312b31," in text


@pytest.mark.django_db(transaction=True)
async def test_csv_over_asgi_is_the_same(async_client: AsyncClient, cluster: str):
    response: Any = await async_client.get(cluster + "moved.csv?v=2")
    text = b"".join([part async for part in response.streaming_content]).decode()
    assert {row["key"] for row in csv.DictReader(io.StringIO(text))} == set(expected_moves())
