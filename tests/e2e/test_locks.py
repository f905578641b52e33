"""Locks of real clients on the page, from take to end: seen by everybody, broken by an operator only."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid1

import pytest
from playwright.sync_api import expect
from redis import Redis

from tests import started
from tests.e2e.locks_page import LocksPage, Watched, open_locks, watched
from tests.e2e.visitors import PHONE, Visitors, violations

EVIL = "<img src=x onerror=alert(1)>"
TURNED = "abc\u202ecba\u2028\x1b[31m"
TABLET = (1024, 768)


@pytest.fixture(scope="module")
def locks(tmp_path_factory: pytest.TempPathFactory, simulated_folder: Path) -> Iterator[Watched]:
    """One demo for all of these tests; each takes locks of its own names."""
    with started.folder() as folder:
        shutil.copytree(simulated_folder, folder, dirs_exist_ok=True)
        with watched(folder) as running:
            yield running


def take(server: Redis, name: str | bytes) -> str:
    """A lock as redis-py writes it, taken over from whoever holds it; its holder_id."""
    holder_id = uuid1().hex
    server.set(name, holder_id, px=60_000)
    return holder_id


def test_a_lock_of_redis_py_appears_counts_down_is_extended_and_expires(locks: Watched, visitors: Visitors) -> None:
    page = open_locks(visitors, locks.demo)
    lock = locks.jobs.lock("life:1", timeout=30)
    assert lock.acquire(blocking=False)
    expect(page.lane("life:1")).to_be_visible()
    expect(page.lane("life:1")).to_contain_text("redis-py")
    first = page.left_s("life:1")
    assert 20 < first <= 30
    page.page.wait_for_function(
        "([lane, most]) => parseFloat(document.querySelector(`li[data-lane='${lane}'] .left`).textContent) < most",
        arg=[page.lane("life:1").get_attribute("data-lane"), first - 0.3],
    )
    lock.extend(60, replace_ttl=True)
    expect(page.lane("life:1").locator(".left")).to_have_text(re.compile(r"^[45]\d\.\d s$"))
    locks.jobs.pexpire("life:1", 300)
    expect(page.lane("life:1")).to_contain_text("nobody")
    expect(page.lane("life:1")).to_contain_text("Free for")
    page.open("life:1")
    expect(page.detail).to_contain_text("Nobody holds it now.")
    expect(page.detail.locator(".story")).to_contain_text("expired")


def test_an_operator_breaks_what_a_watcher_can_only_see(locks: Watched, visitors: Visitors) -> None:
    take(locks.jobs, "break:1")
    watcher = open_locks(visitors, locks.demo)
    watcher.open("break:1")
    expect(watcher.detail).to_contain_text("Seen")
    expect(watcher.page.get_by_role("button", name="Break…")).to_have_count(0)
    expect(watcher.page.locator("#break-dialog")).to_have_count(0)

    page = open_locks(visitors, locks.demo, operator=True)
    visitors.watch(page.page).allow("409")
    page.open("break:1")
    page.detail.get_by_role("button", name="Break…").click()
    dialog = page.page.locator("#break-dialog")
    expect(dialog).to_contain_text("Deleted")
    expect(page.page.get_by_role("button", name="Keep lock")).to_be_focused()
    dialog.get_by_role("button", name="Break lock").click()
    expect(dialog).to_contain_text("Give a reason")
    # Somebody else takes it while the operator types: nothing is deleted, and who holds it now is shown.
    other = take(locks.jobs, "break:1")
    dialog.get_by_label("Reason").fill("stuck")
    dialog.get_by_role("button", name="Break lock").click()
    expect(dialog).to_contain_text("Held now by")
    expect(dialog).to_contain_text(other)
    assert locks.jobs.exists("break:1")
    dialog.get_by_role("button", name="Keep lock").click()
    expect(page.detail).to_contain_text(other)

    page.detail.get_by_role("button", name="Break…").click()
    dialog.get_by_label("Reason").fill("stuck, looked twice")
    dialog.get_by_role("button", name="Break lock").click()
    expect(dialog).to_be_hidden()
    expect(page.detail).to_contain_text("Nobody holds it now.")
    assert not locks.jobs.exists("break:1")
    expect(watcher.lane("break:1")).to_contain_text("nobody")
    expect(watcher.detail.locator(".story .no").last).to_contain_text("stuck, looked twice")


def test_hostile_and_binary_names_do_nothing(locks: Watched, visitors: Visitors) -> None:
    names: list[str | bytes] = [EVIL, TURNED, "x" * 500, b"\xff\xfebin\x00"]
    for name in names:
        take(locks.jobs, name)
    page = open_locks(visitors, locks.demo)
    for shown in (EVIL, r"abc\xe2\x80\xaecba\xe2\x80\xa8\x1b[31m", r"\xff\xfebin\x00"):
        page.open(shown)
    expect(page.page.locator("#lanes bdi", has_text=re.compile(r"^x{80}…x{39}$"))).to_be_visible()
    page.page.get_by_role("button", name="Table").click()
    expect(page.page.locator("#mirror")).to_contain_text(EVIL)
    assert page.page.locator("main img").count() == 0
    locks.jobs.delete(*names)


def test_everything_by_the_keyboard(locks: Watched, visitors: Visitors) -> None:
    for n in (1, 2):
        take(locks.jobs, f"keys:{n}")
    page = open_locks(visitors, locks.demo)
    keyboard = page.page.keyboard
    keyboard.press("/")
    keyboard.type("keys:")
    expect(page.page.locator("#csv")).to_have_attribute("href", re.compile("q=keys"))  # it was looked for
    expect(page.page.locator("#lanes > li")).to_have_count(2)
    keyboard.press("Escape")
    keyboard.press("j")
    expect(page.lane("keys:1").get_by_role("button")).to_be_focused()
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    expect(page.detail.locator("h2")).to_have_text("keys:2")
    assert re.search(r"lock=[0-9a-f]{16}", page.page.url)
    keyboard.press("Escape")
    expect(page.detail).to_be_hidden()
    expect(page.lane("keys:2").get_by_role("button")).to_be_focused()
    keyboard.press("t")
    expect(page.page.locator("#mirror tbody tr")).to_have_count(2)
    keyboard.press("t")
    keyboard.press("?")
    expect(page.page.locator("#help-dialog")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_panel_and_dialog_have_no_barrier(locks: Watched, visitors: Visitors, theme: str) -> None:
    name = f"axe:{theme}"
    take(locks.jobs, name)
    page = open_locks(visitors, locks.demo, operator=True, theme=theme, reduced_motion=True)
    page.open(name)
    found = []
    for size in ((1440, 900), TABLET, PHONE):
        page.page.set_viewport_size({"width": size[0], "height": size[1]})
        wide = page.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{size}: scrolls sideways by {wide}"] if wide > 0 else []
        if size != TABLET:
            found += [f"{size}: {line}" for line in violations(page.page)]
    page.detail.get_by_role("button", name="Break…").click()
    found += [f"dialog: {line}" for line in violations(page.page)]
    assert found == [], "\n".join(found)


def test_ten_thousand_are_groups_and_are_found(locks: Watched, visitors: Visitors) -> None:
    page = open_locks(visitors, locks.demo, "locks/many/", operator=True)
    expect(page.page.locator("#summary")).to_contain_text("10,001 locks")
    expect(page.page.locator("#attention")).to_contain_text("No TTL")
    page.page.get_by_role("button", name="order:*").click()
    expect(page.page.locator(".sub-rows tbody tr")).to_have_count(20)
    page.page.get_by_role("button", name="Next").click()
    expect(page.page.locator(".pager")).to_contain_text("21 to 40 of 5,000")
    page.page.locator("#q").fill("order:04321")
    expect(page.page.locator("#found tbody tr")).to_have_count(1)
    page.page.get_by_role("button", name="order:04321").click()
    expect(page.detail).to_contain_text("order:04321")
    expect(page.detail).to_contain_text("cannot be broken from here")
    assert violations(page.page) == []
    page.page.locator("#q").fill("nothing like it")
    page.page.get_by_role("button", name="Show all locks").click()
    expect(page.page.locator("#groups")).to_be_visible()


def test_a_source_that_is_away_is_said_and_comes_back(locks: Watched, visitors: Visitors) -> None:
    page = open_locks(visitors, locks.demo, operator=True)
    page.page.get_by_role("button", name="Pause watching").click()
    strip = page.page.locator("#trouble")
    expect(strip).to_contain_text("Watching is paused")
    expect(page.page.locator("#left-head")).to_have_text("Left then")
    strip.get_by_role("button", name="Resume").click()
    expect(strip).to_be_hidden()
    LocksPage(page.page).live()
