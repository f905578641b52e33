"""The terms of a lock, checked: name, time to live, holder, fairness, floor."""

from __future__ import annotations

import os
import re
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass

from locks.core.own import HOLDER, Keys, keys_of
from locks.lock.errors import BadLock

LEAST_TTL_MS = 10
MOST_TTL_MS = 7 * 24 * 3_600_000
MOST_TIMEOUT_S = 7 * 24 * 3_600.0
MOST_FLOOR = 2**53 - 2
"""Lua counts in doubles: beyond 2^53, two tokens would be equal."""


Floor = int | Callable[[], int]


@dataclass(frozen=True)
class Terms:
    """The terms of a lock. `ttl_ms` is 0 if it never ends."""

    name: str | bytes
    keys: Keys
    ttl_ms: int
    holder: str
    fair: bool
    floor: Floor
    fenced: bool

    def new_holder_id(self) -> str:
        """128 random bits in hex, after the readable name and a colon if there is one."""
        random = secrets.token_hex(16)
        return f"{self.holder}:{random}" if self.holder else random

    def floor_now(self) -> int:
        """The fencing token must be higher than this; -1 if none is wanted. Raises BadLock."""
        if not self.fenced:
            return -1
        floor = self.floor() if callable(self.floor) else self.floor
        if not 0 <= floor <= MOST_FLOOR:
            raise BadLock(f"the floor of fencing tokens must be 0 to {MOST_FLOOR}, not {floor}")
        return floor


def terms_of(
    name: str | bytes,
    ttl_ms: int | None,
    *,
    holder: str = "",
    fair: bool = True,
    floor: Floor = 0,
    forever: bool = False,
    fenced: bool = True,
) -> Terms:
    """Checks them. Raises BadLock and BadLockName."""
    if holder and not re.fullmatch(HOLDER, holder):
        raise BadLock(
            f"a holder's name may have at most 80 of the characters A-Z a-z 0-9 . _ : @ / - "
            f"and must begin with a letter or digit: {holder!r}"
        )
    terms = Terms(name, keys_of(name), 0 if forever else checked_ttl(ttl_ms), holder, fair, floor, fenced)
    if not callable(floor):
        terms.floor_now()
    return terms


def checked_ttl(ttl_ms: int | None) -> int:
    """The time to live. Raises BadLock."""
    if ttl_ms is None:
        raise BadLock(
            "a lock without a time to live stays held when its holder dies: if you want that, pass forever=True"
        )
    if not LEAST_TTL_MS <= ttl_ms <= MOST_TTL_MS:
        raise BadLock(f"a time to live must be {LEAST_TTL_MS} to {MOST_TTL_MS} ms, not {ttl_ms}")
    return int(ttl_ms)


def checked_timeout(timeout_s: float) -> float:
    """How long to wait. Raises BadLock."""
    if not 0 <= timeout_s <= MOST_TIMEOUT_S:
        raise BadLock(f"a timeout must be 0 to {MOST_TIMEOUT_S:.0f} seconds, not {timeout_s}")
    return timeout_s


def this_process() -> str:
    """A holder's name for this process: machine and process number, such as "web-3:4711"."""
    host = re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname()).lstrip(".-")[:60]
    return f"{host or 'process'}:{os.getpid()}"
