"""Faults under an installation: its database locked, its disk full or read-only, its servers killed together.

Each is a context manager, or complete when it returns, and leaves nothing behind.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from tests.processes import gone_within

# A program that is none of ours: it knows neither our turns nor our deadlines.
_HOLDER = """
import sqlite3, sys
client = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
client.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
_CHUNK = 64 * 1024
_FILLER = "filler"


@contextmanager
def database_held(url: str) -> Iterator[None]:
    """Blocks writes to the database of this DATABASE_URL meanwhile; reads still work."""
    path = url.removeprefix("sqlite:///")
    if path == url:
        with closing(psycopg.connect(url)) as client:
            client.execute("LOCK TABLE live_stream IN EXCLUSIVE MODE")
            yield
            client.rollback()
        return
    argv = [sys.executable, "-c", _HOLDER, path]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield  # leaving closes its standard input, which ends it


@contextmanager
def small_disk(path: Path, mebibytes: int) -> Iterator[Path]:
    """A file system of its own at `path`, which is made. Skips the test where that is not permitted."""
    path.mkdir(parents=True, exist_ok=True)
    mounted = _run("mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=700", "tmpfs", str(path))
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield path
    finally:
        _run("umount", "-l", str(path))


@contextmanager
def disk_filled(path: Path) -> Iterator[None]:
    """Fills the file system of `path` to the last byte; what filled it is deleted afterwards."""
    fill(path)
    try:
        yield
    finally:
        (path / _FILLER).unlink(missing_ok=True)


def fill(path: Path) -> None:
    """Takes every byte that is free now; `disk_filled` frees them again."""
    with (path / _FILLER).open("ab", buffering=0) as filler:
        for size in (_CHUNK, 1):
            with suppress(OSError):
                while filler.write(b"\1" * size):
                    pass


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """No file can be made, replaced or deleted in `folder` and the folders below, not even by root; one that is open
    can be written to. Skips the test where that is not permitted.
    """
    folders = [str(folder), *(str(path) for path in folder.rglob("*") if path.is_dir())]
    try:
        if refused := _run("chattr", "+i", *folders).stderr:
            pytest.skip(f"no folder can be made read-only here: {refused.strip()}")
        yield
    finally:
        _run("chattr", "-i", *folders)


def end_together(pids: Iterable[int], number: signal.Signals = signal.SIGKILL) -> None:
    """Sends a signal to processes that are not our children, all at once. Returns when all are gone."""
    ended = list(pids)
    for pid in ended:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
    assert all(gone_within(pid) for pid in ended)


def _run(*argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, capture_output=True, text=True, check=False)
