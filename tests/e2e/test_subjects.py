"""A new subject stands by its own files and one line; and no page stops at a kind that it does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests import demos
from tests.demos import Demo
from tests.e2e.ring_page import SEEDED, open_ring
from tests.e2e.visitors import Visitors, violations

SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.lamps.settings"}
WRITE = """
from dataclasses import dataclass
from live.actor import Actor
from live.log import create_stream, write
from live.models import Stream
from live.subjects import EventWords, Subject
from ringviz.models import Cluster
from tests.lamps.events import BulbsCounted, LampLit, LampPutOut
def tell(stream_id, payload):
    with write(stream_id) as draft:
        draft.record(payload, Actor("keeper", "system", True))
"""
HANG = "tell(create_stream('lamp/hall').pk, LampLit('red'))"
LIGHT = "tell(Stream.objects.get(name='lamp/hall').pk, LampLit('green'))"
PUT_OUT = "tell(Stream.objects.get(name='lamp/hall').pk, LampPutOut())"
COUNT = "tell(Cluster.objects.get(slug='demo').stream_id, BulbsCounted(9))"
# What a process of tomorrow's version writes: nobody who runs today declares it.
OF_TOMORROW = """
@Subject("tomorrow").kind("node_levitated", title="", fold=max, words=lambda _: EventWords("", ""))
@dataclass(frozen=True)
class NodeLevitated:
    height: int
tell(Cluster.objects.get(slug="demo").stream_id, NodeLevitated(3))
"""


@pytest.fixture
def with_lamps(simulated_copy) -> Iterator[Demo]:
    """A demo whose settings have one line more."""
    with demos.running(simulated_copy, **SETTINGS) as running:
        do(running, HANG)
        yield running


def do(demo: Demo, script: str) -> None:
    done = demo.manage("shell", "-v", "0", "-c", WRITE + script, **SETTINGS)
    assert done.returncode == 0, done.stderr


def test_a_subject_of_its_own_has_page_timeline_overview_navigation_and_live_events(
    with_lamps: Demo, visitors: Visitors
) -> None:
    page = visitors.open(with_lamps, "lamps/hall/")
    overview = visitors.open(with_lamps)
    timeline = visitors.open(with_lamps, "lamps/hall/timeline/")
    row = overview.locator(".slot[data-place='lamps/hall']")
    expect(page.locator("#colour")).to_have_text("red")
    expect(row).to_contain_text("red")
    headline = re.compile(r"^\d clusters, \d+ nodes(, \d+ locks? held)?, 1 lamp$")  # the watcher begins beside it
    expect(overview.get_by_role("heading", level=1)).to_have_text(headline)
    expect(overview.locator("#last-events")).to_contain_text("the lamp is red")
    for one in (page, overview, timeline):
        expect(one.locator("#live" if one is not page else "main")).to_be_visible()
        expect(one.locator("#nav a", has_text="Lamp")).to_have_attribute("href", "/lamps/hall/")
    expect(overview.locator("#live")).to_have_attribute("data-state", "live")
    expect(timeline.locator("#live")).to_have_attribute("data-state", "live")

    do(with_lamps, LIGHT)

    expect(page.locator("#colour")).to_have_text("green")
    expect(page.locator("#main")).to_have_attribute("data-version", "2")
    expect(row).to_contain_text("green")
    expect(timeline.locator("#log td.what").first).to_have_text("the lamp is green")
    expect(overview.locator("#last-events")).to_contain_text("the lamp is green")
    do(with_lamps, PUT_OUT)
    expect(row).to_contain_text("out")
    expect(timeline.locator("#log td.what")).to_have_text(["the lamp is out", "the lamp is green", "the lamp is red"])
    expect(timeline.locator("#log .end p")).to_have_text("Then somebody hung it up.")
    timeline.get_by_label("Colour").fill("green")
    timeline.get_by_label("Kind").select_option(label="Lit")
    expect(timeline.locator("#log td.what")).to_have_text(["the lamp is green"])
    assert violations(timeline) == []


def test_a_kind_of_another_subject_advances_the_version_and_nothing_else(with_lamps: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, with_lamps).at(SEEDED).live()
    title = page.title.inner_text()
    do(with_lamps, COUNT)
    page.at(SEEDED + 1).live()
    expect(page.title).to_have_text(title)
    expect(page.page.locator("#newer")).to_be_hidden()
    expect(page.page.locator("#strip")).not_to_contain_text("later")
    assert with_lamps.manage("ring", "kill", "cache-4", **SETTINGS).returncode == 0
    page.at(SEEDED + 2)
    expect(page.title).to_have_text("cache-4 is down")
    page.page.reload()
    expect(page.at(SEEDED + 2).row(4)).to_have_class(re.compile("dead"))
    timeline = visitors.open(with_lamps, "clusters/demo/timeline/")
    expect(timeline.locator("#log td.what").nth(1)).to_have_text("9 bulbs")


def test_a_kind_of_tomorrow_is_told_and_the_page_goes_on(simulated_demo: Demo, visitors: Visitors) -> None:
    page = open_ring(visitors, simulated_demo).at(SEEDED).live()
    page.page.evaluate("() => { globalThis.neverReloaded = true; }")
    newer = page.page.locator("#newer")
    expect(newer).to_be_hidden()
    do(simulated_demo, OF_TOMORROW)
    expect(newer).to_contain_text("A newer version of this page is available.")
    page.at(SEEDED + 1).live()
    assert violations(page.page, within="#newer") == []
    assert simulated_demo.manage("ring", "kill", "cache-4").returncode == 0
    page.at(SEEDED + 2).live()
    expect(page.title).to_have_text("cache-4 is down")
    expect(page.row(4)).to_have_class(re.compile("dead"))
    assert page.page.evaluate("() => neverReloaded"), "it reloads when asked, and not before"
    newer.get_by_role("button", name="Reload").click()
    expect(newer).to_be_hidden()
    page.at(SEEDED + 2)
    assert not page.page.evaluate("() => globalThis.neverReloaded")


def test_the_servers_lists_go_on_too(simulated_demo: Demo, visitors: Visitors) -> None:
    overview = visitors.open(simulated_demo)
    do(simulated_demo, OF_TOMORROW)
    expect(overview.locator("#last-events")).to_contain_text("node_levitated")
    timeline = visitors.open(simulated_demo, "clusters/demo/timeline/")
    expect(timeline.locator("#log td.what").first).to_have_text("node_levitated")
    page = open_ring(visitors, simulated_demo).at(SEEDED + 1)
    answer = page.page.request.get(f"{page.base}state", params={"v": SEEDED + 1})
    assert answer.ok, "what is now is known from the rows"
