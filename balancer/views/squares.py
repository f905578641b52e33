"""The drawing of "why this node": a column per node with a square per request in flight."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _

from balancer.core.explained import Candidate, Explained
from live.wording import grouped

MOST_COLUMNS: Final = 8  # nodes drawn; the table has the rest
ROW: Final = 6  # squares in a row
MOST_SQUARES: Final = 60  # per node; its number is written above
SIDE: Final = 5.6
STEP: Final = 7.0
WIDTH: Final = 70.0  # width of a column
PLATE: Final = 54.0
GROUND: Final = 110.0  # the base line
HEIGHT: Final = 152.0


class Square(NamedTuple):
    """The top left corner of a square."""

    x: float
    y: float


class Column(NamedTuple):
    """A node's column. `top` is the top of its highest square, `frame` the height of a frame around everything.

    `load` is the number of requests, and `mark` says which draws picked the node.
    """

    number: int | None
    name: str
    x: float
    middle: float
    top: float
    frame: float
    load: str
    squares: list[Square]
    mark: str
    kind: str


class Picture(NamedTuple):
    """The whole drawing, in its own units."""

    width: float
    height: float
    columns: list[Column]
    more: int
    said: str


def picture(one: Explained) -> Picture:
    """At most MOST_COLUMNS nodes: considered nodes first, then those with the fewest requests in flight."""
    chosen = drawn_of(one)
    columns = [_column(one, each, at) for at, each in enumerate(chosen)]
    compared = [each for each in chosen if each["score"] is not None or each["name"] == one["node"]]
    parts = [
        _("%(node)s had %(n)s in flight") % {"node": each["name"], "n": grouped(each["in_flight"])} for each in compared
    ]
    return Picture(
        width=len(columns) * WIDTH,
        height=HEIGHT,
        columns=columns,
        more=one["ready"] - len(columns),
        said=", ".join(parts),
    )


def drawn_of(one: Explained) -> list[Candidate]:
    """The nodes of the drawing, in the order of the table."""

    def worth(each: Candidate) -> tuple[bool, bool, float]:
        score = each["score"]
        return (
            each["name"] != one["node"],
            each["name"] not in one["considered"],
            each["in_flight"] if score is None else score,
        )

    best = sorted(one["candidates"], key=worth)[:MOST_COLUMNS]
    return [each for each in one["candidates"] if each in best]


def _column(one: Explained, each: Candidate, at: int) -> Column:
    count = min(each["in_flight"], MOST_SQUARES)
    x = at * WIDTH + (WIDTH - PLATE) / 2
    rows = -(-count // ROW)
    squares = [
        Square(round(x + 6 + n % ROW * STEP, 1), round(GROUND - 4 - STEP * (n // ROW + 1), 1)) for n in range(count)
    ]
    considered = each["score"] is not None or each["name"] in one["considered"]
    return Column(
        number=each["number"],
        name=each["name"],
        x=x,
        middle=x + PLATE / 2,
        top=GROUND - 4 - rows * STEP,
        frame=rows * STEP + 53,
        load=grouped(each["in_flight"]),
        squares=squares,
        mark=_mark(one, each["name"]),
        kind="hit" if each["name"] == one["node"] else "" if considered else "off",
    )


def _mark(one: Explained, name: str) -> str:
    """Which draws picked this node."""
    if not one["drawn"]:
        return ""
    draws: list[Any] = [str(at) for at, drawn in enumerate(one["considered"], 1) if drawn == name]
    if len(draws) > 1:
        return _("draws %(n)s") % {"n": ", ".join(draws)}
    return _("draw %(n)s") % {"n": draws[0]} if draws else ""
