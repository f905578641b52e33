"""Locks that only their names reveal: hand-made ones, Django's cache.add, and dramatiq. At most "possible".

Sources: django/core/cache/backends/redis.py, dramatiq/rate_limits/concurrent.py and its Redis backend, and Celery's
cookbook ("Ensuring a task is only executed one at a time").
"""

from __future__ import annotations

import pickletools
import re
from collections.abc import Sequence

from locks.core.clients import naming, shapes
from locks.core.clients.declared import NONE, Client, Rule, Shape, held
from locks.core.clients.identity import identity_of, is_whole_identity
from locks.core.clients.uuids import SHORT_MS
from locks.core.observed import Observed, World
from locks.core.reading import Reading

_YES = frozenset((b"1", b"true", b"True", b"TRUE", b"yes", b"on", b"lock", b"locked", b"LOCKED", b"ok", b"OK", b"x"))
_MOST_HOLDERS = 1_000
_MOST_PICKLE_BYTES = 512
_dramatiq_names = re.compile(rb"(?i)dramatiq|mutex|semaphore").search
_is_token = re.compile(rb"(?![{\[<(\"'])[!-~]{1,128}\Z").match
_is_text = re.compile(rb"[\x09-\x0d\x20-\x7e]*\Z").match
_is_record = re.compile(
    rb'\{[^{}]{0,400}"(?:owner|holder|locked_?[bB]y|lock_?[iI]d|token|pid|host(?:name)?|worker|acquired(?:_at|At)?)"\s*:'
).match


def _read(seen: Observed, world: World) -> Sequence[Reading]:
    key, value = seen.key, seen.value
    if not naming.says_lock(key) or naming.says_counted(key) or not value:
        return NONE
    if (name := naming.django_name(key)) and naming.says_lock(name):
        return _django(seen, name)
    if (about := identity_of(value)) is not None:
        client = "redis-py" if is_whole_identity(value) else "unknown"
        return held(seen, key, client, "possible", "name:lock", "value:identity", holder_id=value, about=about)
    if value in _YES or shapes.is_float(value):
        return _number(seen)
    code = _form(value) if seen.ttl_ms is not None else ""
    holder_id = None if code == "value:record" else value
    return held(seen, key, "unknown", "possible", "name:lock", code, holder_id=holder_id) if code else NONE


def _form(value: bytes) -> str:
    """What a value of no known client may prove: one word, a record of the holder, or random bytes."""
    if _is_token(value):
        return "value:any"
    if _is_record(value):
        return "value:record"
    return "value:random" if 16 <= len(value) <= 64 and not _is_text(value) else ""


def _number(seen: Observed) -> Sequence[Reading]:
    """A flag, a time, or dramatiq's count of holders, where 0 means free."""
    value = seen.value
    if shapes.is_time(value):
        return held(seen, seen.key, "unknown", "possible", "name:lock", "value:time") if seen.ttl_ms else NONE
    dramatiq = seen.ttl_ms is not None and _dramatiq_names(seen.key) is not None
    if not dramatiq:
        return held(seen, seen.key, "unknown", "possible", "name:lock", "value:counter") if value in _YES else NONE
    count = int(value) if shapes.is_count(value) else 1 if value in _YES else 0
    if not 0 < count <= _MOST_HOLDERS:
        return NONE
    (one,) = held(seen, seen.key, "dramatiq", "possible", "name:lock", "value:counter")
    one.kind, one.count = "semaphore" if count > 1 else "mutex", count
    return (one,)


def _django(seen: Observed, name: bytes) -> Sequence[Reading]:
    """`cache.add` pickles what it stores, except whole numbers. A 0 means that nobody holds it."""
    if shapes.is_number(seen.value):
        return held(seen, name, "Django", "possible", "name:lock", "value:counter") if int(seen.value) else NONE
    pickled, text = constant_of(seen.value)
    if not pickled:
        return NONE
    return held(seen, name, "Django", "possible", "name:lock", "value:pickle", holder_id=text)


_CONSTANTS = frozenset(
    (
        *("UNICODE", "SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "STRING", "BINSTRING", "SHORT_BINSTRING"),
        *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "FLOAT", "BINFLOAT", "BINBYTES", "SHORT_BINBYTES"),
        *("NEWTRUE", "NONE"),
    )
)
_AROUND = frozenset(("PROTO", "FRAME", "MEMOIZE", "STOP", "PUT", "BINPUT", "LONG_BINPUT"))


def constant_of(value: bytes) -> tuple[bool, bytes | None]:
    """Whether the value is a pickle of one constant, and the constant if it is text. Nothing is unpickled."""
    if not 3 <= len(value) <= _MOST_PICKLE_BYTES or value[:1] != b"\x80":
        return False, None
    constants: list[object] = []
    try:
        for operation, argument, _ in pickletools.genops(value):
            if operation.name in _CONSTANTS:
                constants.append(argument)
            elif operation.name not in _AROUND:
                return False, None
    except Exception:  # noqa: BLE001  it raises whatever a broken pickle makes it raise
        return False, None
    if len(constants) != 1:
        return False, None
    (constant,) = constants
    return True, constant.encode("utf-8", "surrogatepass") if isinstance(constant, str) else None


def _identity(seen: Observed, world: World) -> Sequence[Reading]:
    """The name of a machine, process and thread, unless the key's name says otherwise."""
    if seen.ttl_ms is None or seen.ttl_ms > SHORT_MS or not is_whole_identity(seen.value):
        return NONE
    if naming.says_alive(seen.key) or (about := identity_of(seen.value)) is None:
        return NONE
    codes = ("value:identity", "ttl:short")
    return held(seen, seen.key, "redis-py", "possible", *codes, holder_id=seen.value, about=about)


BY_NAME = Client(
    names=("dramatiq", "Django", "unknown"),
    rules=(
        Rule("string", _read, words=naming.LOCK_WORDS),
        Rule("string", _identity, shapes=(Shape(9, 160, "[Pp][Ii][Dd][-_=:]?%d"),)),
    ),
)
