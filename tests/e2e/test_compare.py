"""The Compare page in a browser: what its table says is recomputed in plain Python, by mmh3 and nothing of ours."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from math import sqrt

import mmh3
import pytest
from playwright.sync_api import Page, Route, expect

from ringviz.services.seed import DEMO_KEYS, catalogue_words
from tests.demos import Demo
from tests.e2e.recompute import PlainRing
from tests.e2e.ring_page import DEMO_NODES, DEMO_TOKENS
from tests.e2e.stage import Own
from tests.e2e.visitors import PHONE, Visitors, violations

CHANGING = "cache-4"  # the middle one of eight
TABLE = 1009
QUERY = f"?s=ring&s=modulo&s=rendezvous&s=maglev:table_size={TABLE}"
Owner = Callable[[int], str]


def ring(nodes: list[str]) -> Owner:
    return PlainRing(nodes, DEMO_TOKENS).owner_at


def modulo(nodes: list[str]) -> Owner:
    return lambda hash_: nodes[hash_ % len(nodes)]


def rendezvous(nodes: list[str]) -> Owner:
    seeds = [(mmh3.hash(name, signed=False), name) for name in sorted(nodes, reverse=True)]
    return lambda hash_: max(seeds, key=lambda one: mixed(hash_ ^ one[0]))[1]


def mixed(value: int) -> int:
    """The last steps of MurmurHash3."""
    for factor, shift in ((0x85EBCA6B, 16), (0xC2B2AE35, 13)):
        value = (value ^ value >> shift) * factor & 0xFFFFFFFF
    return value ^ value >> 16


def maglev(nodes: list[str]) -> Owner:
    table: list[str | None] = [None] * TABLE
    at = {name: mmh3.hash(name, 0, signed=False) % TABLE for name in nodes}
    skip = {name: mmh3.hash(name, 1, signed=False) % (TABLE - 1) + 1 for name in nodes}
    for turn in range(TABLE):
        name = nodes[turn % len(nodes)]
        while table[at[name]] is not None:
            at[name] = (at[name] + skip[name]) % TABLE
        table[at[name]] = name
    return lambda hash_: str(table[hash_ % TABLE])


def compared(page: Page) -> list[list[str]]:
    """The cells of the table, when it is there."""
    expect(page.locator("#figures table")).to_be_visible()
    rows = page.locator("#figures tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def expected(owner_of: Callable[[list[str]], Owner], hashes: Iterable[int]) -> dict[str, str]:
    """What the table has to say of evenness and of the two changes that need no weights."""
    now, joined = owner_of(DEMO_NODES), owner_of([*DEMO_NODES, "new"])
    left = owner_of([name for name in DEMO_NODES if name != CHANGING])
    owners = [(now(hash_), joined(hash_), left(hash_)) for hash_ in hashes]
    loads = [count * len(DEMO_NODES) / len(owners) for count in Counter(was for was, *_ in owners).values()]
    joins = [(was, will) for was, will, _ in owners if was != will]
    leaves = [(was, will) for was, _, will in owners if was != will]
    spread = sqrt(sum((load - 1) ** 2 for load in loads) / len(loads))
    return {
        "busiest": f"{max(loads):.2f}×",
        "spread": f"{spread * 100:.1f}%",
        "joins": f"{len(joins):,}",
        "joins needless": f"{sum(will != 'new' for _was, will in joins):,}",
        "leaves": f"{len(leaves):,}",
        "leaves needless": f"{sum(was != CHANGING for was, _will in leaves):,}",
    }


def test_the_table_is_what_plain_python_finds(calm_demo: Demo, visitors: Visitors) -> None:
    hashes = [mmh3.hash(word.encode(), 0, signed=False) for word in catalogue_words(DEMO_KEYS)]
    page = visitors.open(calm_demo, f"clusters/demo/compare/{QUERY}", reduced_motion=True)
    rows = compared(page)
    columns = ("busiest", "spread", "joins", "joins needless", "leaves", "leaves needless")
    for row, owner_of in zip(rows, (ring, modulo, rendezvous, maglev), strict=True):
        found = dict(zip(columns, (row[1], row[3], row[5], row[6], row[7], row[8]), strict=True))
        assert found == expected(owner_of, hashes), row[0]
    assert rows[1][9] == "no weights"
    assert all(re.fullmatch(r"[\d.,]+ ns", row[11]) for row in rows)
    bars = page.locator(".chart", has_text="A node joins").locator(".val").all_inner_texts()
    assert bars == [f"{int(row[5].replace(',', '')) / len(hashes) * 100:.1f}%" for row in rows]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_without_a_barrier_and_by_keyboard_alone(calm_demo: Demo, visitors: Visitors, theme: str) -> None:
    page = visitors.open(calm_demo, f"clusters/demo/compare/{QUERY}", theme=theme, reduced_motion=True)
    compared(page)
    assert violations(page) == []
    summary = page.get_by_text("Add a strategy")
    summary.focus()
    page.keyboard.press("Enter")
    form = page.get_by_role("form", name="Multi-probe")
    expect(form).to_be_visible()
    assert violations(page) == []
    form.get_by_label("Tokens per node").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("s=multiprobe:vnodes=1,probes=21"))
    assert compared(page)[4][0].startswith("Multi-probe (1 token, probes=21)")
    page.get_by_label("Leave out Modulo").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "modulo" not in url)
    assert [row[0].split()[0] for row in compared(page)] == ["Hash", "Rendezvous", "Maglev", "Multi-probe"]
    plan = page.get_by_role("link", name=re.compile("Plan it: Maglev"))
    plan.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"clusters/demo/.*strategy=maglev&options=table_size%3D{TABLE}"))


def test_why_there_are_no_figures_is_said_and_they_are_asked_for_again(calm_demo: Demo, visitors: Visitors) -> None:
    page = visitors.open(calm_demo)
    visitors.watch(page).allow("503|Failed to load resource|Response Status")
    busy = json.dumps({"error": "This server is busy."})
    page.route("**/compare/figures**", lambda route: route.fulfill(status=503, body=busy), times=1)
    page.goto(f"{calm_demo.url}clusters/demo/compare/{QUERY}")
    expect(page.get_by_role("alert").filter(has_text="This server is busy.")).to_be_visible()
    page.get_by_role("button", name="Try again").click()
    assert len(compared(page)) == 4


def test_while_they_are_computed_the_page_says_so(calm_demo: Demo, visitors: Visitors) -> None:
    page = visitors.open(calm_demo)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/compare/figures**", hold, times=1)
    page.goto(f"{calm_demo.url}clusters/demo/compare/{QUERY}")
    expect(page.locator("#figures")).to_contain_text("Placing every key by 4 strategies")
    expect(page.locator("#figures")).to_have_attribute("aria-busy", "true")
    assert violations(page) == []
    held[0].continue_()
    compared(page)


def test_a_change_of_the_cluster_is_said(own: Own, visitors: Visitors) -> None:
    page = visitors.open(own.demo, f"{own.path}compare/{QUERY}")
    compared(page)
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    expect(page.locator("#changed")).to_be_hidden()
    own.kill("cache-2")
    expect(page.locator("#changed")).to_be_visible()
    page.get_by_role("link", name="Compare again").click()
    compared(page)
    expect(page.locator("#figures")).to_contain_text("20,000 keys on 7 nodes")
    expect(page.locator("#changed")).to_be_hidden()


def test_the_ring_page_leads_there_and_a_phone_has_it_too(calm_demo: Demo, visitors: Visitors) -> None:
    page = visitors.open(calm_demo, "clusters/forty/", size=PHONE, is_mobile=True)
    expect(page.locator("#ring")).to_have_attribute("data-state", "idle")
    page.get_by_role("tab", name="Ring").tap()
    page.get_by_role("link", name="Compare strategies").tap()
    rows = compared(page)
    assert len(rows) == 7
    sizes = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert sizes[0] <= sizes[1]
