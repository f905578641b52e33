"""The identity of a process beyond its number, which the system reuses: only the very same process is ever ended."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

END_WITHIN_S = 5.0
_DELETED = " (deleted)"


@dataclass(frozen=True, slots=True)
class Identity:
    """`started` is the start time as reported by the system (clock ticks on Linux); `directory` where it runs."""

    pid: int
    started: str
    binary: str
    directory: str

    def to_dict(self) -> dict[str, Any]:
        """The values to store in a file."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Identity":
        """The inverse of `to_dict`. Raises KeyError, TypeError, ValueError."""
        return cls(int(values["pid"]), str(values["started"]), str(values["binary"]), str(values["directory"]))


def identity_of(pid: int) -> Identity | None:
    """The process that has this number now. None if there is none, it is a zombie, or nobody can tell for certain."""
    if sys.platform.startswith("linux"):
        return _of_proc(pid)
    return _of_ps(pid)


def end_if_same(identity: Identity) -> bool:
    """Kills the process if number, start, binary and directory match. Returns whether they did and it is gone.

    The process group that it leads, with everything it started, is killed too.
    """
    opener = getattr(os, "pidfd_open", None)
    if opener is None:
        return _end_by_number(identity)
    try:
        pidfd = opener(identity.pid)
    except OSError:
        return False
    try:
        # The descriptor pins the process: the one found now is the one that gets the signal.
        if identity_of(identity.pid) != identity:
            return False
        signal.pidfd_send_signal(pidfd, signal.SIGSTOP)
        _kill_group(identity)
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        poller = select.poll()
        poller.register(pidfd, select.POLLIN)
        return bool(poller.poll(END_WITHIN_S * 1000))
    except ProcessLookupError:
        return True
    finally:
        os.close(pidfd)


def _kill_group(leader: Identity) -> None:
    """Kills the group of a stopped process, if it leads one.

    While it is stopped it does not end, so its number, which is its group's, is not reused.
    """
    with suppress(ProcessLookupError, PermissionError):
        if os.getpgid(leader.pid) == leader.pid and identity_of(leader.pid) == leader:
            os.killpg(leader.pid, signal.SIGKILL)


def _of_proc(pid: int) -> Identity | None:
    where = Path("/proc") / str(pid)
    try:
        # After the name, which may contain anything and ends with the last parenthesis: state, then 18 fields, then the
        # start.
        fields = (where / "stat").read_text().rpartition(")")[2].split()
        if fields[0] in "ZX":
            return None
        binary, directory = os.readlink(where / "exe"), os.readlink(where / "cwd")
        # An upgrade while it runs does not make it another process.
        return Identity(pid, fields[19], binary.removesuffix(_DELETED), directory.removesuffix(_DELETED))
    except (OSError, IndexError):
        return None


def _of_ps(pid: int) -> Identity | None:
    """macOS: `ps` reports start and binary, `lsof` the directory."""
    try:
        listed = subprocess.run(
            ["ps", "-o", "lstart=,comm=", "-p", str(pid)], capture_output=True, text=True, check=True
        )
        cwd = subprocess.run(
            ["lsof", "-a", "-p", str(pid), "-d", "cwd", "-Fn"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    words = listed.stdout.split()
    directory = next((line[1:] for line in cwd.stdout.splitlines() if line.startswith("n")), "")
    if len(words) < 6 or not directory:
        return None
    return Identity(pid, " ".join(words[:5]), " ".join(words[5:]), directory)


def _end_by_number(identity: Identity) -> bool:
    if identity_of(identity.pid) != identity:
        return False
    with suppress(ProcessLookupError):
        os.kill(identity.pid, signal.SIGSTOP)
        _kill_group(identity)
        os.kill(identity.pid, signal.SIGKILL)
    return True
