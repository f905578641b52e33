"""Every page in every shape of window: nothing scrolls sideways, is cut off, overlaps or is too small to hit."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect

from tests.demos import Demo
from tests.e2e.layouts import faults
from tests.e2e.ring_page import PATIENCE_MS
from tests.e2e.stage import clusters_for_all
from tests.e2e.test_pages import ready, resize
from tests.e2e.visitors import Visitors

# 800 and 880 are wider than a phone and narrower than the bar; 720x450 is 1440x900 at 200 %.
WINDOWS = ((1440, 900), (1440, 560), (1024, 768), (880, 700), (800, 600), (720, 450))
PHONES = ((844, 390), (390, 844), (320, 640))
# In a demo whose own nodes are servers: a cluster of which a node was killed, and one with replicas.
MORE = """
from live.actor import Actor
from ringviz.models import Cluster
from ringviz.services import decisions
from ringviz.services.changing import change
from ringviz.services.clusters import create_cluster
boss, keys = Actor(name="test", origin="seed", may_operate=True), Cluster.objects.get(slug="demo").key_set
create_cluster(actor=boss, slug="killed", name="A cluster with a longer name", demo=True, vnodes=16, copies=3,
               key_set=keys, nodes=[{"name": f"cache-{i}"} for i in range(1, 9)])
change(slug="killed", actor=boss, version=None, decision=decisions.kill(4))
create_cluster(actor=boss, slug="copied", name="Copied", demo=True, vnodes=16, copies=1, kind="managed", replicas=1,
               key_set=keys, nodes=[{"name": f"cache-{i}"} for i in range(1, 4)])
"""


@pytest.fixture(scope="module")
def shown(seeded_folder: Path) -> Iterator[Demo]:
    """One demo for all of them."""
    with clusters_for_all(seeded_folder, MORE) as demo:
        demo.wait_for_servers(8 + 2 * 3)
        yield demo


def touched(page: Page) -> None:
    """From here on the page's window is a phone's: what is touched there has to be larger."""
    page.context.new_cdp_session(page).send("Emulation.setTouchEmulationEnabled", {"enabled": True})


def dated(page: Page) -> None:
    """The words of a moment of another day, which are the longest."""
    words = page.locator("#live > span")
    expect(words).to_contain_text("Viewing", timeout=PATIENCE_MS)
    words.evaluate("(one) => { one.textContent = 'Viewing 27 September 2026, 22:48:57'; }")


def presented(page: Page) -> None:
    page.keyboard.press("p")
    expect(page.locator("#present-end")).to_be_visible()


def copied(page: Page) -> None:
    expect(page.locator("#nodes [data-replica]").first).to_be_visible()


def tabled(page: Page) -> None:
    copied(page)
    page.locator("#screen").click()
    expect(page.locator("#mirror tbody tr").first).to_be_visible()


def unfolded(page: Page) -> None:
    """The menu of a narrow bar."""
    resize(page, (800, 600))
    page.locator("#menu-button").click()


def detailed(page: Page) -> None:
    page.locator("#lanes .open").first.click()
    expect(page.locator("#detail-body")).to_be_visible()


def calm(_page: Page) -> None:
    """As it opens."""


PAGES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "overview": ("", calm),
    "menu": ("", unfolded),
    "ring": ("clusters/demo/", calm),
    "ring of a hundred": ("clusters/hundred/", calm),
    "killed": ("clusters/killed/", calm),
    "replicas": ("clusters/copied/", copied),
    "plan": ("clusters/demo/?plan=kill&node=3", calm),
    "past": ("clusters/demo/?v=2", dated),
    "presentation": ("clusters/killed/", presented),
    "table": ("clusters/copied/", tabled),
    "new cluster": ("new-cluster/", calm),
    "node's keys": ("clusters/demo/nodes/1/keys/", calm),
    "compare": ("clusters/demo/compare/", calm),
    "balancer": ("clusters/demo/balancer/", calm),
    "balancer in the past": ("clusters/demo/balancer/?v=2", dated),
    "race": ("clusters/demo/balancer/race/", calm),
    "locks": ("locks/embedded/", calm),
    "lock": ("locks/embedded/", detailed),
    "timeline": ("clusters/demo/timeline/", calm),
    "glossary": ("glossary/", calm),
    "admin": ("admin/", calm),
    "clusters": ("admin/ringviz/cluster/", calm),
    "nodes": ("admin/ringviz/node/?q=cache", calm),
    "key sets": ("admin/ringviz/keyset/", calm),
    "requests": ("admin/ringviz/intent/", calm),
    "node": ("admin/ringviz/node/1/change/", calm),
    "sign-in": ("admin/login/", calm),
    "used link": ("enter/used/", calm),
    "not found": ("nothing/here/", calm),
}
PANELS = ("ring", "plan")
WITH_KILL = ("ring", "ring of a hundred", "killed", "replicas")
OF_VISITORS = ("sign-in", "used link")


def out_of_reach(page: Page) -> list[str]:
    """The first and the last Kill of the node list, where they cannot be clicked."""
    if (tab := page.locator("#tab-nodes")).is_visible():
        tab.click()
    kills = page.locator("#nodes button.x").filter(has_text="Kill")
    found: list[str] = []
    for kill in (kills.first, kills.last):
        try:
            kill.click(trial=True, timeout=PATIENCE_MS)
        except PlaywrightError:
            found.append("Kill cannot be clicked")
    return found


def measured(page: Page, *, panels: bool, kill: bool) -> list[str]:
    """The faults in each window and then on each phone; also of each of the `panels` of narrow ones, and of Kill."""
    found: list[str] = []
    for size in (*WINDOWS, *PHONES):
        touch = size in PHONES
        if size == PHONES[0]:
            touched(page)
        resize(page, size)
        name = "x".join(map(str, size))
        found += [f"{name}: {line}" for line in faults(page, touch=touch)]
        for tab in page.locator("#tabs [role=tab]:visible").all() if panels else []:
            tab.click()
            found += [f"{name}, {tab.inner_text()}: {line}" for line in faults(page, touch=touch)]
        if kill:
            found += [f"{name}: {line}" for line in out_of_reach(page)]
    return found


@pytest.mark.parametrize("name", PAGES)
def test_each_page_has_room_in_every_window_and_on_every_phone(shown: Demo, visitors: Visitors, name: str) -> None:
    path, prepare = PAGES[name]
    page = visitors.open(shown, path, operator=name not in OF_VISITORS, reduced_motion=True)
    visitors.watch(page).allow("404|410")
    ready(page)
    prepare(page)
    found = measured(page, panels=name in PANELS, kill=name in WITH_KILL)
    assert found == [], "\n".join(found)
