"""A page's position in a stream, read from the query of its address."""

from collections.abc import Mapping, Sequence


def position(query: Mapping[str, Sequence[str]]) -> tuple[int | None, str]:
    """`since` and `epoch` of a parsed query. A missing or malformed version is None, which asks for a snapshot."""
    since, epoch = query.get("since", [""])[0], query.get("epoch", [""])[0]
    well_formed = since.isascii() and since.isdecimal() and len(since) <= 18
    return (int(since) if well_formed else None), epoch
