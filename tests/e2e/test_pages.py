"""Every page, in both themes and at every size: without a fault, without a barrier, without sideways scrolling."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.demos import Demo
from tests.e2e.stage import Own
from tests.e2e.visitors import Visitors, sign_in_link, violations

SIZES = {
    "desktop": (1440, 900),
    "laptop": (1280, 720),
    "tablet": (1024, 768),
    "phone": (390, 844),
    "zoomed": (720, 450),  # 1440x900 at 200 %
}
PAGES = {
    "overview": "",
    "glossary": "glossary/",
    "demo": "clusters/demo/",
    "forty": "clusters/forty/",
    "hundred": "clusters/hundred/",
    "past": "clusters/demo/?v=4&key=moment",
    "compare": "clusters/demo/compare/",
    "balancer": "clusters/demo/balancer/",
    "race": "clusters/demo/balancer/race/",
    "refused race": "clusters/demo/balancer/race/?p=random",
    "timeline": "clusters/demo/timeline/",
    "locks": "locks/embedded/",
    "admin": "admin/",
    "nodes": "admin/ringviz/node/?q=cache",
    "new node": "admin/ringviz/node/add/",
    "used link": "enter/used/",
    "not found": "nothing/here/",
}
NARROW = """() => ({wide: document.documentElement.scrollWidth, has: document.documentElement.clientWidth})"""
SMALL_TARGETS = """
(least) => [...document.querySelectorAll("button, select, input:not([type=hidden]), a.btn, summary, [role=tab]")]
  .filter((one) => one.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter((one) => !one.closest(".vh, .skip") && !one.classList.contains("vh"))
  .map((one) => [one, (one.closest("label, .field") ?? one).getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && box.height > 1 && (box.height < least - 0.5 || box.width < least - 0.5))
  .map(([one, box]) => `${one.tagName}#${one.id}.${one.className} ${one.textContent.trim().slice(0, 20)} ` +
    `${Math.round(box.width)}x${Math.round(box.height)}`)
"""


def ready(page: Page) -> None:
    ring = page.locator("#ring")
    if ring.count():
        expect(ring).to_have_attribute("data-lod", re.compile("."), timeout=20_000)
        expect(ring).to_have_attribute("data-state", "idle")
    if page.locator("[data-page=locks] #lanes").count():
        expect(page.locator("body")).to_have_attribute("data-watch", "watching", timeout=20_000)
    if page.locator("#figures").count():
        expect(page.locator("#figures table")).to_be_visible(timeout=20_000)
    if page.locator("#race").count():
        expect(page.locator("#race")).to_have_attribute("data-state", re.compile("still|playing"), timeout=20_000)
    page.wait_for_function("() => document.fonts.status === 'loaded'")


def resize(page: Page, size: tuple[int, int]) -> None:
    """Give the window this size, and wait until it is laid out and drawn."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.wait_for_function("([w, h]) => matchMedia(`(width: ${w}px) and (height: ${h}px)`).matches", arg=list(size))
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


@pytest.mark.parametrize("name", PAGES)
def test_each_page_in_every_size_and_theme(calm_demo: Demo, visitors: Visitors, name: str) -> None:
    page = visitors.open(calm_demo, reduced_motion=True)
    if name in ("admin", "nodes", "new node", "demo"):
        page.goto(sign_in_link(calm_demo))
    # axe moves elements of Django's admin about; what the page itself does is watched in test_admin.
    visitors.watch(page).allow("400|404|410" + ("|Applying inline style" if name == "new node" else ""))
    path = PAGES[name]
    found: list[str] = []
    for theme in ("light", "dark"):
        page.evaluate("theme => localStorage.setItem('ringviz:theme', theme)", theme)
        page.goto(f"{calm_demo.url}{path}")
        expect(page.locator("html")).to_have_attribute("data-theme", theme)
        ready(page)
        for size, box in SIZES.items():
            resize(page, box)
            measured = page.evaluate(NARROW)
            if measured["wide"] > measured["has"]:
                found.append(f"{theme} {size}: scrolls sideways, {measured}")
            if size in ("desktop", "phone"):
                found += [f"{theme} {size}: {line}" for line in violations(page)]
            found += [f"{theme} {size}: target {line}" for line in page.evaluate(SMALL_TARGETS, 24)]
    assert found == [], "\n".join(dict.fromkeys(found))


@pytest.mark.parametrize(
    "name", ["overview", "demo", "hundred", "compare", "balancer", "race", "timeline", "past", "locks"]
)
def test_a_phone_has_large_targets_and_says_nothing_of_keys(calm_demo: Demo, visitors: Visitors, name: str) -> None:
    page = visitors.open(calm_demo, PAGES[name], size=SIZES["phone"], is_mobile=True)
    ready(page)
    tabs = page.locator("#tabs [role=tab]")
    for i in range(max(1, tabs.count())):
        if tabs.count():
            tabs.nth(i).tap()
        text = page.locator("body").inner_text()
        for words in (r"\bpress\b", r"\bclick\b", r"\bEsc(ape)?\b", r"\bArrow keys\b"):
            hits = re.search(words, text, re.IGNORECASE)
            assert not hits, f"{words}: {text[max(0, hits.start() - 40) : hits.end() + 20]}"
        assert page.locator("kbd:visible").count() == 0
        small = page.evaluate(SMALL_TARGETS, 44)
        assert small == [], "\n".join(small)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_dialogs_and_a_change_without_a_barrier(own: Own, visitors: Visitors, theme: str) -> None:
    page = visitors.open(own.demo, own.path, operator=True, theme=theme, reduced_motion=True)
    ready(page)
    found: list[str] = []

    def look(at: str) -> None:
        found.extend(f"{at}: {line}" for line in violations(page))

    for opener, dialog in (
        ("#add-open", "#add-dialog"),
        ("#help-button", "#help-dialog"),
        ("#keys-open", "dialog[open]"),
    ):
        page.locator(opener).click()
        expect(page.locator(dialog)).to_be_visible()
        look(dialog)
        page.keyboard.press("Escape")
    page.locator("#nodes button.name").nth(3).click()
    look("#node-dialog")
    page.keyboard.press("Escape")
    own.kill("cache-4")
    expect(page.locator("#ring")).to_have_attribute("data-version", "7", timeout=20_000)
    look("after a kill")
    page.get_by_role("button", name=re.compile("moved keys")).click()
    expect(page.locator("#moved-dialog tbody tr")).to_have_count(100)
    look("#moved-dialog")
    page.keyboard.press("Escape")
    page.locator("#screen").click()
    expect(page.locator("#mirror")).to_be_visible()
    look("table")
    page.locator("#screen").click()
    page.locator("#present").click()
    look("presentation")
    assert found == [], "\n".join(found)
