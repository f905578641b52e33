"""Many locks in few lines: name patterns, groups by pattern, locks that need attention, and totals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypedDict

from locks.core.rows import WORST_FIRST, Row

FEW_LANES = 50
"""A page shows each lane up to this many; above it shows alerts and groups."""
FEW_ROWS = 500
"""The same limit for holders, because one semaphore may have thousands."""
MOST_ATTENTION = 50
MOST_GROUPS = 60
BINS = 8
BINS_UP_TO_MS = 60_000
MOST_PATTERN = 120
"""Letters of a pattern. A longer one is cut and ends with a star."""

_SEPARATORS = re.compile(r"([:/|{}@#, ]+)")
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_VARIABLE = re.compile(r"\d+|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{6,}|[0-9a-f]{16,}", re.IGNORECASE)
_WORDS = re.compile(r"([._\-]+)")
_KINDS = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]"))
_COUNTER = re.compile(r"(?<=\D)\d{2,}$")
_STARS = re.compile(r"\*(?:[:._\-]\*)+$")
_LONG = 20
_SMALL_GROUP = 5


class Counts(TypedDict):
    """Totals of a whole source. `waits_hidden` is how many lanes hide their waiters."""

    held: int
    lanes: int
    waits: int
    waits_hidden: int
    alerts: int


class Group(TypedDict):
    """The rows of one pattern. `bins` counts rows with 0 to 60 s left in eight parts; the last part includes longer
    ones. `waits` is None if no row's waiters can be seen; `attention` counts alerts by kind.
    """

    pattern: str
    clients: list[str]
    held: int
    waits: int | None
    no_ttl: int
    shortest: int | None
    bins: list[int]
    attention: dict[str, int]


class Small(Group):
    """The groups that are not shown one by one, added together; `groups` is their number."""

    groups: int


class Grouped(TypedDict):
    """A picture of many rows."""

    attention: list[Row]
    groups: list[Group]
    small: Small | None


def pattern_of(name: bytes) -> str:
    """A name with stars for its variable parts: `invoice:7741` is `invoice:*`, `bull:mail:12:lock` is
    `bull:mail:*:lock`.

    Numbers, UUIDs, hexadecimal digests and long parts are variable. Names that differ only there are equal; O(length).
    """
    text = _UUID.sub("*", name[: 4 * MOST_PATTERN].decode(errors="replace"))
    pattern = "".join(part if index % 2 else _part(part) for index, part in enumerate(_SEPARATORS.split(text)))
    pattern = _STARS.sub("*", pattern)
    return pattern if len(pattern) <= MOST_PATTERN else pattern[: MOST_PATTERN - 1] + "*"


def _part(part: str) -> str:
    """One part between separators. Base64 has digits and both cases, and its dashes do not separate words."""
    if _VARIABLE.fullmatch(part) or (len(part) >= _LONG and all(kind.search(part) for kind in _KINDS)):
        return "*"
    return "".join(word if index % 2 else _word(word) for index, word in enumerate(_WORDS.split(part)))


def _word(word: str) -> str:
    if _VARIABLE.fullmatch(word) or (len(word) >= _LONG and not word.isalpha()):
        return "*"
    return _COUNTER.sub("*", word)


def counts_of(rows: Iterable[Row]) -> Counts:
    """The totals in the headline. Waits are counted once per lane, because each of its rows repeats them. O(rows)."""
    held = alerts = 0
    lanes: dict[str, int | None] = {}
    for row in rows:
        held += 1
        alerts += len(row["alerts"])
        lanes[row["lane"]] = most_waiters(lanes.get(row["lane"]), row["waiters"])
    return {
        "held": held,
        "lanes": len(lanes),
        "waits": sum(filter(None, lanes.values())),
        "waits_hidden": sum(waits is None for waits in lanes.values()),
        "alerts": alerts,
    }


def grouped(rows: Iterable[Row], now_ms: int) -> Grouped:
    """Locks that need attention, worst first, then oldest first; then groups, those with alerts first, then by size.
    Groups beyond MOST_GROUPS, and groups of fewer than five rows, are added together (small groups only if there are
    more than a dozen in all). O(rows).
    """
    groups: dict[str, list[Row]] = {}
    alarmed: list[Row] = []
    for row in rows:
        groups.setdefault(row["pattern"], []).append(row)
        if row["alerts"]:
            alarmed.append(row)
    alarmed.sort(key=urgency)
    made = [_group(pattern, members, now_ms) for pattern, members in groups.items()]
    made.sort(key=lambda group: (not group["attention"], -group["held"], group["pattern"]))
    fold_from = _SMALL_GROUP if len(made) > 12 else 0
    shown = [group for group in made if group["held"] >= fold_from][:MOST_GROUPS]
    patterns = {group["pattern"] for group in shown}
    rest = [group["pattern"] for group in made if group["pattern"] not in patterns]
    small: Small | None = None
    if rest:
        small = {**_group("", [row for pattern in rest for row in groups[pattern]], now_ms), "groups": len(rest)}
    return {"attention": alarmed[:MOST_ATTENTION], "groups": shown, "small": small}


def urgency(row: Row) -> tuple[int, int, str]:
    """Sorts rows with alerts: the worst kind first, then the oldest alert. Rows without alerts come last."""
    ranks = [(WORST_FIRST.index(alert["kind"]), alert["since"]) for alert in row["alerts"]]
    return (*min(ranks, default=(len(WORST_FIRST), 0)), row["id"])


def _group(pattern: str, rows: list[Row], now_ms: int) -> Group:
    bins = [0] * BINS
    attention: dict[str, int] = {}
    lanes: dict[str, int | None] = {}
    clients: dict[str, int] = {}
    shortest: int | None = None
    no_ttl = 0
    for row in rows:
        clients[row["client"]] = clients.get(row["client"], 0) + 1
        lanes[row["lane"]] = most_waiters(lanes.get(row["lane"]), row["waiters"])
        for alert in row["alerts"]:
            attention[alert["kind"]] = attention.get(alert["kind"], 0) + 1
        if row["ends_at"] is None:
            no_ttl += 1
            continue
        left = max(0, row["ends_at"] - now_ms)
        shortest = left if shortest is None else min(shortest, left)
        bins[min(BINS - 1, left * BINS // BINS_UP_TO_MS)] += 1
    seen = [waits for waits in lanes.values() if waits is not None]
    return {
        "pattern": pattern,
        "clients": sorted(clients, key=lambda client: (-clients[client], client)),
        "held": len(rows),
        "waits": sum(seen) if seen else None,
        "no_ttl": no_ttl,
        "shortest": shortest,
        "bins": bins,
        "attention": attention,
    }


def most_waiters(one: int | None, other: int | None) -> int | None:
    """The waiters of a lane, from two of its rows; None if neither can tell."""
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def is_few(rows: Mapping[str, Row]) -> bool:
    """Whether a page shows each lane. O(FEW_ROWS)."""
    if len(rows) <= FEW_LANES or len(rows) > FEW_ROWS:
        return len(rows) <= FEW_LANES
    lanes: set[str] = set()
    for row in rows.values():
        lanes.add(row["lane"])
        if len(lanes) > FEW_LANES:
            return False
    return True
