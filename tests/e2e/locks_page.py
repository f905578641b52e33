"""The Locks page as the tests see it, and a demo that watches a server of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid1

from playwright.sync_api import Locator, Page, expect
from redis import Redis

from tests import demos, started
from tests.demos import Demo
from tests.e2e.ring_page import PATIENCE_MS
from tests.e2e.visitors import Visitors

MANY = 10_000
NOTIFY = ("--notify-keyspace-events", "Kg$xhlz")


@dataclass(frozen=True)
class Watched:
    """A demo, and two sources that it watches beside its own server: the locks of `jobs` may be broken from the page,
    those of `many`, which has 10,001 of them, not.
    """

    demo: Demo
    jobs: Redis
    many: Redis


@contextmanager
def watched(data: Path) -> Iterator[Watched]:
    """The demo of a data folder, with its watcher."""
    with started.valkey(*NOTIFY) as jobs, started.valkey(*NOTIFY) as many:
        fill(many)
        sources = f"jobs={jobs.url}?break=LOCK_BREAK_JOBS many={many.url}"
        with demos.running(data, LOCK_SOURCES=sources, LOCK_BREAK_JOBS=jobs.url) as demo:
            clients = [Redis.from_url(server.url, socket_timeout=5) for server in (jobs, many)]
            try:
                yield Watched(demo, *clients)
            finally:
                for client in clients:
                    client.close()


def fill(server: started.Valkey) -> None:
    """10,000 locks as redis-py writes them, and one without an end."""
    with Redis.from_url(server.url, socket_timeout=30) as client, client.pipeline(transaction=False) as pipe:
        for n in range(MANY // 2):
            for prefix in ("order", "invoice"):
                pipe.set(f"{prefix}:{n:05}", uuid1().hex, px=600_000 + n)
        pipe.set("stuck:gc", uuid1().hex)
        pipe.execute()


class LocksPage:
    """One person's page of one source."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.detail = page.locator("#detail")
        self.said = page.locator("#aloud")

    def live(self) -> LocksPage:
        """Waits until it is connected and the watcher is watching."""
        expect(self.page.locator("#live")).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
        expect(self.page.locator("body")).to_have_attribute("data-watch", "watching", timeout=PATIENCE_MS)
        return self

    def lane(self, name: str) -> Locator:
        """The line of a lock."""
        return self.page.locator("#lanes > li").filter(has=self.page.get_by_role("button", name=name, exact=True))

    def left_s(self, name: str) -> float:
        """The time left that it shows. Fails if it shows none."""
        return float(self.lane(name).locator(".left").inner_text().removesuffix("s").strip())

    def open(self, name: str) -> None:
        """Opens a lock's panel by the keyboard."""
        self.lane(name).get_by_role("button").focus()
        self.page.keyboard.press("Enter")
        expect(self.detail.locator("h2")).to_have_text(name)


def open_locks(visitors: Visitors, demo: Demo, path: str = "locks/jobs/", **options: object) -> LocksPage:
    """Opens a source's page as a new person."""
    return LocksPage(visitors.open(demo, path, **options)).live()  # type: ignore[arg-type]
