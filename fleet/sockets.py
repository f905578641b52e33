"""Where a Unix socket can be: its path has to be short."""

import hashlib
import os
import tempfile
from pathlib import Path

# The kernel's room for the path of a socket is 108 bytes on Linux and 104 on macOS, the final zero included.
SOCKET_PATH_BYTES = 103


class NotPrivate(OSError):
    """The folder that would take a socket belongs to somebody else, or others may enter it."""


def socket_path(directory: Path, name: str) -> Path:
    """The path of the socket of this name for a directory: in it, or in a private folder where that were too long.

    The private folder is made, and is always the same for a directory. Raises NotPrivate.
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
