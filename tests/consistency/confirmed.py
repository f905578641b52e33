"""Judges what became of confirmed writes. Pure.

A key has its confirmed value, or any later write of it that may have been done; or it is lost, and has the origin's
value again. Every loss must be reported, and every reported key must be lost. A value older than the newest confirmed
one is neither.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from typing import Literal, NamedTuple

from tests.consistency.history import FAILED, OK, UNKNOWN, Record

Kind = Literal["lost in silence", "told and not lost", "aged", "invented"]


class Wrong(NamedTuple):
    """What is wrong with a key."""

    kind: Kind
    name: str
    text: str


class Verdict(NamedTuple):
    """`lost` confirmed writes of `confirmed` (of each key the newest counts), and all that is wrong."""

    confirmed: int
    lost: int
    wrong: list[Wrong]


def judge(
    history: Iterable[Record],
    before: Mapping[str, int | None],
    after: Mapping[str, int | None],
    told: Set[str],
    struck_ns: int,
) -> Verdict:
    """`before` and `after` are the values of every key, None for the origin's. `told` are the names told as lost;
    `struck_ns` is when that began which may lose some.

    A key in `told` is lost whole: one that still has a value from before `struck_ns` was told and not lost.
    """
    by_name: dict[str, list[Record]] = defaultdict(list)
    for record in history:
        by_name[record.key].append(record)
    confirmed = lost = 0
    wrong = []
    for name, value in after.items():
        writes = sorted(by_name[name], key=lambda one: one.start)
        floor = max((at for at, one in enumerate(writes) if one.outcome == OK), default=-1)
        held = writes[floor].value if floor >= 0 else before[name]
        confirmed += held is not None
        if value is None and held is not None:
            lost += 1
            if name not in told:
                wrong.append(Wrong("lost in silence", name, f"{held} was confirmed, and the origin's value is there"))
        elif value is not None and (kind := _kind(value, writes, floor, held)):
            wrong.append(Wrong(kind, name, f"{value} is there, and {held} was confirmed"))
        elif value is not None and name in told and _is_from_before(value, writes, struck_ns):
            wrong.append(Wrong("told and not lost", name, f"{value} is there"))
    return Verdict(confirmed, lost, wrong)


def _kind(value: int, writes: list[Record], floor: int, held: int | None) -> Kind | None:
    """What is wrong with a value that a key has; None if nothing is."""
    if value == held:
        return None
    at = next((at for at, one in enumerate(writes) if one.value == value), None)
    if at is None:
        return "invented" if held is None else "aged"
    if writes[at].outcome == FAILED:
        return "invented"
    # A write without an answer may have been done late.
    return None if at > floor or writes[at].outcome == UNKNOWN else "aged"


def _is_from_before(value: int, writes: list[Record], struck_ns: int) -> bool:
    return all(one.end < struck_ns for one in writes if one.value == value)
