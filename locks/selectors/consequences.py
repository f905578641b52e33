"""What breaking a lock would do, in sentences: what is deleted, who is not told, who is woken, what waiting does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import Literal, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from live.wording import number
from locks.core.retaken import names, renews
from locks.core.rows import Row
from locks.wording import brief, confidence_text, evidence_text, holder_text, span


class Consequence(NamedTuple):
    """A sentence and its subject: whether this is a lock at all, what goes, the risk, what follows, no break."""

    about: Literal["unsure", "deleted", "risk", "then", "wait"]
    text: str


def consequences_of(row: Row, others: Sequence[Row], source_name: str, now: int) -> list[Consequence]:
    """The sentences about one row, in the order above. `others` are the other holders of the same key."""
    return [
        *(Consequence("unsure", text) for text in _unsure(row)),
        *(Consequence("deleted", text) for text in (_deleted(row, source_name), *_same(row), *_others(others))),
        *(Consequence("risk", text) for text in (*_risk(row, now), _fenced(row))),
        Consequence("then", _woken(row)),
        Consequence("wait", _waited(row, now)),
    ]


def _unsure(row: Row) -> Iterator[str]:
    if row["confidence"] == "certain":
        return
    why = " ".join(evidence_text(code) for code in row["evidence"])
    text = _("It is only %(sure)s that this is a lock. %(why)s If it is not one, a break deletes somebody's data.")
    yield text % {"sure": confidence_text(row["confidence"]), "why": why}


def _deleted(row: Row, source_name: str) -> str:
    text = _("The proof of %(holder)s in the key %(key)s on %(source)s, if it is still exactly as shown.")
    who = holder_text(row["holder"], row["label"])
    said = text % {"holder": who, "key": brief(row["key"]), "source": brief(source_name)}
    if row["count"] > 1:
        times = ngettext(
            "It entered %(n)s time. All of that ends.", "It entered %(n)s times. All of that ends.", row["count"]
        )
        said = f"{said} {times % {'n': number(row['count'])}}"
    return said


def _same(row: Row) -> Iterator[str]:
    """If another acquisition may look like this one: what tells them apart, and what does not."""
    match names(row["evidence"]):
        case "acquisition":
            return
        case "nobody":
            yield _("Every holder of this lock writes the same value, so the value does not say whose lock it is.")
        case "holder":
            yield _("The value names the holder. If the same holder takes the lock again, the value stays the same.")
        case "unknown":
            yield _("It is unknown whether the next holder would write another value.")
    if row["ends_at"] is not None and not renews(row):
        yield _(
            "The break is refused if the watcher saw this lock end, or if the time left has grown since you looked. "
            "A lock retaken without either sign is broken too."
        )
        return
    yield _(
        "The break is refused if the watcher saw this lock end. The time left cannot tell: a lock retaken unseen is "
        "broken too."
    )


def _others(others: Sequence[Row]) -> Iterator[str]:
    if others:
        text = ngettext("%(n)s other holder keeps it.", "%(n)s other holders keep it.", len(others))
        yield text % {"n": number(len(others))}


def _risk(row: Row, now: int) -> Iterator[str]:
    who = holder_text(row["holder"], row["label"])
    yield _("%(holder)s is not told. It may keep working at the same time as the next holder.") % {"holder": who}
    if len(row["renewed"]) >= 2:
        rhythm = median(later - sooner for sooner, later in pairwise(row["renewed"]))
        text = _("It renews about every %(rhythm)s, and may notice the break then, if it checks the answer.")
        yield text % {"rhythm": span(rhythm)}
    elif row["ends_at"] is not None:
        text = _("No renewal was seen: it may trust its lease for another %(left)s.")
        yield text % {"left": span(max(0, row["ends_at"] - now))}


def _fenced(row: Row) -> str:
    if row["fencing"] is None:
        return _("No fencing token was seen: nothing stops a late write by this holder.")
    text = _(
        "A store that checks fencing tokens refuses its writes after seeing one above %(n)s. Other stores accept them."
    )
    return text % {"n": number(row["fencing"])}


def _woken(row: Row) -> str:
    if row["waiters"] == 0:
        return _("No waiters seen.")
    if not row["can_wake"]:
        return _("This client's waiters are not woken: they find the lock free when they try again.")
    if row["waiters"] is None:
        return _("Waiters cannot be seen. They will be woken in the way this client expects.")
    text = ngettext(
        "%(n)s waits, and will be woken in the way this client expects.",
        "%(n)s wait, and will be woken in the way this client expects.",
        row["waiters"],
    )
    return text % {"n": number(row["waiters"])}


def _waited(row: Row, now: int) -> str:
    if row["ends_at"] is None:
        return _("If left alone, it never ends: it has no TTL.")
    text = _("If left alone, the lease ends in %(left)s, unless it is renewed.")
    return text % {"left": span(max(0, row["ends_at"] - now))}
