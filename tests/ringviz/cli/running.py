"""Runs `manage.py ring ...` in this process, as the command line does."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from ringviz.management.commands.ring import Command


@dataclass(frozen=True)
class Ran:
    out: bytes
    error: str
    status: int


@dataclass(frozen=True)
class Ring:
    """`ring("place --node a", ..., stdin=b"...")` returns its output and exit status. It cannot reach a database."""

    monkeypatch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[bytes]
    folder: Path

    def __call__(self, line: str, *words: str, stdin: bytes = b"") -> Ran:
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        status = 0
        try:
            Command().run_from_argv(["manage.py", "ring", *filter(None, line.split(" ")), *words])
        except SystemExit as end:
            status = int(end.code or 0)
        out, error = self.capture.readouterr()
        return Ran(out, error.decode(), status)

    def keys(self, data: bytes) -> str:
        """The name of a file with these bytes."""
        path = self.folder / "keys"
        path.write_bytes(data)
        return str(path)


def assert_refused(ran: Ran, because: str) -> None:
    """One line on standard error, exit status 2, nothing on standard output."""
    assert because in ran.error
    assert (ran.out, ran.status) == (b"", 2)
    assert ran.error.startswith("error: ")
    assert ran.error.count("\n") == 1
    assert ran.error.endswith("\n")
