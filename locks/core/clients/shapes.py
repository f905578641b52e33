"""The forms of values: matchers for whole values, each in linear time, and what they reveal."""

from __future__ import annotations

import re
from datetime import datetime

from locks.core.clients.declared import Shape

UUID = rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

is_hex32 = re.compile(rb"[0-9a-f]{32}\Z").match
is_uuid = re.compile(rb"(?:%s|%s)\Z" % (UUID, UUID.replace(b"a-f", b"A-F"))).match
is_count = re.compile(rb"[0-9]{1,18}\Z").match
is_number = re.compile(rb"-?[0-9]{1,18}\Z").match
is_float = re.compile(rb"-?[0-9]{1,18}(?:\.[0-9]{1,18})?(?:e\+?[0-9]{1,3})?\Z").match
_is_base64_24 = re.compile(rb"[0-9A-Za-z+/]{24}\Z").match
_is_base64_16_bytes = re.compile(rb"[0-9A-Za-z+/]{21}[AQgw]==\Z").match
_is_base64url_22 = re.compile(rb"[0-9A-Za-z_-]{21}[AQgw]").match
_is_alphanumeric_22 = re.compile(rb"[0-9A-Za-z]{22}\Z").match
_is_alphanumeric_16 = re.compile(rb"[0-9A-Za-z]{16}\Z").match
_UPPER, _LOWER, _DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz", b"0123456789"

HEX32 = Shape(32, 32, "^%x+$")
UUID36 = Shape(36, 36, "^%x+%-%x+%-%x+%-%x+%-%x+$")
BASE64_24 = Shape(24, 24, "^[%w+/]+=?=?$")
BASE64URL_22 = Shape(22, 22, "^[%w_%-]+$")
ALPHANUMERIC_16 = Shape(16, 16, "^%w+$")

_UUID1_EPOCH_MS = 12_219_292_800_000
"""From 15 October 1582, when the time of a UUID version 1 begins, to 1970."""
_FROM_MS, _TO_MS = 946_684_800_000, 4_102_444_800_000
"""A UUID version 1 from outside the years 2000 to 2099 is a coincidence."""


def uuid1_of(digits: bytes) -> dict[str, str] | None:
    """When 32 hexadecimal digits (is_hex32) were made, and on which network card; None if not a UUID version 1.

    One in about 2,000 random values passes.
    """
    if digits[12] != 0x31 or digits[16] not in b"89ab":
        return None
    since_ms = int(digits[13:16] + digits[8:12] + digits[0:8], 16) // 10_000 - _UUID1_EPOCH_MS
    if not _FROM_MS <= since_ms < _TO_MS:
        return None
    return {"since_ms": str(since_ms), "node": bytes.fromhex(digits[20:].decode("ascii")).hex(":")}


def is_uuid4_digits(digits: bytes) -> bool:
    """Whether 32 hexadecimal digits are a UUID version 4. One in 64 random values passes."""
    return digits[12] == 0x34 and digits[16] in b"89ab"


def looks_random(text: bytes) -> bool:
    """Whether letters of both cases and digits are mixed as if by chance, and not as in words and names."""
    upper = len(text) - len(text.translate(None, _UPPER))
    lower = len(text) - len(text.translate(None, _LOWER))
    digits = len(text) - len(text.translate(None, _DIGITS))
    return upper >= 2 and lower >= 2 and (digits > 0 or upper * 4 >= len(text))


def is_base64_18_bytes(value: bytes) -> bool:
    """Whether the value is 18 random bytes in Base64: 24 characters without padding."""
    return _is_base64_24(value) is not None and looks_random(value)


def is_base64_16_bytes(value: bytes) -> bool:
    """Whether the value is 16 random bytes in Base64: 22 characters and `==`."""
    return _is_base64_16_bytes(value) is not None and looks_random(value)


def begins_base64url_16_bytes(value: bytes) -> bool:
    """Whether the value begins with 16 random bytes in URL-safe Base64, without padding: 22 characters."""
    return _is_base64url_22(value) is not None and looks_random(value[:22])


def is_alphanumeric_22(value: bytes) -> bool:
    """Whether the value is 22 random letters and digits."""
    return _is_alphanumeric_22(value) is not None and looks_random(value)


def is_alphanumeric_16(value: bytes) -> bool:
    """Whether the value is 16 random letters and digits."""
    return _is_alphanumeric_16(value) is not None and looks_random(value)


def is_time(value: bytes) -> bool:
    """Whether a number is a time in the years 2000 to 2099, in seconds, milliseconds or microseconds since 1970."""
    if len(value) > 40 or not is_float(value):
        return False
    number = float(value)
    return any(_FROM_MS <= number * unit < _TO_MS for unit in (1000, 1, 0.001))


def milliseconds_of(score: bytes) -> float | None:
    """A time as a score: milliseconds since 1970, in the years 2000 to 2099. None for anything else."""
    if len(score) > 40 or not is_float(score):
        return None
    number = float(score)
    return number if _FROM_MS <= number < _TO_MS else None


def milliseconds_of_iso(text: bytes) -> int | None:
    """A time in ISO 8601 as milliseconds since 1970; None for anything else."""
    try:
        moment = datetime.fromisoformat(text.decode("ascii"))
    except ValueError:
        return None
    return int(moment.timestamp() * 1000) if moment.tzinfo else None
