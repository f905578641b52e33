"""Where a Unix socket can be placed: its path must be short."""

import hashlib
import os
import tempfile
from pathlib import Path

# The kernel limits the path of a socket to 108 bytes on Linux and 104 on macOS, including the final zero.
SOCKET_PATH_BYTES = 103


class NotPrivate(OSError):
    """The folder for the socket belongs to another user, or other users may enter it."""


def socket_path(directory: Path, name: str) -> Path:
    """The path of a directory's socket with this name: in the directory, or in a private folder if that is too long.

    Creates the private folder, which is always the same for a directory. Raises NotPrivate.
    """
    inside = directory / name
    if len(os.fsencode(inside)) <= SOCKET_PATH_BYTES:
        return inside
    digest = hashlib.sha256(os.fsencode(directory)).hexdigest()[:16]
    private = Path(tempfile.gettempdir()) / f"ringviz-{os.getuid()}-{digest}"
    private.mkdir(mode=0o700, exist_ok=True)
    owner = private.stat()
    if owner.st_uid != os.getuid() or owner.st_mode & 0o077:
        raise NotPrivate(f"{private} belongs to somebody else")
    return private / name
