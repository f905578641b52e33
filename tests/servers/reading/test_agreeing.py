"""Which view is believed: pure cases, each the lines of CLUSTER NODES that members would give."""

from __future__ import annotations

import pytest

from servers.guard.door import Target
from servers.reading.agreeing import View, dissenting, most_agreed
from servers.reading.checked import checked_members
from tests.servers.reading.told import line

A, B, C, D, NEW = (letter * 40 for letter in "abcde")
SLOTS = {A: "0-5460", B: "5461-10922", C: "10923-16383", D: "", NEW: ""}


def view(speaker: str, others: str = "", *, flags: dict[str, str] | None = None, alone: bool = False) -> View:
    """What `speaker` says, at a port of its own: it lists the others by their letters."""
    ids = [speaker, *(letter * 40 for letter in others)]
    lines = []
    for id_ in ids:
        said = (flags or {}).get(id_, "master") + (",myself" if id_ == speaker else "")
        lines.append(line(id_, f"10.0.0.1:{ord(id_[0])}@1", said, "-", *([] if alone else SLOTS[id_].split())))
    return View(Target("10.0.0.1", ord(speaker[0])), checked_members("\n".join(lines)))


GONE = {A: "master,fail,noaddr"}


@pytest.mark.parametrize(
    ("case", "views", "known", "all_answered", "believed"),
    [
        ("a reset member", [view(NEW, alone=True), view(B, "ac"), view(C, "ab")], (A, B, C), True, B),
        ("and it kept its id", [view(A, alone=True), view(B, "ac"), view(C, "ab")], (A, B, C), True, B),
        ("two of two", [view(NEW, alone=True), view(B, "a", flags=GONE)], (A, B), True, B),
        ("nobody else answers", [view(NEW, alone=True)], (A, B, C), False, ""),
        ("two were reset, the rest is silent", [view(NEW, alone=True), view(D, alone=True)], (A, B, C), False, ""),
        ("one member of old was reset", [view(NEW, alone=True)], (A,), True, NEW),
        ("a member left", [view(A, "b"), view(B, "a"), view(C, alone=True)], (A, B, C), True, A),
        ("a member left and is off", [view(A, "b"), view(B, "a")], (A, B, C), False, A),
        ("not everybody has heard that it left", [view(A, "b"), view(B, "ac"), view(C, "ab")], (A, B, C), True, B),
        ("only one is left, with most slots", [view(C, "b")], (A, B, C, D, NEW), False, C),
        ("everything is new", [view(A, "b"), view(B, "a")], (C, D), True, A),
        ("one joins meanwhile", [view(NEW, alone=True), view(B, "acd"), view(C, "ab")], (A, B, C), True, B),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_who_is_believed(case, views, known, all_answered, believed):
    found = most_agreed(views, known, all_answered=all_answered)
    assert (found.speaker if found else "") == believed


def test_beginnings_of_ids_are_enough():
    found = most_agreed(
        [view(NEW, alone=True), view(B, "ac"), view(C, "ab")], ("a" * 8, "b" * 8, "c" * 9), all_answered=False
    )
    assert found is not None
    assert found.speaker == B


def test_who_leaves_out_the_living_disagrees_and_who_leaves_out_the_dead_does_not():
    believed = view(B, "ac", flags=GONE)
    assert dissenting([view(NEW, "bc"), view(C, "b")], believed.members, (A, B, C)) == []
    (one,) = dissenting([view(NEW, alone=True)], believed.members, (A, B, C))
    assert (one.target.port, one.members, one.slots) == (ord("e"), 1, 0)
    assert dissenting([view(NEW, alone=True)], believed.members, (A,)) == []
