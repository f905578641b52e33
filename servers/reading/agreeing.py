"""Which member to believe if their views differ: one that was reset still answers, but knows no others. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from servers.guard.door import Target
from servers.slots import SLOTS
from servers.topology import Member


class View(NamedTuple):
    """What the member at `target` says about its cluster."""

    target: Target
    members: Sequence[Member]

    @property
    def speaker(self) -> str:
        """The ID of the member that answered; empty if it does not say."""
        return next((member.id for member in self.members if member.myself), "")


class Dissent(NamedTuple):
    """A member that answers but leaves out members that others list: how many members and slots it knows."""

    target: Target
    members: int
    slots: int


def listed(members: Iterable[Member], known: Collection[str]) -> frozenset[str]:
    """The known IDs, or beginnings of IDs, that a view lists."""
    lengths, ids = {len(one) for one in known}, [member.id for member in members]
    return frozenset(known) & {id_[:length] for length in lengths for id_ in ids}


def most_agreed(views: Sequence[View], known: Collection[str], *, all_answered: bool) -> View | None:
    """The view to believe; the first of equal ones. None if none is credible.

    It is the one shared by most members: those that it lists, and that list the same known ones. Then the one that
    lists more of these, or more slots. A single member is believed if it lists most of the known ones, or has owners
    for most slots; or if all known members have answered, and none knows more.
    """
    said = [listed(view.members, known) for view in views]
    ids = [{member.id for member in view.members} for view in views]

    def support(index: int) -> int:
        return sum(said[other] == said[index] and views[other].speaker in ids[index] for other in range(len(views)))

    best = max(range(len(views)), key=lambda n: (support(n), len(said[n]), owned(views[n].members), -n), default=None)
    if best is None:
        return None
    most_members = not known or 2 * len(said[best]) > len(known)
    most_slots = 2 * owned(views[best].members) > SLOTS
    return views[best] if support(best) > 1 or most_members or most_slots or all_answered else None


def dissenting(views: Iterable[View], believed: Sequence[Member], known: Collection[str]) -> list[Dissent]:
    """The other views that leave out a known member which is alive in the believed one."""
    alive = listed((member for member in believed if member.reachable and not member.failed), known)
    return [dissent(view) for view in views if alive - listed(view.members, alive)]


def dissent(view: View) -> Dissent:
    """How little of the cluster a view shows."""
    return Dissent(view.target, len(view.members), owned(view.members))


def owned(members: Iterable[Member]) -> int:
    """How many slots have an owner."""
    return sum(last - first + 1 for member in members if member.primary for first, last in member.ranges)
