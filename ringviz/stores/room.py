"""How much room there is for the files of a cluster's servers, and a reserve of it.

A server that cannot write down who owns what exits (engines before Valkey 9.1), and all of them write that down when
one of them dies: so a full disk and one death would end them all. The limits suit file systems of any size.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple

MIB = 2**20
WARN_BELOW = 512 * MIB, 10  # this many bytes, or the size of the file system divided by this, whichever is less
RESERVED = 8 * MIB, 20
FULL_BELOW = 4 * MIB, 50  # room for the views of 128 servers, and a little more
_RESERVE, _PROBE = "reserve", "probe"
_PROBE_BYTES = 4096

State = Literal["enough", "low", "full", "read-only"]


class Room(NamedTuple):
    """What is free, in bytes, on the file system of `folder`; `state` says what that means."""

    state: State
    free: int
    folder: str

    @property
    def is_writable(self) -> bool:
        """Whether servers may get requests that make them write."""
        return self.state in ("enough", "low")


def room_of(folder: Path) -> Room:
    """As the system reports it; writes nothing. A missing folder has the room of the one above it."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    found = os.statvfs(folder)
    free = found.f_bavail * found.f_frsize
    size = found.f_blocks * found.f_frsize
    state: State = "enough"
    if found.f_flag & os.ST_RDONLY or not _may_write(folder):
        state = "read-only"
    elif free < _limit(FULL_BELOW, size) or (found.f_files and not found.f_favail):
        state = "full"
    elif free < _limit(WARN_BELOW, size):
        state = "low"
    return Room(state, free, str(folder))


def tried(folder: Path) -> Room:
    """Like `room_of`, but also tries to write, because the system does not report quotas and the like."""
    found = Room("read-only", 0, str(folder))
    try:
        found = room_of(folder)
        (folder / _PROBE).write_bytes(b"\1" * _PROBE_BYTES)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return found._replace(state="full" if full else "read-only")
    finally:
        with suppress(OSError):
            (folder / _PROBE).unlink()
    return found


def reserve(folder: Path) -> bool:
    """Takes the reserve if there is room for twice as much and it is not taken. Returns whether it exists now."""
    path = folder / _RESERVE
    if path.exists():
        return True
    draft = path.with_name(f"{_RESERVE}.new")
    try:
        found = os.statvfs(folder)
        size = found.f_blocks * found.f_frsize
        wanted = _limit(RESERVED, size)
        if found.f_bavail * found.f_frsize < 2 * wanted + _limit(FULL_BELOW, size):
            return False
        draft.write_bytes(os.urandom(wanted))  # not zeros, which a file system may store in less space
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        return False
    return True


def release(folder: Path) -> bool:
    """Releases the reserve. Returns whether there was one."""
    try:
        (folder / _RESERVE).unlink()
    except OSError:
        return False
    return True


def _limit(wanted: tuple[int, int], size: int) -> int:
    most, part = wanted
    return min(most, size // part)


def _may_write(folder: Path) -> bool:
    """Whether files can be created there, as far as that can be known: other users are not checked."""
    return os.geteuid() not in (0, folder.stat().st_uid) or os.access(folder, os.W_OK)
