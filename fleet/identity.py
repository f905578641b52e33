"""Who a process is, beyond its number, which the system gives to another one day: only the very same is ever ended."""

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
    """`started` is what the system says of the start (clock ticks on Linux); `directory` is where it works."""

    pid: int
    started: str
    binary: str
    directory: str

    def to_dict(self) -> dict[str, Any]:
        """For a file."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Identity":
        """What `to_dict` gave. Raises KeyError, TypeError, ValueError."""
        return cls(int(values["pid"]), str(values["started"]), str(values["binary"]), str(values["directory"]))


def identity_of(pid: int) -> Identity | None:
    """Who has this number now; None for nobody, for a zombie, and where it cannot be known for sure."""
    if sys.platform.startswith("linux"):
        return _of_proc(pid)
    return _of_ps(pid)


def end_if_same(identity: Identity) -> bool:
    """Kills the process if it is the same by number, start, binary and directory. Whether it was, and is no more.

    The group that it leads, and so what it started, is killed with it.
    """
    opener = getattr(os, "pidfd_open", None)
    if opener is None:
        return _end_by_number(identity)
    try:
        pidfd = opener(identity.pid)
    except OSError:
        return False
    try:
        # The descriptor holds the process: whoever is found now is who gets the signal.
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
    """Kills the group of a process that was stopped, if it leads one.

    While it stands it does not end, and its number, which is its group's, is given to nobody.
    """
    with suppress(ProcessLookupError, PermissionError):
        if os.getpgid(leader.pid) == leader.pid and identity_of(leader.pid) == leader:
            os.killpg(leader.pid, signal.SIGKILL)


def _of_proc(pid: int) -> Identity | None:
    where = Path("/proc") / str(pid)
    try:
        # After the name, which may hold anything, in its last parenthesis: state, then 18 fields, then the start.
        fields = (where / "stat").read_text().rpartition(")")[2].split()
        if fields[0] in "ZX":
            return None
        binary, directory = os.readlink(where / "exe"), os.readlink(where / "cwd")
        # An upgrade while it runs makes no other process of it.
        return Identity(pid, fields[19], binary.removesuffix(_DELETED), directory.removesuffix(_DELETED))
    except (OSError, IndexError):
        return None


def _of_ps(pid: int) -> Identity | None:
    """macOS: `ps` knows start and binary, `lsof` the directory."""
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
