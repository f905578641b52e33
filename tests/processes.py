"""Tells tests which processes have ended and which are left. Reads Linux's /proc."""

import os
import select
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
DEADLINE_S = 30.0
LOOK_EVERY_S = 0.02


@contextmanager
def heeding_signals() -> Iterator[None]:
    """Ctrl-C and a hang-up end the children that start meanwhile, though a shell has this process ignore them.

    `make test &` in a script has it ignore the one, `nohup make test` the other; exec keeps that, but resets a handler.
    """
    ignored = [number for number in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, lambda _number, _frame: None)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)


def opened() -> list[str]:
    """What each descriptor of this process leads to, such as `pipe:[4711]`."""
    found = []
    for descriptor in os.listdir("/proc/self/fd"):
        with suppress(OSError):  # closed since it was listed
            found.append(os.readlink(f"/proc/self/fd/{descriptor}"))
    return found


def gone_within(pid: int, deadline_s: float = DEADLINE_S) -> bool:
    """Whether the process, not necessarily our child, has ended before the deadline."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        poller = select.poll()
        poller.register(descriptor, select.POLLIN)
        return bool(poller.poll(deadline_s * 1000))
    finally:
        os.close(descriptor)


def processes_naming(text: str) -> dict[int, str]:
    """Every other living process in whose command line or environment `text` stands: pid to command line."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
            environment = (entry / "environ").read_bytes()
        except (OSError, PermissionError):
            continue  # ended meanwhile, or somebody else's
        if text.encode() in command or text.encode() in environment:
            found[int(entry.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    return found


def processes_in(folder: Path) -> dict[int, str]:
    """Every living process that works in the folder or below it: pid to command line. Servers have no environment."""
    root, found = f"{os.path.realpath(folder)}/", {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            if f"{os.readlink(entry / 'cwd')}/".startswith(root):
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # ended meanwhile (a zombie works nowhere), or somebody else's
    return found


def children_of(pid: int) -> dict[int, str]:
    """The living children of a process: pid to command line."""
    found = {}
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, _read(listed).split()):
            if command := _read(Path(f"/proc/{child}/cmdline")):  # a zombie has none
                found[child] = command.replace(b"\0", b" ").decode(errors="replace")
    return found


def _read(path: Path) -> bytes:
    """A file of /proc; empty once its process or thread has ended."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def until(condition: Callable[[], T], *, deadline_s: float = DEADLINE_S, what: str = "the condition") -> T:
    """The first true value of `condition`, asked again and again; fails after the deadline, saying what never came.

    Asking takes half of the time at the most: those that are waited for need the processor.
    """
    deadline = time.monotonic() + deadline_s
    while True:
        begun = time.monotonic()
        if value := condition():
            return value
        now = time.monotonic()
        if now > deadline:
            raise AssertionError(f"{what} did not come within {deadline_s} s")
        time.sleep(max(LOOK_EVERY_S, now - begun))
