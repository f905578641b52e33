"""HAProxy on the Balancer page: what runs, what changes, and how to start one."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from balancer.proxy.process import program
from fleet import process
from tests import demos, started
from tests.demos import Demo
from tests.e2e.visitors import PHONE, Visitors, violations

pytestmark = pytest.mark.skipif(
    program() is None, reason="HAProxy is not installed; `make setup` installs it on Debian"
)


@contextmanager
def proxying(demo: Demo) -> Iterator[process.Child]:
    """`manage.py balance proxy` of the demo's cluster, beginning."""
    argv = [sys.executable, "manage.py", "balance", "proxy", "--cluster", "demo"]
    child = process.start(
        "proxy", argv, env=demos.environment(demo.folder), cwd=started.ROOT, stdout=subprocess.DEVNULL
    )
    try:
        yield child
    finally:
        child.kill()


def told(page: Page) -> None:
    expect(page.locator("#proxy h2")).to_have_text("HAProxy Real")
    expect(page.locator("#proxy tbody tr")).to_have_count(8)


def assert_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_page_shows_the_proxy_as_it_is_and_how_to_start_one(demo: Demo, visitors: Visitors) -> None:
    demo.wait_for_keys()
    page = visitors.open(demo, "clusters/demo/balancer/")
    section = page.locator("#proxy")
    expect(section).to_contain_text("python manage.py balance proxy --cluster demo")
    assert violations(page, within="#proxy") == []
    with proxying(demo) as child:
        told(page)
        expect(section).to_contain_text("roundrobin for new connections, at 127.0.0.1:")
        expect(section.locator("tbody tr").first).to_contain_text(re.compile(r"cache-1\s+UP\s+L7OK\s+100"))
        assert demo.manage("balance", "proxy-set", "leastconn", "--state", "cache-1=drain").returncode == 0
        expect(section).to_contain_text("leastconn for new connections")
        expect(section.locator("tbody tr").first).to_contain_text("DRAIN")
        assert violations(page, within="#proxy") == []
        phone = visitors.open(demo, "clusters/demo/balancer/", size=PHONE, theme="dark")
        told(phone)
        assert_fits(phone)
        assert violations(phone, within="#proxy") == []
        assert child.end(30) == 0
        expect(section).to_contain_text("No proxy is running")
