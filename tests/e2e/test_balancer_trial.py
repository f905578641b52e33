"""An A/B run in a browser: started by the form, followed round by round, and its result as the event has it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import demos, started
from tests.demos import Demo
from tests.e2e.visitors import PHONE, Visitors, violations

PATH = "clusters/demo/balancer/"
WITHIN_MS = 90_000


@pytest.fixture(scope="module")
def served(seeded_folder: Path) -> Iterator[Demo]:
    """A demo whose servers all stay, for the tests of this file."""
    with started.folder() as folder:
        shutil.copytree(seeded_folder, folder, dirs_exist_ok=True)
        with demos.running(folder) as demo:
            yield demo


def begin(page: Page, *, rounds: int = 2) -> None:
    """Two policies of a second each, from a link that holds them."""
    form = page.locator("#trial-form")
    expect(form.locator("[name=policy]")).to_have_value("round_robin")
    expect(form.locator("[name=trial]")).to_have_value("d_choices")
    form.locator("[name=rounds]").fill(str(rounds))
    form.get_by_role("button", name="Compare").click()
    expect(page.locator("#trial")).to_have_attribute("data-state", "running")


def link(rounds: int = 2) -> str:
    stream = "policy=round_robin&rate=200&skew=0&seed=7"
    return f"{PATH}?{stream}&trial=d_choices&trial_options=d=3&seconds=1&rounds={rounds}"


def found(page: Page) -> None:
    expect(page.locator("#trial")).to_have_attribute("data-state", "found", timeout=WITHIN_MS)
    expect(page.locator("#trial .verdict")).to_be_visible()


@pytest.mark.no_cover
def test_a_run_is_started_followed_and_shown_with_all_its_figures(served: Demo, visitors: Visitors) -> None:
    page = visitors.open(served, link(), operator=True)
    begin(page)
    expect(page.locator("#trial-form")).to_be_hidden()
    expect(page.locator("#trial-round")).to_have_text("Round 2 of 2", timeout=WITHIN_MS)
    found(page)
    section = page.locator("#trial")
    expect(section.locator(".verdict")).to_have_text(re.compile(r"p99|Too few"))
    expect(section.locator(".bars svg")).to_have_count(2)
    expect(section.locator(".bars b").first).to_have_text(re.compile(r"ms ± "))
    section.get_by_text("All figures").click()
    rows = section.locator("table").first.locator("tbody tr")
    expect(rows.locator("th")).to_have_text(["Round robin", "D choices (d=3)"])
    sent = [int(row.locator("td").nth(5).inner_text()) for row in rows.all()]
    assert sent[0] == sent[1] > 300, "the same requests"
    expect(section.locator("table").nth(1).locator("tbody tr")).to_have_count(2)
    assert violations(page) == []

    again = section.get_by_role("link", name="Link to this run").get_attribute("href")
    watcher = visitors.open(served, PATH)
    found(watcher)
    expect(watcher.locator("#trial-form")).to_have_count(0)
    assert watcher.locator("#trial .verdict").inner_text() == section.locator(".verdict").inner_text()
    assert "seed=7" in str(again)

    page.goto(f"{served.url}{str(again).removeprefix('/')}")
    begin(page, rounds=30)
    page.get_by_role("button", name="Stop the A/B run").click()
    expect(page.locator("#trial")).to_have_attribute("data-state", "found")
    expect(page.locator("#trial-form")).to_be_visible()


def test_what_cannot_be_compared_is_refused_at_its_field(served: Demo, visitors: Visitors) -> None:
    page = visitors.open(served, link(rounds=1), operator=True, size=PHONE)
    visitors.watch(page).allow("400")
    page.locator("#trial-form").get_by_role("button", name="Compare").click()
    expect(page.locator("#trial-error")).to_contain_text("from 2 to 30")
    expect(page.locator("#trial-form [name=rounds]")).to_be_focused()
    assert violations(page) == []
