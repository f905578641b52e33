from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from balancer.management.commands.balance import Command


@dataclass(frozen=True)
class Ran:
    out: str
    error: str
    status: int

    @property
    def told(self) -> Any:
        assert (self.error, self.status) == ("", 0)
        return json.loads(self.out)


Balance = Callable[[str], Ran]


@pytest.fixture
def balance(capsys: pytest.CaptureFixture[str]) -> Balance:
    """`balance("simulate --policy p2c")` returns what it wrote and how it ended. It cannot reach a database."""

    def run(line: str) -> Ran:
        status = 0
        try:
            Command().run_from_argv(["manage.py", "balance", *line.split()])
        except SystemExit as end:
            status = int(end.code or 0)
        out, error = capsys.readouterr()
        return Ran(out, error, status)

    return run
