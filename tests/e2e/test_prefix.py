"""A person at a demo behind a real nginx, under a path: from the sign-in link to signing out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import demos, fronts
from tests.demos import Demo
from tests.e2e.ring_page import DEMO, SEEDED, RingPage
from tests.e2e.visitors import Watch, sign_in_link
from tests.fronts import PREFIX


class Outside:
    """A browser that reaches the demo through nginx only; `asked` are the paths of its requests and its sockets."""

    def __init__(self, browser: Browser, demo: Demo, url: str) -> None:
        self.demo = demo
        self.url = url
        self.host = url.removeprefix("http://").removesuffix(PREFIX)
        self.watch = Watch(self.host)
        self.asked: list[str] = []
        self.received: list[str] = []
        self.context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        self.context.on("page", self._open)

    def sign_in(self) -> Page:
        """A new page, opened by a fresh link."""
        page = self.context.new_page()
        page.goto(sign_in_link(self.demo).replace(self.demo.url, self.url))
        return page

    def _open(self, page: Page) -> None:
        self.watch.on(page)
        page.on("request", lambda request: self.asked.append(request.url.partition(self.host)[2]))
        page.on("websocket", lambda socket: self.asked.append(socket.url.partition(self.host)[2]))
        page.on("websocket", lambda socket: socket.on("framereceived", lambda text: self.received.append(str(text))))


@pytest.fixture
def demo(simulated_copy: Path) -> Iterator[Demo]:
    with demos.running(simulated_copy, PATH_PREFIX=PREFIX) as running:
        yield running


def upstream(demo: Demo) -> str:
    return demo.url.removeprefix("http://").removesuffix(PREFIX)


def test_from_the_sign_in_link_to_signing_out_nothing_leaves_the_path(browser: Browser, demo: Demo) -> None:
    with fronts.nginx(upstream(demo)) as url:
        person = Outside(browser, demo, url)
        page = person.sign_in()
        ring = RingPage(page).live()
        assert page.url == f"{url}{DEMO}"
        page.get_by_role("button", name="Kill cache-4").click()
        ring.at(SEEDED + 1)
        assert any('"node_killed"' in text for text in person.received), "the event came by socket"

        page.get_by_role("navigation").get_by_role("link", name="Timeline").click()
        expect(page.locator(f"#log tr[data-v='{SEEDED + 1}']")).to_be_visible()
        page.locator(f"#log tr[data-v='{SEEDED + 1}'] a").first.click()
        assert page.url.startswith(f"{url}{DEMO}")
        page.goto(f"{url}admin/")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("You are signed out.")).to_be_visible()

        person.watch.check()
        assert [path for path in person.asked if not path.startswith((PREFIX, "data:"))] == []
        assert any("/ws/" in path for path in person.asked)
        person.context.close()


def test_where_no_socket_gets_through_the_page_polls_says_so_and_acts(browser: Browser, demo: Demo) -> None:
    with fronts.nginx(upstream(demo), upgrades=False) as url:
        person = Outside(browser, demo, url)
        person.watch.allow("WebSocket connection")  # each attempt that is refused is on the console
        page = person.sign_in()
        ring = RingPage(page).live()
        expect(ring.live_words).to_contain_text("Live by polling, 1 watching")
        expect(ring.live_words).to_have_attribute("title", re.compile("^Live updates by polling: no WebSocket"))
        told = demo.manage("ring", "kill", "cache-4", "--cluster", "demo")
        assert told.returncode == 0, told.stderr
        ring.at(SEEDED + 1)
        page.get_by_role("button", name="Kill cache-5").click()
        ring.at(SEEDED + 2)
        assert person.received == []
        person.watch.check()
        person.context.close()
