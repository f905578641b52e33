"""Takes the README's pictures from a running product: its own demo, broken as a visitor would break it.

    make screenshots

Writes docs/screenshots/*.png. The demo has its own folder and port, and ends with the script.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.e2e.visitors import CHROMIUM_OPTIONS, SEEN_TOUR, system_chromium  # noqa: E402

PICTURES = ROOT / "docs" / "screenshots"
DESKTOP, PHONE = (1440, 900), (390, 844)
WITHIN_MS = 30_000
CLIENTS_MS = 8_000  # part of the last minute that the page draws
HISTORY_MS = 40_000  # part of the 45 s that a lane shows
POLICY_MS = 13_000  # more than the ten seconds that a p99 is of
LADDER_MS = 120_000


@contextmanager
def demo(folder: str) -> Iterator[str]:
    """A demo in this folder; its sign-in link."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo"],
        cwd=ROOT,
        env={**os.environ, "DATA_DIR": folder, "PORT": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield next(line.strip() for line in process.stdout if "/enter/" in line)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()


class Photographer:
    """A visitor with a browser who is signed in."""

    def __init__(self, browser: Browser, link: str) -> None:
        self._browser = browser
        self._site = link.partition("enter/")[0]
        entering = browser.new_context()
        page = entering.new_page()
        page.goto(link)
        self._signed_in = entering.storage_state()
        entering.close()

    def open(self, path: str, size: tuple[int, int] = DESKTOP, *, theme: str = "light") -> Page:
        """A page in a window of this size, once nothing moves."""
        width, height = size
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            storage_state=self._signed_in,
            reduced_motion="reduce",
        )
        context.add_init_script(SEEN_TOUR)
        page = context.new_page()
        page.goto(f"{self._site}{path}{'&' if '?' in path else '?'}theme={theme}")
        at_rest(page)
        return page


def at_rest(page: Page) -> None:
    """The ring, if there is one, is drawn and still; the page is live or shows a moment; the fonts are loaded."""
    expect(page.locator("#live, .live").first).to_contain_text(re.compile("Live|Viewing"))
    if page.locator("#ring").count():
        expect(page.locator("#ring")).to_have_attribute("data-state", "idle")
        expect(page.locator("#ring")).not_to_have_attribute("data-tokens", "0")
    if page.locator("[data-page=locks] #lanes").count():
        expect(page.locator("body")).to_have_attribute("data-watch", "watching", timeout=WITHIN_MS)
    page.evaluate("document.fonts.ready")


def keep(page: Page, name: str) -> None:
    """Writes the picture and closes the window."""
    page.screenshot(path=PICTURES / f"{name}.png")
    print(PICTURES.relative_to(ROOT) / f"{name}.png")
    page.context.close()


def kill(page: Page, name: str) -> int:
    """Kills a node by its row, waits for the picture of its death and returns its version (one after the request)."""
    version = int(page.locator("#ring").get_attribute("data-version") or 0)
    row = page.locator("#nodes tr", has_text=name)
    row.get_by_role("button", name="Kill").click()
    expect(page.locator("#core")).to_contain_text("of keys were lost")
    at_rest(page)
    return version + 2


def filled(page: Page) -> None:
    """Every server has its keys, and clients have used them for a while."""
    expect(page.locator("main")).to_contain_text("Idle", timeout=WITHIN_MS)
    page.wait_for_timeout(CLIENTS_MS)


def take(photographer: Photographer) -> None:
    """Every picture, in the order of the story."""
    ring = "clusters/demo/"
    keep(photographer.open(""), "overview")
    page = photographer.open(ring)
    filled(page)
    keep(page, "ring")
    page = photographer.open(ring)
    filled(page)
    version = kill(page, "cache-4")
    keep(page, "ring-killed")
    keep(photographer.open(f"{ring}?v={version}", theme="dark"), "ring-dark")
    keep(photographer.open(f"{ring}?v={version}", PHONE), "ring-phone")
    page = photographer.open(f"{ring}?v={version}")
    page.keyboard.press("p")
    at_rest_presented(page)
    keep(page, "ring-presentation")
    keep(photographer.open("clusters/forty/"), "ring-forty")
    take_comparison(photographer)
    keep(photographer.open(f"{ring}timeline/"), "timeline")
    take_balancer(photographer)
    take_locks(photographer)


def take_balancer(photographer: Photographer) -> None:
    """A node freezes 300 ms of each second: round robin, then two choices."""
    page = photographer.open("clusters/demo/balancer/?policy=round_robin")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.locator("#sum")).to_contain_text("sent", timeout=WITHIN_MS)
    page.wait_for_timeout(POLICY_MS)
    page.get_by_label("Freeze: cache-2").click()
    page.get_by_role("button", name="300 ms of each second: cache-2").click()
    page.wait_for_timeout(POLICY_MS)
    page.get_by_role("radio", name="Two choices").first.click()
    page.wait_for_timeout(POLICY_MS)
    page.screenshot(path=PICTURES / "balancer.png")
    page.get_by_role("button", name="Thaw: cache-2").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#main")).to_have_attribute("data-state", "idle", timeout=WITHIN_MS)
    page.context.close()


def take_comparison(photographer: Photographer) -> None:
    """All strategies on a million keys."""
    page = photographer.open("clusters/hundred/compare/", (1440, 1200))
    expect(page.locator("#figures table")).to_be_visible(timeout=WITHIN_MS)
    keep(page, "compare")


def take_locks(photographer: Photographer) -> None:
    """Workers at their locks, then the ladder with its verdicts."""
    locks = "locks/embedded/"
    page = photographer.open(locks)
    page.get_by_role("button", name="Start workers").click()
    expect(page.get_by_role("button", name="Stop workers")).to_be_visible(timeout=WITHIN_MS)
    page.wait_for_timeout(HISTORY_MS)
    keep(photographer.open(locks, PHONE), "locks-phone")
    page.screenshot(path=PICTURES / "locks.png")
    page.get_by_role("button", name="Stop workers").click()
    page.get_by_role("button", name="Run the ladder").click(timeout=WITHIN_MS)
    expect(page.locator("main")).to_contain_text("Last run of the ladder: ended", timeout=LADDER_MS)
    page.set_viewport_size({"width": 1440, "height": 1200})
    page.get_by_role("heading", name="Five ways to lock").scroll_into_view_if_needed()
    keep(page, "locks-ladder")


def at_rest_presented(page: Page) -> None:
    """The chrome is hidden and the ring is drawn in its new size."""
    expect(page.locator("body.present")).to_have_count(1)
    expect(page.locator("#ring")).to_have_attribute("data-state", "idle")


def main() -> None:
    """Starts a demo, takes the pictures."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="rv-") as folder, demo(folder) as link, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system_chromium(), args=CHROMIUM_OPTIONS)
        take(Photographer(browser, link))
        browser.close()


if __name__ == "__main__":
    main()
