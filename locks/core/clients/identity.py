"""Values that people chose to name a holder: a machine, a process, a thread."""

from __future__ import annotations

import re

_PARTS = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._-]{0,62}(?:[:@/#|][A-Za-z0-9._-]{1,63}){1,4}\Z").match
_HOST_PID = re.compile(rb"([A-Za-z][A-Za-z0-9.-]*[A-Za-z0-9])[:@/#|-](?:pid[-=:]?)?([0-9]{2,7})\Z").match
_HOST_PID_MORE = re.compile(
    rb"([A-Za-z][A-Za-z0-9.-]*[A-Za-z0-9])[:@/#|](?:pid[-=:]?)?([0-9]{2,7})[:@/#|]([A-Za-z0-9._-]{1,64})\Z"
).match
_WORDS = re.compile(
    rb"(?:^|[^a-z])(?:host|pid|thread|tid|worker|node|proc|process|instance|pod|runner)(?:[^a-z]|$)"
).search
_MOST_BYTES = 160


def identity_of(value: bytes) -> dict[str, str] | None:
    """What a value such as `web-1:4711` or `host-7:pid-4242:thread-1` says about its holder; None if it names nobody.

    It has at least two parts, and either a machine with a process number or words such as pid, thread, worker. A
    version (`1.2:3`), a time, an address with a path, or a port alone names nobody.
    """
    if not 4 <= len(value) <= _MOST_BYTES or not _PARTS(value):
        return None
    found = _HOST_PID_MORE(value) or _HOST_PID(value)
    if found is not None and (b"-" in found[1] or any(48 <= c <= 57 for c in found[1]) or b"." in found[1]):
        about = {"host": found[1].decode("ascii"), "pid": found[2].decode("ascii")}
        if len(found.groups()) > 2:
            about["thread"] = found[3].decode("ascii")
        return about
    return {} if _WORDS(value.lower()) is not None else None


_PROCESS = re.compile(rb"(?:^|[^a-z])pid[-_=:]?[0-9]{1,10}(?:[^0-9]|$)").search
_THREAD_OR_HOST = re.compile(rb"(?:^|[^a-z])(?:thread|tid|host|worker|node|task)[-_=:]?[0-9a-z]").search


def is_whole_identity(value: bytes) -> bool:
    """Whether the value explicitly names a process and its machine or thread."""
    lower = value[:_MOST_BYTES].lower()
    return _PROCESS(lower) is not None and _THREAD_OR_HOST(lower) is not None
