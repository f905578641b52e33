"""Parses the answers of INFO, as text and as figures."""

from __future__ import annotations


def fields(text: bytes | None) -> dict[str, str]:
    """The lines `name:value`; empty if there is no text."""
    lines = (text or b"").decode(errors="replace").splitlines()
    return {name: value for name, colon, value in (line.partition(":") for line in lines) if colon}


def whole(text: str | None) -> int | None:
    """A number that is plausible as one of a server's figures."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 16 else None


def seconds(text: str | None) -> float | None:
    """A time in INFO's format, `12.345678`: digits on both sides of one point."""
    before, point, after = (text or "").partition(".")
    is_time = point and len(after) <= 9 and after.isascii() and after.isdecimal() and whole(before) is not None
    return float(f"{before}.{after}") if is_time else None


def calls(text: str | None) -> tuple[int, int]:
    """How often a command was called, and its microseconds in total, from its line `calls=2,usec=16,...`.

    A command without a line was never called.
    """
    figures = dict(part.partition("=")[::2] for part in (text or "").split(","))
    return whole(figures.get("calls")) or 0, whole(figures.get("usec")) or 0
