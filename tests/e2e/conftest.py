"""What a browser test asks for: a browser, demos to look at, people to look at them.

`demo` is fresh for each test (a copy of a seeded folder, up in a second), its nodes are servers; `simulated_demo` has a
simulated cluster in their place, and so has `calm_demo`, which is shared by the tests that only read. State is driven
over HTTP and the command line (`demo.manage("ring", "kill", "cache-4")`), never in this process.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests import demos, started
from tests.demos import Demo
from tests.e2e.ring_page import PATIENCE_MS
from tests.e2e.stage import OWN_CLUSTERS, Own, clusters_for_all, simulated
from tests.e2e.visitors import CHROMIUM_OPTIONS, Visitors, system_chromium

# Whatever appears does so in a moment, unless the machine is busy. How long it takes is measured elsewhere.
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: the system's, else Playwright's own."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=system_chromium(), args=CHROMIUM_OPTIONS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def simulated_folder(seeded_folder: Path, made_once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """The same with a simulated cluster in place of the demo's. Work on a copy of it."""

    def make(folder: Path) -> None:
        shutil.copytree(seeded_folder, folder, dirs_exist_ok=True)
        simulated(folder)

    return made_once("simulated", make)


@pytest.fixture
def simulated_copy(simulated_folder: Path) -> Iterator[Path]:
    """A copy of that folder for one test."""
    with started.folder() as folder:
        shutil.copytree(simulated_folder, folder, dirs_exist_ok=True)
        yield folder


@pytest.fixture
def demo(data_folder: Path) -> Iterator[Demo]:
    """A demo of the test's own, up and seeded: its nodes are servers."""
    with demos.running(data_folder) as running:
        yield running


@pytest.fixture
def simulated_demo(simulated_copy: Path) -> Iterator[Demo]:
    """A demo of the test's own whose cluster changes in an instant, and stands still until somebody acts."""
    with demos.running(simulated_copy) as running:
        yield running


@pytest.fixture(scope="session")
def calm_demo(simulated_folder: Path) -> Iterator[Demo]:
    """One demo shared by all tests that change nothing."""
    with started.folder() as folder:
        shutil.copytree(simulated_folder, folder, dirs_exist_ok=True)
        with demos.running(folder) as running:
            yield running


@pytest.fixture(scope="session")
def own_clusters(simulated_folder: Path) -> Iterator[Iterator[Own]]:
    """The clusters of the tests that change something, each given away once."""
    with clusters_for_all(simulated_folder) as stage:
        yield (Own(stage, f"own-{n}") for n in range(OWN_CLUSTERS))


@pytest.fixture
def own(own_clusters: Iterator[Own]) -> Own:
    """A cluster of the test's own, as the seed made the demo's, in a demo that it shares."""
    cluster = next(own_clusters, None)
    assert cluster, "more tests ask for a cluster of their own than there are: raise OWN_CLUSTERS"
    return cluster


@pytest.fixture
def visitors(browser: Browser) -> Iterator[Visitors]:
    """People with browsers. The test fails at its end if one of their pages had a fault."""
    people = Visitors(browser)
    yield people
    people.leave()
