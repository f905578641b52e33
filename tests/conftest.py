"""Fixtures for every test. The settings and their temporary folder come first: tests/settings.py."""

import fcntl
import importlib
import os
import pkgutil
import shutil
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings as hypothesis_settings

from servers.client.line import Limits
from tests import demos, started

if TYPE_CHECKING:
    from tests.installations import Kept
    from tests.supervised import Installation

PRODUCT = ("balancer", "dashboard", "fleet", "live", "locks", "ringviz", "servers")

# Time limits belong in `make bench`: on a busy machine an example may take any time.
hypothesis_settings.register_profile("unhurried", parent=hypothesis_settings.default, deadline=None)
hypothesis_settings.load_profile("unhurried")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Marks tests before -m selects by the marks, and puts first what takes longest, after the order was shaken.

    What stands in tests/e2e needs a browser, marked or not. Coverage is measured once, not at every example: being
    measured makes a test run twice as long, and what the examples of a property reach, other tests reach too.
    """
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker("no_cover")
        if "e2e" in item.path.parts:
            item.add_marker("e2e")
        item.add_marker(pytest.mark.xdist_group(company(item)))
    yield
    items.sort(key=lambda item: "real" not in fixtures_of(item))  # the longest files, which mostly wait


def company(item: pytest.Item) -> str:
    """The tests that one worker runs (`--dist loadgroup`): those of a file, which share the servers that it starts.

    Tests of a supervisor share it over files: it stays while neither its variables nor its measuring change. More of
    them at once, and a healthy server is late for a verdict.
    """
    if "real" not in fixtures_of(item):
        return item.path.relative_to(started.ROOT).as_posix()
    return "supervised, measured" if item.get_closest_marker("no_cover") is None else "supervised"


def fixtures_of(item: pytest.Item) -> Collection[str]:
    """The names of all fixtures of a test, those of its fixtures too."""
    names: Collection[str] = getattr(item, "fixturenames", ())
    return names


@contextmanager
def untraced() -> Iterator[None]:
    """Pauses coverage in this thread: a tracer slows down all code, whatever it measures."""
    tracing = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracing)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Iterator[None]:
    """Measures what the product's modules do when they are imported, but not the search for tests."""
    for package in PRODUCT:
        for module in pkgutil.walk_packages([str(started.ROOT / package)], f"{package}."):
            if ".migrations" not in module.name and module.name != "dashboard.asgi":
                importlib.import_module(module.name)
    with untraced():
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup() -> Iterator[None]:
    """Measures what a test is about, not what its fixtures set up."""
    with untraced():
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Leaves out tests marked `no_cover`: if pytest-cov pauses in a worker, an outer measurement would go on.

    Also leaves out tests that wait for a supervisor, which is measured separately (tests/supervised.py).
    """
    if item.get_closest_marker("no_cover") is None and "real" not in getattr(item, "fixturenames", ()):
        return (yield)
    with untraced():
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Leaves out the teardown too."""
    with untraced():
        return (yield)


@pytest.fixture(scope="session", autouse=True)
def everything_imported() -> None:
    """Runs before any test patches: the first request imports the views, which would keep what was patched then."""
    import dashboard.urls  # noqa: F401


@pytest.fixture(scope="session")
def shared_valkey() -> Iterator[started.Valkey]:
    """One Valkey for all tests. A test that kills its Valkey starts its own."""
    with started.valkey() as server:
        yield server


@pytest.fixture
def hint_server(settings, shared_valkey: started.Valkey) -> started.Valkey:
    """A real hint server for the processes of this test; without it there is none."""
    settings.REDIS_URL = shared_valkey.url
    return shared_valkey


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients of servers wait long enough for any reply, so an error is ours and not that of a busy machine."""
    monkeypatch.setattr("servers.client.line.LIMITS", Limits(timeout_s=20.0))


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """A folder filled by `make` once for all workers that test at the same time: the others wait, or find it."""
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent

    def folder(name: str, make: Callable[[Path], None]) -> Path:
        with (base / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (base / name).exists():
                with started.folder() as making:
                    make(making)
                    shutil.copytree(making, base / f"{name}.new", dirs_exist_ok=True)
                (base / f"{name}.new").rename(base / name)
        return base / name

    return folder


@pytest.fixture(scope="session")
def seeded_folder(made_once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """The data folder of a demo that was started once and ended: tables, clusters, keys. Work on a copy of it."""

    def make(folder: Path) -> None:
        with demos.running(folder) as demo:
            assert demo.end() == 0

    return made_once("seeded", make)


@pytest.fixture
def data_folder(seeded_folder: Path) -> Iterator[Path]:
    """A data folder of the test's own, as a demo left it."""
    with started.folder() as folder:
        shutil.copytree(seeded_folder, folder, dirs_exist_ok=True)
        yield folder


@pytest.fixture(scope="session")
def kept_installation() -> Iterator["Kept"]:
    from tests.installations import Kept

    kept = Kept()
    yield kept
    kept.end()


@pytest.fixture
def real(
    request: pytest.FixtureRequest, kept_installation: "Kept", django_db_blocker: Any, settings: Any
) -> Iterator["Installation"]:
    """An installation whose cluster `real` is formed and filled: four nodes and 4,000 keys.

    `pytest.mark.installation(nodes=3, keys=2_000)` asks for another; its options are those of `Installation.form`.
    """
    from tests.installations import opened

    marker = request.node.get_closest_marker("installation")
    with django_db_blocker.unblock():
        ours = kept_installation.take(covered=request.node.get_closest_marker("no_cover") is None)
    with opened(ours, django_db_blocker, settings):
        ours.form(**(marker.kwargs if marker else {}))
        yield ours
        kept_installation.leave(ours)
