"""Clients told by the form of their random values: redsync and bsm/redislock (Go), Laravel and Symfony (PHP), and
redlock-py and node-redis-warlock, which look like the Go ones.

Sources: redsync's mutex.go, redislock.go; redlock/__init__.py; warlock.js; Illuminate/Cache/Lock.php and RedisLock.php,
Bus/UniqueLock.php, Queue/Middleware/WithoutOverlapping.php; Symfony/Component/Lock/Store/RedisStore.php and Key.php.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Sequence

from locks.core.clients import naming, shapes
from locks.core.clients.declared import NONE, Client, Rule, Shape, held
from locks.core.clients.uuids import neutral
from locks.core.observed import Observed, World
from locks.core.reading import Proof, Reading

_UNIQUE_JOB, _OVERLAP = b"laravel_unique_job:", b"laravel-queue-overlap:"
_laravel_prefix = re.compile(rb"(?:^|[_:-])laravel[_:-]|[a-z0-9][_-]cache[_:-]").search
_WRITE, _WARLOCK_END = b"__write__", b":lock"
_CACHE = re.compile(rb"[_-]cache[_:-]").search
_is_base64url = re.compile(rb"[0-9A-Za-z_-]+\Z").match
_is_symfony = re.compile(rb"[0-9A-Za-z+/]{42}[AEIMQUYcgkosw048]=\Z").match


def _redsync(seen: Observed, world: World) -> Sequence[Reading]:
    """16 random bytes. Those of node-redis-warlock are a UUID version 1, and its keys end in `:lock`."""
    if not shapes.is_base64_16_bytes(seen.value):
        return NONE
    if seen.key.endswith(_WARLOCK_END) and (about := shapes.uuid1_of(b64decode(seen.value).hex().encode())):
        codes = ("name:prefix", "value:uuid1")
        name = seen.key[: -len(_WARLOCK_END)]
        return held(seen, name, "node-redis-warlock", "certain", *codes, holder_id=seen.value, about=about)
    return _by_value(seen, "redsync", "value:base64")


def _redislock(seen: Observed, world: World) -> Sequence[Reading]:
    """The token is 22 characters, followed by whatever metadata the caller gave."""
    value = seen.value
    if not shapes.begins_base64url_16_bytes(value):
        return _by_value(seen, "redlock-py", "value:letters") if shapes.is_alphanumeric_22(value) else NONE
    metadata = value[22:]
    if _is_more_of_it(metadata) and not naming.says_lock(seen.key):
        return NONE
    return _by_value(seen, "bsm/redislock", "value:base64", metadata)


def _is_more_of_it(metadata: bytes) -> bool:
    """Whether the text after a token continues like the token, so that the value is a longer random text."""
    return (
        bool(metadata) and _is_base64url(metadata) is not None and (len(metadata) < 3 or shapes.looks_random(metadata))
    )


def _by_value(seen: Observed, client: str, evidence: str, metadata: bytes = b"") -> Sequence[Reading]:
    named = naming.says_lock(seen.key)
    if not named and not neutral(seen):
        return NONE
    codes = ("name:lock" if named else "ttl:short", evidence)
    about = {"metadata": metadata.decode("utf-8", "replace")} if metadata else {}
    return held(seen, seen.key, client, "likely" if named else "possible", *codes, holder_id=seen.value, about=about)


def _laravel_named(seen: Observed, world: World) -> Sequence[Reading]:
    """The locks of unique and non-overlapping jobs say so in their names, whatever the prefix of the cache is."""
    for marker in (_UNIQUE_JOB, _OVERLAP):
        _, found, name = seen.key.partition(marker)
        if found and name and shapes.is_alphanumeric_16(_unserialized(seen.value)):
            codes = ("name:client", "value:alphanumeric")
            return held(seen, name, "Laravel", "certain", *codes, holder_id=seen.value)
    return NONE


def _unserialized(value: bytes) -> bytes:
    """phpredis can be configured to serialize what it stores: `s:16:"...";`."""
    return value[6:-2] if value.startswith(b's:16:"') and value.endswith(b'";') else value


def _laravel(seen: Observed, world: World) -> Sequence[Reading]:
    """A cache entry is serialized or a number, so 16 bare letters and digits are a lock."""
    key = seen.key
    if not shapes.is_alphanumeric_16(seen.value):
        return NONE
    _, colon, name = key.partition(b":")
    if _laravel_prefix(key) and not naming.says_secret(key):
        tail = re.split(rb"[_-]cache[_:-]+", key, maxsplit=1)[-1] if _CACHE(key) else name
        codes = ("name:prefix", "value:alphanumeric")
        return held(seen, tail or key, "Laravel", "likely", *codes, holder_id=seen.value)
    if not naming.says_lock(key) and not neutral(seen):
        return NONE
    codes = ("name:lock" if naming.says_lock(key) else "ttl:short", "value:alphanumeric")
    return held(seen, name if colon and name else key, "Laravel", "possible", *codes, holder_id=seen.value)


def _symfony(seen: Observed, world: World) -> Sequence[Reading]:
    """The key expires with its last member, so the scores tell how much earlier each member ends, on any clock."""
    if seen.ttl_ms is None:
        return NONE
    members = [(each.name, shapes.milliseconds_of(each.value)) for each in seen.members]
    holders = [(name, end) for name, end in members if name != _WRITE]
    if not holders or not all(_is_symfony(name) and end is not None for name, end in holders):
        return NONE
    write = len(holders) != len(members)
    latest = max(end or 0.0 for _, end in members)
    return tuple(
        Reading(
            key=seen.key,
            name=seen.key,
            client="Symfony",
            confidence="certain" if write else "likely",
            proof=Proof("zset", member=name, also=(_WRITE,) if write else ()),
            kind="read_write",
            mode="write" if write else "read",
            holder_id=name,
            ttl_ms=max(0, seen.ttl_ms - int(latest - (end or 0.0))),
            evidence=("members:write", "members:expiry") if write else ("members:expiry",),
        )
        for name, end in holders
    )


OTHERS = Client(
    names=("redsync", "bsm/redislock", "Laravel", "Symfony", "redlock-py", "node-redis-warlock"),
    rules=(
        Rule("string", _laravel_named, infixes=(_UNIQUE_JOB, _OVERLAP)),
        Rule("string", _redsync, shapes=(shapes.BASE64_24,)),
        Rule("string", _redislock, shapes=(shapes.BASE64URL_22, Shape(23, 1024, "^" + "[%w_%-]" * 21 + "[AQgw]"))),
        Rule("string", _laravel, shapes=(shapes.ALPHANUMERIC_16,)),
        Rule("zset", _symfony, shapes=(Shape(44, 44, "^[%w+/]+=$"),)),
    ),
)
