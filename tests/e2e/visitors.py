"""People who use the pages: each has a separate browser context, watched for errors and requests to other hosts."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Cookie, Page, Request, Response

from tests.demos import LINK, ROOT, Demo

# The shell draws pages and nothing around them: the same tests take less time in it.
SYSTEM_CHROMIUM = (Path("/usr/lib/chromium/chromium-headless-shell"), Path("/usr/bin/chromium"))
# A root user needs --no-sandbox. The others keep Chromium from calling its maker, which a closed network refuses.
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = (1440, 900)
PHONE = (390, 844)
# What the Ring page keeps once its tour was shown. Documents without storage (about:blank) refuse it.
SEEN_TOUR = "try { localStorage.setItem('ringviz:tour', 'shown'); } catch {}"
# By the process of a demo: an operator's cookies.
_SIGNED_IN: dict[int, list[Cookie]] = {}
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


def system_chromium() -> Path | None:
    """The system's browser; None if Playwright must bring its own."""
    return next((path for path in SYSTEM_CHROMIUM if path.exists()), None)


class Watch:
    """What went wrong in a page: errors on the console, uncaught ones, answers from 500 up, requests to other hosts."""

    def __init__(self, own_netloc: str) -> None:
        self.own_netloc = own_netloc
        self.faults: list[str] = []
        self._allowed: list[re.Pattern[str]] = []

    def allow(self, pattern: str) -> None:
        """Faults that match are what the test is about (a server that it killed, an act that is refused)."""
        self._allowed.append(re.compile(pattern))

    def on(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        page.on("request", self._on_request)
        page.on("response", self._on_response)

    def check(self) -> None:
        """Fails with every fault that was not allowed."""
        left = [fault for fault in self.faults if not any(allowed.search(fault) for allowed in self._allowed)]
        assert not left, "\n".join(left)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _on_response(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{response.status} {response.url}")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self.own_netloc:
            self.faults.append(f"foreign request: {request.url}")


class Visitors:
    """Opens pages of demos; closes them at the end, and fails if anything went wrong in one."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._opened: list[tuple[BrowserContext, Watch]] = []

    def open(
        self,
        demo: Demo,
        path: str = "",
        *,
        operator: bool = False,
        size: tuple[int, int] = DESKTOP,
        theme: str = "light",
        reduced_motion: bool = False,
        first_visit: bool = False,
        **options: Any,
    ) -> Page:
        """A new person's page at `path` (without a slash in front). `options` are those of a browser context.

        At a `first_visit` the Ring page shows its tour; all other people have seen it.
        """
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce" if reduced_motion else "no-preference",
            has_touch=size[0] < 500,
            **options,
        )
        if not first_visit:
            context.add_init_script(SEEN_TOUR)
        watch = Watch(urlsplit(demo.url).netloc)
        self._opened.append((context, watch))
        context.on("page", watch.on)
        page = context.new_page()
        if operator:
            self._sign_in(page, demo)
        if theme != "light":
            path += f"{'&' if '?' in path else '?'}theme={theme}"
        page.goto(f"{demo.url}{path}")
        return page

    def _sign_in(self, page: Page, demo: Demo) -> None:
        """By a link the first time; by what that link gave in later tests: making one takes most of a second."""
        known = _SIGNED_IN.get(demo.process.pid)
        if known is None:
            page.goto(sign_in_link(demo))
            _SIGNED_IN[demo.process.pid] = page.context.cookies()
        else:
            page.context.add_cookies(known)  # type: ignore[arg-type]

    def watch(self, page: Page) -> Watch:
        """The watch of a page's person: to allow a fault, or to read them."""
        return next(watch for context, watch in self._opened if context == page.context)

    def leave(self) -> None:
        """Close everything; then judge."""
        for context, _watch in self._opened:
            context.close()
        for _context, watch in self._opened:
            watch.check()


def sign_in_link(demo: Demo) -> str:
    """A fresh sign-in link: each works once."""
    made = demo.manage("link")
    found = re.search(LINK, made.stdout)
    assert found, made.stderr
    return found.group(0)


def violations(page: Page, *, within: str | None = None) -> list[str]:
    """What axe reports against WCAG 2.2 AA: one line per rule and element. Empty if there is nothing."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        """async (within) => {
          const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
          const result = await axe.run(within ?? document, { runOnly: tags, preload: false });
          return result.violations.flatMap((rule) =>
            rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary}`));
        }""",
        within,
    )
    return [str(line) for line in found]
