"""The whole story without a mouse: kill, step back, read the table, return; and the letters that do the rest."""

import re
from itertools import pairwise

from playwright.sync_api import Page, expect

from tests.e2e.ring_page import DEMO_NODES, SEEDED, RingPage, grouped, number, open_own
from tests.e2e.stage import Own
from tests.e2e.visitors import Visitors

MOST_TABS = 90
FOCUSED = "selector => document.activeElement?.matches(selector) ?? false"


def tab_to(page: Page, selector: str, *, back: bool = False) -> None:
    """Press Tab until the focus is on it; fails when a whole round of the page has not been there."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate(FOCUSED, selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")


def test_kill_step_back_read_and_return_by_keyboard_alone(own: Own, visitors: Visitors) -> None:
    page = open_own(visitors, own, operator=True).live()
    keys = page.page.keyboard
    tab_to(page.page, "#ring")
    for name in DEMO_NODES[:4]:
        keys.press("ArrowRight")
        expect(page.page).to_have_url(re.compile(f"node={name[-1]}"))
    expect(page.said).to_contain_text("cache-4:")
    keys.press("Enter")
    dialog = page.page.locator("#node-dialog")
    expect(dialog).to_be_visible()
    tab_to(page.page, "#node-dialog button.bad")
    keys.press("Enter")
    page.at(SEEDED + 1)
    expect(dialog).to_be_hidden()
    expect(page.title).to_have_text("cache-4 is down")
    moved = page.ring.get_attribute("data-moved") or ""
    expect(page.said).to_have_text(f"cache-4 is down: {grouped(int(moved))} of 20,000 keys changed owner.")

    expect(page.ring).to_be_focused()
    keys.press("Escape")
    expect(page.ring).not_to_be_focused()
    keys.press("ArrowLeft")
    page.at(SEEDED)
    expect(page.live_words).to_have_text(re.compile(r"Viewing \d\d:\d\d:\d\d"))
    expect(page.said).to_contain_text("cache-8 joined")
    tab_to(page.page, "#screen")
    keys.press("Enter")
    expect(page.page.locator("#mirror")).to_be_visible()
    the_table_says_what_the_server_says(page, SEEDED)
    keys.press("ArrowRight")
    page.at(SEEDED + 1)
    expect(page.live_words).to_have_attribute("data-state", "live")
    the_table_says_what_the_server_says(page, SEEDED + 1)
    keys.press("Escape")
    expect(page.page.locator("#mirror")).to_be_hidden()

    keys.press("ArrowLeft")
    page.at(SEEDED)
    tab_to(page.page, "#head button")
    keys.press("Enter")
    page.at(SEEDED + 1).live()


def the_table_says_what_the_server_says(page: RingPage, version: int) -> None:
    state = page.state(version)["state"]
    rows = page.mirror()
    assert [row["Node"][1:].strip() for row in rows] == [node["name"] for node in state["nodes"]]
    for row, node in zip(rows, state["nodes"], strict=True):
        active = node["state"] == "active"
        assert number(row["Keys"]) == (node["keys"] if active else 0)
        assert number(row["Tokens"]) == node["tokens"]
        assert row["State"] == ("active" if active else "down")


def test_single_letters(own: Own, visitors: Visitors) -> None:
    page = open_own(visitors, own, operator=True).live()
    keys = page.page.keyboard
    for letter, dialog in (("?", "#help-dialog"), ("a", "#add-dialog")):
        keys.press(letter)
        expect(page.page.locator(dialog)).to_be_visible()
        keys.press("Escape")
        expect(page.page.locator(dialog)).to_be_hidden()

    page.act(action="kill", node=4)
    page.at(SEEDED + 1)
    side = page.page.locator("#side")
    after = overlay(page)
    keys.press("b")
    expect(side).to_have_attribute("aria-pressed", "true")
    assert overlay(page.still()) != after
    keys.press("b")
    expect(side).to_have_attribute("aria-pressed", "false")
    assert overlay(page.still()) == after

    keys.press("/")
    field = page.page.get_by_label("Key", exact=True)
    expect(field).to_be_focused()
    keys.type("ab?/p")  # letters in a field are text
    expect(field).to_have_value("ab?/p")
    expect(page.page.locator("#walk")).to_contain_text("Owner")
    keys.press("Escape")
    expect(field).not_to_be_focused()

    keys.press("p")
    expect(page.page.locator("body")).to_have_class(re.compile("present"))
    keys.press("Escape")
    expect(page.page.locator("body")).not_to_have_class(re.compile("present"))

    keys.press("Escape")  # the change: every node in colour again
    expect(page.ring).to_have_attribute("data-mode", "calm")
    keys.press("ArrowLeft")
    page.at(SEEDED)
    keys.press(" ")  # play, to the newest
    page.at(SEEDED + 1).live()


def overlay(page: RingPage) -> str:
    return str(page.page.evaluate("() => document.querySelector('#ring-moving').toDataURL()"))


def test_a_polite_region_says_at_most_a_sentence_in_two_seconds(own: Own, visitors: Visitors) -> None:
    page = open_own(visitors, own, operator=True).live()
    expect(page.said).to_have_attribute("aria-live", "polite")
    page.page.evaluate(
        """() => {
          const region = document.querySelector("#aloud");
          globalThis.heard = [];
          new MutationObserver(() => heard.push([performance.now(), region.textContent]))
            .observe(region, {childList: true, characterData: true, subtree: true});
        }"""
    )
    for node in (1, 2, 3, 5):
        page.act(action="kill", node=node)
    page.at(SEEDED + 4)
    page.page.wait_for_function("() => heard.at(-1)?.[1].startsWith('cache-5 is down')")
    heard = page.page.evaluate("() => heard")
    times = [at for at, _text in heard]
    assert all(later - earlier > 1_900 for earlier, later in pairwise(times)), heard
    assert all(text.count(". ") == 0 for _at, text in heard), heard


def test_after_an_undo_the_focus_is_back_at_the_node(own: Own, visitors: Visitors) -> None:
    page = open_own(visitors, own, operator=True).live()
    page.act(action="kill", node=4)
    page.at(SEEDED + 1)
    page.page.get_by_role("button", name="Undo").focus()
    page.page.keyboard.press("Enter")
    page.at(SEEDED + 2)
    expect(page.row(4).locator("button.name")).to_be_focused()
    page.act(action="configure", copies=2)
    page.at(SEEDED + 3)
    page.page.get_by_role("button", name="Undo").focus()
    page.page.keyboard.press("Enter")
    page.at(SEEDED + 4)
    expect(page.ring).to_be_focused()
