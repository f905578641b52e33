"""How the server carries out a break: one script compares exactly what was shown, deletes it, and wakes the waiters.

There is one script per type of proof. Nothing happens if the proof differs from what was shown, so a lock that was
meanwhile released, renewed with another value, or taken by somebody else stays untouched.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from redis import Redis, RedisError
from redis.crc import key_slot

from locks.core.reading import Reading, Wake
from locks.core.retaken import names
from locks.lock.breaking import break_lock
from locks.lock.errors import LockServerError
from locks.sources import Source, SourceTrouble
from locks.sources.trouble import trouble_of

# The common beginning. KEYS: the key, then a counter of permits, then a list to wake by; each only if needed. ARGV:
# which (three digits, 0 or 1: there is a counter, there is a list, the value is given by its SHA-1), wake ("push",
# "publish" or ""), target, payload, its lifetime in ms, number of members that go along, number of members that hold
# nothing, the proof (value or SHA-1, member), the most ms that a string may have left (-1: it has no TTL; empty: any),
# and both lists of members. A user without the right to PTTL breaks without that check.
_HEAD = """
local key, which = KEYS[1], ARGV[1]
local wake, target, payload, lives = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local value, member, most = ARGV[8], ARGV[9], tonumber(ARGV[10])
local also, frame = {}, {}
for i = 1, tonumber(ARGV[6]) do also[i] = ARGV[10 + i] end
for i = 1, tonumber(ARGV[7]) do frame[ARGV[10 + #also + i]] = true end
"""
_MEMBERS = """
if redis.call('TYPE', key).ok ~= '{type}' or not ({holds}) then return {{0, -1}} end
redis.call('{remove}', key, member)
for _, one in ipairs(also) do redis.call('{remove}', key, one) end
if next(frame) then
  local left, only = redis.pcall({members}), true
  for _, one in ipairs(left) do only = only and frame[one] == true end
  if #left > 0 and only then redis.pcall('DEL', key) end
end
"""
_HOLDS = {
    "string": """
if redis.call('TYPE', key).ok ~= 'string' then return {0, -1} end
local now = redis.call('GET', key)
if (string.sub(which, 3, 3) == '1' and redis.sha1hex(now) or now) ~= value then return {0, -1} end
local left = most and redis.pcall('PTTL', key)
if type(left) == 'number' and (left > most or left == -1 and most ~= -1) then return {0, -1} end
redis.call('DEL', key)
""",
    "hash": _MEMBERS.format(
        type="hash", holds="redis.call('HGET', key, member) == value", remove="HDEL", members="'HKEYS', key"
    ),
    "zset": _MEMBERS.format(
        type="zset", holds="redis.call('ZSCORE', key, member)", remove="ZREM", members="'ZRANGE', key, 0, -1"
    ),
    "set": _MEMBERS.format(
        type="set", holds="redis.call('SISMEMBER', key, member) == 1", remove="SREM", members="'SMEMBERS', key"
    ),
}
# What is deleted stays deleted, even if the waiters cannot be woken: -1 means that it is unknown whom it woke.
_TAIL = """
if string.sub(which, 1, 1) == '1' then redis.pcall('INCR', KEYS[2]) end
local woken = -1
if wake == 'push' then
  local list = KEYS[#KEYS]
  redis.pcall('DEL', list)
  if type(redis.pcall('RPUSH', list, payload)) == 'number' then woken = -2 end
  if lives > 0 then redis.pcall('PEXPIRE', list, lives) end
elseif wake == 'publish' then
  local heard = redis.pcall('PUBLISH', target, payload)
  if type(heard) == 'number' then woken = heard end
end
return {1, woken}
"""
_SCRIPTS = {kind: _HEAD + holds + _TAIL for kind, holds in _HOLDS.items()}
_PUSH = """
redis.call('DEL', KEYS[1])
redis.call('RPUSH', KEYS[1], ARGV[1])
if tonumber(ARGV[2]) > 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
"""
_PUSHED = -2  # one element was pushed for the waiters: at most one is woken
_NOT_DONE = frozenset(
    ("refused", "dns", "auth", "tls", "config", "sentinel", "full", "loading", "busy", "readonly", "stale", "moved")
)
"""Trouble that proves that nothing was done: no command arrived, or the server accepts none."""


class Deleted(NamedTuple):
    """The result of a break. `woken` is None if it cannot be known; `how` is "" if nobody was to be woken."""

    done: bool
    woken: int | None
    how: str


def may_have_happened(trouble: SourceTrouble) -> bool:
    """Whether the server may have carried out a command it did not answer, or part of one before it refused."""
    return trouble.kind not in _NOT_DONE


def delete(breaking: Source, reading: Reading) -> Deleted:
    """Breaks one hold, by the connection that has the right to. Raises SourceTrouble."""
    client, wake = breaking.client_for(reading.key), reading.wake
    try:
        if wake is not None and wake.how == "queue":
            broken = break_lock(client, reading.name, reading.proof.value)
            return Deleted(broken.broken, broken.woken, wake.how)
        return _by_script(breaking, client, reading)
    except LockServerError as error:
        raise _trouble(breaking, error.__cause__ or error) from error
    except (RedisError, OSError) as error:
        raise _trouble(breaking, error) from error


def _by_script(breaking: Source, client: Redis, reading: Reading) -> Deleted:
    wake = reading.wake
    apart = wake is not None and wake.how == "push" and not _together(breaking, reading.key, wake.target)
    told = None if apart else wake
    done, woken = _run(client, reading, told)
    if not done:
        return Deleted(False, 0, "")
    if apart and wake is not None:
        woken = _pushed(breaking, wake)
    if wake is None:
        return Deleted(True, None, "")
    if woken == _PUSHED:
        return Deleted(True, None if reading.waiters is None else min(1, reading.waiters), wake.how)
    return Deleted(True, None if woken < 0 else woken, wake.how)


def _pushed(breaking: Source, wake: Wake) -> int:
    """What is deleted stays deleted: trouble here only means that nobody is woken."""
    try:
        breaking.client_for(wake.target).eval(_PUSH, 1, wake.target, wake.payload, wake.expire_ms)
    except (RedisError, OSError, SourceTrouble):
        return -1
    return _PUSHED


def _run(client: Redis, reading: Reading, wake: Wake | None) -> tuple[bool, int]:
    proof = reading.proof
    keys, push = [reading.key], wake is not None and wake.how == "push"
    if proof.returns:
        keys.append(proof.returns)
    if wake is not None and push:
        keys.append(wake.target)
    which = f"{int(bool(proof.returns))}{int(push)}{int(bool(proof.size))}"
    called = (wake.how, wake.target, wake.payload, wake.expire_ms) if wake else ("", b"", b"", 0)
    sizes = (len(proof.also), len(proof.frame))
    arguments: list[Any] = [which, *called, *sizes, proof.digest or proof.value, proof.member]
    arguments += [_most_left(reading), *proof.also, *proof.frame]
    answer: Any = client.eval(_SCRIPTS[proof.type], len(keys), *keys, *arguments)
    return bool(answer[0]), int(answer[1])


def _most_left(reading: Reading) -> str:
    """The time left when it was read, if another acquisition may have the same value; "" if nothing is checked."""
    if names(reading.evidence) == "acquisition":
        return ""
    return "-1" if reading.ttl_ms is None else str(reading.ttl_ms)


def _together(breaking: Source, key: bytes, other: bytes) -> bool:
    """Whether one script may name both keys: a Cluster requires them in one slot."""
    return breaking.target.topology != "cluster" or key_slot(key) == key_slot(other)


def _trouble(breaking: Source, error: BaseException) -> SourceTrouble:
    target = breaking.target
    cause = error if isinstance(error, Exception) else RuntimeError(str(error))
    return trouble_of(cause, str(target), target.timeout_s, "EVAL")
