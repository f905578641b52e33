"""What every test may ask for. The settings and their temporary folder come first: tests/settings.py."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import demos
from tests import started as servers


@pytest.hookimpl(tryfirst=True)  # before -m selects by the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What stands in tests/e2e needs a browser, marked or not."""
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker("e2e")


@pytest.fixture(scope="session", autouse=True)
def everything_imported() -> None:
    """Before a test patches anything: views are imported with the first address asked for, and would keep the patch."""
    import dashboard.urls  # noqa: F401


@pytest.fixture(scope="session")
def shared_valkey() -> Iterator[servers.Valkey]:
    """One Valkey for all tests; who kills it, starts one for itself."""
    with servers.valkey() as server:
        yield server


@pytest.fixture
def hint_server(settings, shared_valkey: servers.Valkey) -> servers.Valkey:
    """A real hint server for the processes of this test; without it there is none."""
    settings.REDIS_URL = shared_valkey.url
    return shared_valkey


@pytest.fixture(scope="session")
def seeded_folder() -> Iterator[Path]:
    """The data folder of a demo that was started once and ended: tables, clusters, keys. Copy it, do not use it."""
    with servers.folder() as folder:
        with demos.running(folder) as demo:
            assert demo.end() == 0
        yield folder


@pytest.fixture
def data_folder(seeded_folder: Path) -> Iterator[Path]:
    """A data folder of the test's own, as a demo left it."""
    with servers.folder() as folder:
        shutil.copytree(seeded_folder, folder, dirs_exist_ok=True)
        yield folder
