"""Places: registered ones are found, and a snapshot has a part for every subject that a stream carries."""

from __future__ import annotations

import pytest

from live import places, retention
from live.models import Event, Stream
from live.past import NotKept, parts_at
from live.places import Overview, Page, Place, Places, TimelineWords, all_places, place_at, register, registered
from live.subjects import Subject, UndeclaredKind
from tests.live.app import add, counters, state_of

silent = Subject("silent")


class Halls(Places):
    """Every stream is a hall."""

    prefix = "halls"
    urls = "tests.lamps.urls"
    noun = "Hall"
    timeline = TimelineWords("", "", "")

    def find(self, slug: str) -> Place | None:
        return next((place for place in self.listed(9) if place.slug == slug), None)

    def listed(self, most: int) -> list[Place]:
        return [Place(self.prefix, one.name, one.name, one.pk) for one in Stream.objects.order_by("name")[:most]]

    def overview(self) -> Overview:
        return Overview([], [], [], "")


class Others(Halls):
    """Another kind at the same address."""


@pytest.fixture
def halls(monkeypatch: pytest.MonkeyPatch) -> Halls:
    monkeypatch.setattr(places, "_registered", dict(places._registered))
    made = Halls()
    register(made)
    return made


def test_what_is_registered_is_found_by_its_address(halls, stream):
    assert registered("halls") is halls
    assert halls in all_places()
    assert place_at("halls", "counters") == (halls, Place("halls", "counters", "counters", stream.pk))
    assert place_at("halls", "none") is None
    assert place_at("cellars", "counters") is None
    assert halls.listed(1)[0].socket == "/ws/halls/counters/"


def test_an_address_belongs_to_one_kind_of_place_and_may_be_registered_again(halls):
    register(Halls())
    with pytest.raises(ValueError, match="halls is registered twice"):
        register(Others())


def test_a_snapshot_has_every_part_read_or_folded_of_one_version(halls, stream):
    halls.carry(counters, state_of)
    halls.carry(silent)
    assert halls.snapshot(stream.pk) == {"v": 0, "epoch": stream.epoch, "parts": {"counters": {}, "silent": None}}
    add(stream.pk, "a")
    parts = {"counters": {"a": 1}, "silent": None}
    assert halls.snapshot(stream.pk) == {"v": 1, "epoch": stream.epoch, "parts": parts}
    folded = Halls()
    folded.carry(counters)
    assert folded.snapshot(stream.pk)["parts"] == {"counters": {"a": 1}}
    with pytest.raises(Stream.DoesNotExist):
        halls.snapshot(4711)


def test_an_event_of_tomorrow_stops_no_snapshot_and_is_never_guessed_in_the_past(halls, stream):
    halls.carry(counters)
    add(stream.pk, "a")
    Event.objects.create(stream=stream, version=2, kind="of_tomorrow", payload={}, actor="x", origin="system")
    Stream.objects.filter(pk=stream.pk).update(version=2)
    assert halls.snapshot(stream.pk) == {"v": 2, "epoch": stream.epoch, "parts": {"counters": {"a": 1}}}
    assert parts_at(stream.pk, 1) == {"counters": {"a": 1}}
    with pytest.raises(UndeclaredKind):
        parts_at(stream.pk, 2)


def test_the_past_begins_at_the_floor_of_the_log(stream):
    for _turn in range(3):
        add(stream.pk, "a")
    retention.keep_checkpoint(stream.pk, 2, {"counters": {"a": 2}})
    retention.trim(stream.pk, keep=0)
    assert parts_at(stream.pk, 3) == {"counters": {"a": 3}}
    for version in (-1, 0, 1, 4):
        with pytest.raises(NotKept) as refused:
            parts_at(stream.pk, version)
        assert (refused.value.floor, refused.value.head) == (2, 3)


def test_the_pages_of_a_place_are_those_that_apps_add(halls):
    halls.show(Page("Lamp", "ringviz:ring"))
    halls.show(Page("Cellar", "ringviz:ring"))
    place = Place("halls", "main", "Main", 1)
    assert halls.home(place) == "/clusters/main/"
    assert halls.moment(place, 7) == "/clusters/main/?v=7"
    assert [kind.name for kind in halls.kinds()] == []
    halls.carry(counters)
    assert [kind.name for kind in halls.kinds()] == ["test_counted"]
    assert halls.subjects == [counters]


def test_a_page_of_another_app_brings_its_addresses(halls):
    halls.show(Page("Hall", "lamps:lamp"))
    assert halls.url_modules == ["tests.lamps.urls"]
    halls.show(Page("Bulbs", "bulbs:page"), urls="bulbs.urls")
    assert halls.url_modules == ["tests.lamps.urls", "bulbs.urls"]
