"""A deployment with the bundle, behind nginx and under a path: the Ring page draws and acts, and loads no source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests import demos, fronts, started
from tests.dashboard.test_bundle import made
from tests.dashboard.test_prefix import Site
from tests.e2e.ring_page import DEMO, SEEDED, RingPage
from tests.e2e.visitors import Watch
from tests.fronts import PREFIX


@pytest.fixture
def site(simulated_copy: Path) -> Iterator[Site]:
    env = {
        "BUNDLE_DIR": str(made(simulated_copy)),
        "DEPLOYED": "1",
        "DJANGO_SETTINGS_MODULE": "dashboard.settings",
        "PATH_PREFIX": PREFIX,
        "SECURE_SSL_REDIRECT": "0",  # to a browser, the loopback is as safe as TLS
    }
    collected = demos.manage(simulated_copy, "collectstatic", "--noinput", "-v0", **env)
    assert collected.returncode == 0, collected.stderr
    with started.web("dashboard.asgi:application", demos.environment(simulated_copy, **env)) as socket:
        yield Site(simulated_copy, socket)


def test_the_ring_page_of_a_bundled_deployment_draws_acts_and_loads_what_is_clicked(
    browser: Browser, site: Site
) -> None:
    with fronts.nginx(f"unix:{site.socket}") as url:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        watch = Watch(url.removeprefix("http://").removesuffix(PREFIX))
        context.on("page", watch.on)
        page = context.new_page()
        scripts: list[str] = []
        page.on("request", lambda asked: scripts.append(asked.url) if asked.resource_type == "script" else None)
        page.goto(f"{url}enter/{site.token()}/")
        ring = RingPage(page).live().at(SEEDED)
        assert page.url == f"{url}{DEMO}"
        before = len(scripts)
        page.get_by_role("button", name="Kill cache-4").click()
        ring.at(SEEDED + 1)
        page.locator("#keys-open").click()
        expect(page.locator("#keys-dialog")).to_be_visible()
        page.keyboard.press("Escape")
        page.locator("#add-open").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        page.keyboard.press("Escape")
        assert len(scripts) > before, "what a click needs came with the click"
        modules = [name for name in scripts if not re.search(r"jsi18n|theme-boot|vendor", name)]
        assert [name for name in modules if "/static/bundle/" not in name] == []
        assert len(modules) == len(set(modules)) <= 12
        for path in ("", f"{DEMO}timeline/", f"{DEMO}compare/", f"{DEMO}balancer/", "locks/"):
            page.goto(url + path)
        watch.check()
        context.close()
