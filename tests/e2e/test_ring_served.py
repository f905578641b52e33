"""The ring of real servers: what they store beside the prediction, and a death told as a loss."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import demos, started
from tests.demos import Demo
from tests.e2e.ring_page import PATIENCE_MS, RingPage, grouped, number, open_ring
from tests.e2e.visitors import Visitors, violations

AT_REST = re.compile("^Idle")


@pytest.fixture(scope="module")
def whole(seeded_folder: Path) -> Iterator[Demo]:
    """A demo whose eight servers all stay, for the tests that kill none."""
    with started.folder() as folder:
        shutil.copytree(seeded_folder, folder, dirs_exist_ok=True)
        with demos.running(folder) as demo:
            yield demo


def counts(page: RingPage) -> dict[str, tuple[str, str]]:
    """Predicted and stored keys of every node, as the mirror table says them."""
    page.page.locator("#screen").click()
    rows = {row["Node"]: (row["Predicted"], row["Stored"]) for row in page.mirror()}
    page.page.locator("#screen").click()
    return {re.sub(r"^\d+ ", "", name): found for name, found in rows.items()}


def at_rest(page: RingPage) -> RingPage:
    """Wait until nothing moves, and every server was counted as it should be."""
    expect(page.page.locator("#work")).to_have_text(AT_REST, timeout=PATIENCE_MS)
    expect(page.page.locator("[data-stored-note]")).not_to_have_text(re.compile("≠|not answer|no server"))
    return page


def test_a_row_that_is_made_between_two_frames_says_what_is_stored(whole: Demo, visitors: Visitors) -> None:
    page = at_rest(open_ring(visitors, whole).live())
    page.page.locator("#screen").click()
    sort = page.page.locator("#mirror thead button").first
    made = sort.evaluate("""button => {
      button.click();
      return [...document.querySelectorAll("#mirror [data-stored]")].map(cell => cell.textContent);
    }""")
    assert len(made) == 8
    assert all(made)


def test_a_death_of_a_real_server_is_a_loss_that_is_refilled(demo: Demo, visitors: Visitors) -> None:
    page = at_rest(open_ring(visitors, demo, operator=True).live())
    before = counts(page)
    assert all(predicted == stored for predicted, stored in before.values())
    held = number(before["cache-4"][0])
    page.page.locator("#ring").focus()
    for _ in range(4):
        page.page.keyboard.press("ArrowRight")
    expect(page.page.locator("#risk")).to_have_text(f"cache-4: {grouped(held)} keys would be lost.")

    page.row(4).get_by_role("button", name="Kill").click()
    expect(page.title).to_have_text("cache-4 is down", timeout=PATIENCE_MS)
    expect(page.page.locator("#core")).to_contain_text("of keys were lost")
    ledger = page.page.locator("#panel-more .led")
    expect(ledger).to_contain_text(f"{grouped(held)}lost")
    expect(ledger).to_contain_text(f"{grouped(held)}stored again", timeout=PATIENCE_MS)
    expect(page.page.locator(".flow")).to_have_attribute("aria-label", re.compile("next owner reloads"))
    after = counts(at_rest(page))
    assert after["cache-4"] == ("0", "–")
    alive = [found for name, found in after.items() if name != "cache-4"]
    assert all(predicted == stored for predicted, stored in alive)
    assert sum(number(stored) for _, stored in alive) == 20_000
    assert violations(page.page) == []


def test_a_plan_says_what_it_costs_the_survivors(whole: Demo, visitors: Visitors) -> None:
    at_rest(open_ring(visitors, whole).live())  # before that there is no server that could die
    page = open_ring(visitors, whole, "clusters/demo/?plan=kill&node=3", reduced_motion=True)
    survivors = page.page.locator("[data-estimate] tbody tr")
    expect(survivors).to_have_count(7)
    expect(survivors.first).to_contain_text("MiB")
    expect(page.page.locator("#capp")).to_contain_text("keys would be lost with its server")
    assert violations(page.page) == []


def test_clients_are_stopped_and_started_from_the_page(whole: Demo, visitors: Visitors) -> None:
    page = at_rest(open_ring(visitors, whole, operator=True).live())
    load = page.page.locator("#panel-load")
    expect(load).to_contain_text(re.compile(r"Hits \d+\.\d% · [\d,]+ ops/s"), timeout=PATIENCE_MS)
    load.get_by_role("button", name="Stop").click()
    expect(load.locator(".hrow")).to_contain_text("off", timeout=PATIENCE_MS)
    load.get_by_text("Rate, keys, reads").click()
    rate = load.get_by_label("Operations a second", exact=True)
    rate.fill("200")
    rate.press("Enter")
    expect(rate).to_have_value("200")
    load.get_by_role("button", name="Start").click()
    expect(load.locator(".hrow")).to_contain_text("target 200 ops/s", timeout=PATIENCE_MS)
    assert page.state()["state"]["workload"] == {"on": True, "rate": 200, "distribution": "uniform", "reads": 0.9}


def test_an_operator_browses_the_keys_of_a_node_and_a_watcher_has_no_way_there(whole: Demo, visitors: Visitors) -> None:
    watcher = open_ring(visitors, whole).live()
    watcher.page.locator("#nodes button.name").first.click()
    expect(watcher.page.locator("#node-dialog")).to_be_visible()
    expect(watcher.page.get_by_role("link", name="Browse keys")).to_have_count(0)

    page = open_ring(visitors, whole, operator=True).live().page
    page.locator("#nodes button.name").first.click()
    page.get_by_role("link", name="Browse keys").click()
    expect(page.get_by_role("heading", name="Keys on cache-1")).to_be_visible()
    first = page.locator(".keys tbody th").all_inner_texts()
    assert len(first) >= 50
    page.evaluate("window.stayed = true")
    page.get_by_role("link", name="Next keys").click()
    page.wait_for_url("**?cursor=*")
    expect(page.locator("#browsed")).to_be_focused()
    second = page.locator(".keys tbody th").all_inner_texts()
    assert page.evaluate("window.stayed"), "the page was loaded anew"
    assert len(set(second) - set(first)) >= 50
    page.get_by_role("link", name="Random sample").click()
    expect(page.locator("#browsed header")).to_contain_text("from 50 random draws")
    page.go_back()
    expect(page.locator(".keys tbody th").first).to_have_text(second[0])
    key = page.locator(".keys tbody th a").first
    name = key.inner_text()
    key.click()
    expect(page.locator("#key")).to_have_value(name)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_of_keys_has_no_barrier_and_never_scrolls_sideways(
    whole: Demo, visitors: Visitors, theme: str
) -> None:
    page = visitors.open(whole, "clusters/demo/nodes/2/keys/", operator=True, theme=theme)
    for path in ("", "?sample=1", "?cursor=x"):
        visitors.watch(page).allow("400")
        page.goto(f"{whole.url}clusters/demo/nodes/2/keys/{path}{'&' if path else '?'}theme={theme}")
        for width, height in ((1440, 900), (1024, 768), (390, 844), (320, 568)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert violations(page) == []


def test_each_node_says_how_far_its_replica_is_behind(whole: Demo, visitors: Visitors) -> None:
    size = ("--nodes", "2", "--replicas", "1", "--memory", "16", "--count", "200")
    whole.manage("ring", "create", "copied", "--managed", *size, "--wait")
    page = open_ring(visitors, whole, "clusters/copied/").live().page
    known = re.compile(r"^replica 127\.0\.0\.1:\d+: online, [\d,]+ bytes? behind, heard \d s ago$")
    lines = page.locator("#nodes [data-replica]")
    expect(lines).to_have_count(2)
    for line in lines.all():
        expect(line).to_have_text(known, timeout=PATIENCE_MS)
    page.locator("#screen").click()
    cells = page.locator("#mirror [data-replica]")
    expect(cells).to_have_count(2)
    expect(cells.first).to_have_text(known)
    assert violations(page) == []
