"""Clients whose waiters sleep in BLPOP: python-redis-lock and walrus. Both use keys `lock:NAME`.

Sources: redis_lock/__init__.py, walrus/lock.py and its scripts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from locks.core.clients import shapes
from locks.core.clients.declared import NONE, Client, Rule, held
from locks.core.clients.identity import identity_of
from locks.core.observed import Observed, World
from locks.core.reading import Reading, Wake

PYTHON_REDIS_LOCK, WALRUS = "python-redis-lock", "walrus"
_PREFIX, _SIGNAL, _EVENT = b"lock:", b"lock-signal:", b"lock.event:"
_SIGNAL_MS = 1000
_is_text = re.compile(rb"[\x20-\x7e]*\Z").match


def _read(seen: Observed, world: World) -> Sequence[Reading]:
    name, value = seen.key[len(_PREFIX) :], seen.value
    if not name:
        return NONE
    if shapes.is_base64_18_bytes(value):
        wake = Wake("push", _SIGNAL + name, b"1", _SIGNAL_MS)
        return held(seen, name, PYTHON_REDIS_LOCK, "certain", "name:prefix", "value:base64", holder_id=value, wake=wake)
    if len(value) == 32 and not _is_text(value):
        wake = Wake("push", _EVENT + name, b"1")
        return held(seen, name, WALRUS, "certain", "name:prefix", "value:bytes", holder_id=value, wake=wake)
    if (about := identity_of(value)) is not None:
        wake = Wake("push", _SIGNAL + name, b"1", _SIGNAL_MS)
        codes = ("name:prefix", "value:identity")
        return held(seen, name, PYTHON_REDIS_LOCK, "possible", *codes, holder_id=value, about=about, wake=wake)
    return NONE


def _base(key: bytes) -> bytes | None:
    for companion in (_SIGNAL, _EVENT):
        if key.startswith(companion):
            return _PREFIX + key[len(companion) :]
    return None


BLOCKING = Client(
    names=(PYTHON_REDIS_LOCK, WALRUS),
    rules=(Rule("string", _read, prefixes=(_PREFIX,)),),
    base=_base,
    companion_prefixes=(_SIGNAL, _EVENT),
)
