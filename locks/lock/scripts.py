"""The scripts of the lock: one copy for both kinds of client. Each file lists its keys, arguments and replies."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_FOLDER = Path(__file__).with_name("lua")


@dataclass(frozen=True)
class Script:
    """A script and its digest on the server."""

    source: str

    @cached_property
    def sha(self) -> str:
        """The digest for EVALSHA."""
        return hashlib.sha1(self.source.encode(), usedforsecurity=False).hexdigest()


def _script(*names: str) -> Script:
    return Script("\n".join((_FOLDER / f"{name}.lua").read_text() for name in names))


ACQUIRE = _script("queue", "acquire")
RELEASE = _script("queue", "release")
EXTEND = _script("extend")
