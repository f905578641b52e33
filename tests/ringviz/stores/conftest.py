"""A data folder for each test, so that we can count what is left on disk."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path) -> Path:
    settings.DATA_DIR = tmp_path
    return Path(tmp_path)


@pytest.fixture
def keysets(data_dir) -> Path:
    return Path(data_dir) / "keysets"
