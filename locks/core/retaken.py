"""Whether a lock that looks like the one that was shown may be another acquisition: pure.

Most clients write a new value each time they take a lock, so a break that finds the value finds what was shown. For the
others, only the time left and what the watcher saw can tell two acquisitions apart, and not always.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from locks.core.rows import Row

Names = Literal["acquisition", "holder", "nobody", "unknown"]
"""What a value identifies. acquisition: the next one has another value. holder: the same holder may take it again with
the same value. nobody: every holder writes the same. unknown: the format does not say."""

MOST_NOISE_MS = 250
"""How far off a moment may be, because of the look it comes from, and of a clock that was corrected since."""
_NAMES: dict[str, Names] = {
    "value:counter": "nobody",
    "value:pickle": "nobody",
    "value:any": "unknown",
    "value:record": "unknown",
    "value:identity": "holder",
    "value:job": "holder",
    "members:threads": "holder",
    "members:mode": "holder",
    "members:several": "holder",
}


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What a page showed of a hold, in ms since 1970: when it began, and when it ends (None: no TTL).

    `renews`: it is renewed regularly, so a longer time left means nothing.
    """

    since: int
    ends_at: int | None
    renews: bool

    @classmethod
    def of(cls, row: Row) -> Glimpse:
        """What the table shows now."""
        return cls(row["since"], row["ends_at"], renews(row))


def renews(row: Row) -> bool:
    """Whether a hold is renewed regularly: at least three times."""
    return len(row["renewed"]) >= 3


def names(evidence: Iterable[str]) -> Names:
    """What the value identifies, by the evidence of a reading (`locks.core.evidence`)."""
    return next((found for code in evidence if (found := _NAMES.get(code))), "acquisition")


def is_longer(shown: Glimpse, ttl_ms: int | None, now: int) -> bool:
    """Whether the time left has grown although this lock is not renewed: it was taken again, or renewed just once."""
    if shown.renews:
        return False
    if shown.ends_at is None or ttl_ms is None:
        return (shown.ends_at is None) != (ttl_ms is None)
    return now + ttl_ms > shown.ends_at + MOST_NOISE_MS


def began_later(shown: Glimpse, row: Row) -> bool:
    """Whether the watcher has seen another hold begin since."""
    return row["since"] > shown.since + MOST_NOISE_MS
