from __future__ import annotations

from pathlib import Path

import pytest

from tests.ringviz.cli.running import Ring


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Ring:
    return Ring(monkeypatch, capsysbinary, tmp_path)
