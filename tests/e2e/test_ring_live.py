"""The main story: a node is killed by its arc, others see it, and every figure is what an independent ring says."""

import csv
import io

import pytest
from playwright.sync_api import Locator, expect

from ringviz.services.seed import DEMO_KEYS, catalogue_words
from tests.e2e.recompute import Move, PlainRing, modulo_moved, moves
from tests.e2e.ring_page import DEMO_NODES, DEMO_TOKENS, SEEDED, RingPage, grouped, number, open_own
from tests.e2e.stage import Own
from tests.e2e.visitors import Visitors

VICTIM = "cache-4"
REST = [name for name in DEMO_NODES if name != VICTIM]
FULL, LESS = PlainRing(DEMO_NODES, DEMO_TOKENS), PlainRing(REST, DEMO_TOKENS)


@pytest.fixture(scope="module")
def keys() -> list[bytes]:
    return [word.encode() for word in catalogue_words(DEMO_KEYS)]


@pytest.fixture(scope="module")
def moved(keys: list[bytes]) -> list[Move]:
    return moves(FULL, LESS, keys)


def test_a_kill_by_its_arc_is_seen_by_all_and_every_figure_is_true(
    own: Own, visitors: Visitors, keys: list[bytes], moved: list[Move]
) -> None:
    operator = open_own(visitors, own, operator=True).at(SEEDED).live()
    watcher = open_own(visitors, own).at(SEEDED).live()
    expect(watcher.live_words).to_contain_text("2 watching")
    first_picture = picture(operator)
    expect(operator.page.locator("#core")).to_contain_text("Click any arc")

    operator.click_arc(VICTIM, FULL)
    for person in (operator, watcher):
        person.at(SEEDED + 1)
        expect(person.title).to_have_text("cache-4 is down")
        expect(person.row(4)).to_have_class("dead")
        expect(person.row(4).locator("button.name")).to_have_css("text-decoration-line", "line-through")
        expect(person.row(4)).to_contain_text("down")
        expect(person.ring).to_have_attribute("data-moved", str(len(moved)))
        expect(person.ring).to_have_attribute("data-tokens", str(len(LESS.tokens)))
        share = f"{len(moved) / len(keys):.1%}"
        expect(person.page.locator("#core .big")).to_have_text(share)
        expect(person.page.locator("#core")).to_contain_text(f"{grouped(len(moved))} of {grouped(len(keys))}")
        modulo = modulo_moved(DEMO_NODES, REST, keys) / len(keys)
        expect(person.page.locator("#core .cmp .alt")).to_contain_text(f"{modulo:.1%}")
        assert picture(person) != first_picture

    was, now = FULL.counts(keys), LESS.counts(keys)
    for i, name in enumerate(DEMO_NODES, 1):
        figures = watcher.row(i).locator("td.num")
        if name != VICTIM:
            assert number(figures.nth(0).inner_text()) == now[name]
        assert number(figures.nth(1).inner_text()) == now[name] - was[name]
    nothing_else_moved(operator)
    expect(operator.said).to_contain_text(f"cache-4 is down: {grouped(len(moved))} of {grouped(len(keys))} keys")

    operator.page.get_by_role("button", name="Undo").click()
    for person in (operator, watcher):
        person.at(SEEDED + 2)
        expect(person.title).to_have_text("cache-4 is back")
    operator.page.get_by_role("button", name="Done").click()
    expect(operator.ring).to_have_attribute("data-mode", "calm")
    assert picture(operator.still()) == first_picture


def nothing_else_moved(page: RingPage) -> None:
    """The arcs before and after, as the server has them, differ only in those of the dead node."""
    before, after = (page.state(v)["state"] for v in (SEEDED, SEEDED + 1))
    for one, other in zip(before["nodes"], after["nodes"], strict=True):
        unchanged = {"number", "name", "address", "zone", "weight", "tokens"}
        assert all(one[name] == other[name] for name in unchanged)
        assert one["state"] == other["state"] or one["name"] == VICTIM
    page.page.get_by_role("button", name="Table").click()
    page.page.get_by_role("button", name="Changed ranges").click()
    rows = page.page.locator("#mirror tbody tr:not(.pad)")
    wanted = {span: LESS.owner_at(span[1]) for span, owner in FULL.ranges().items() if owner == VICTIM}
    expect(rows).to_have_count(len(wanted))
    shown = rows.evaluate_all("rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))")
    found = {(int(cells[0], 16), int(cells[1], 16)): cells[-1].split()[-1] for cells in shown}
    assert found == wanted
    assert all(cells[-2].split()[-1] == VICTIM for cells in shown)
    page.page.keyboard.press("Escape")
    page.still()


def test_the_table_of_moved_keys_is_the_independent_one(own: Own, visitors: Visitors, moved: list[Move]) -> None:
    page = open_own(visitors, own, operator=True).live()
    page.act(action="kill", node=4)
    page.at(SEEDED + 1)
    page.page.get_by_role("button", name=f"All {grouped(len(moved))} moved keys").click()
    dialog = page.page.locator("#moved-dialog")
    status, forth = dialog.get_by_role("status"), dialog.get_by_role("button", name="Page on")
    pages = -(-len(moved) // 100)
    rows: list[tuple[str, int, str, str]] = []
    for turn in range(1, pages + 1):
        expect(status).to_have_text(f"{grouped(len(moved))} keys, page {turn} of {pages}")
        rows += rows_of(dialog)
        if turn < pages:
            forth.click()
    expect(forth).to_be_disabled()
    assert rows == [(move.key.decode(), move.hash, move.source, move.target) for move in moved]

    link = dialog.get_by_role("link", name="CSV").get_attribute("href") or ""
    text = page.page.request.get(f"{own.demo.url.rstrip('/')}{link}").text()
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [(bytes.fromhex(line["key bytes"]), int(line["hash"], 16), line["from"], line["to"]) for line in lines] == [
        (move.key, move.hash, move.source, move.target) for move in moved
    ]

    target = moved[0].target
    pair = [move for move in moved if move.target == target]
    dialog.get_by_label("From and to").select_option(label=f"{VICTIM} → {target} ({grouped(len(pair))})")
    expect(status).to_have_text(f"{grouped(len(pair))} keys, page 1 of {-(-len(pair) // 100)}")
    assert rows_of(dialog) == [(move.key.decode(), move.hash, move.source, move.target) for move in pair[:100]]


def rows_of(dialog: Locator) -> list[tuple[str, int, str, str]]:
    """Key, hash, from, to of each row of a page."""
    cells = dialog.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.lastChild.textContent))"
    )
    return [(key, int(hash_, 16), source, target) for key, hash_, source, target in cells]


def test_a_watchers_click_is_a_what_if_and_no_event(own: Own, visitors: Visitors, moved: list[Move]) -> None:
    page = open_own(visitors, own).live()
    expect(page.page.locator("#core")).to_contain_text("to preview losing that node")
    for gone in ("#add-act", "#keys-open", "#keys-dialog"):
        expect(page.page.locator(gone)).to_have_count(0)
    expect(page.page.get_by_role("button", name="Kill")).to_have_count(0)

    page.click_arc(VICTIM, FULL)
    expect(page.title).to_have_text("If cache-4 died")
    expect(page.ring).to_have_attribute("data-moved", str(len(moved)))
    expect(page.ring).to_have_attribute("data-mode", "plan")
    expect(page.page.locator("#capp")).to_contain_text("Nothing has happened yet.")
    expect(page.page.get_by_role("button", name="Commit")).to_be_hidden()
    page.at(SEEDED)
    assert page.state()["v"] == SEEDED
    visitors.watch(page.page).allow("403")
    assert page.try_act(action="kill", node=4, version=SEEDED)[0] == 403
    page.page.get_by_role("button", name="Discard").click()
    expect(page.ring).to_have_attribute("data-mode", "calm")
    assert page.state()["v"] == SEEDED


def picture(page: RingPage) -> str:
    """The still layer of the drawing."""
    return str(page.page.evaluate("() => document.querySelector('#ring-still').toDataURL()"))
