"""The overview: the cards of every kind of place, the newest events of all, and totals in two lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from live.lists import Entry, newest
from live.places import Card, Overview, Page, all_places

LAST_EVENTS = 6


@dataclass(frozen=True, slots=True)
class Summary:
    """The page's own two lines, and the keys of the places that they are about."""

    headline: str
    health: str
    keys: str


@dataclass(frozen=True)
class Whole:
    """Every place. `empty` are the templates for when there is no card, `new` the pages that make a place."""

    cards: Sequence[Card]
    summary: Summary
    empty: Sequence[str]
    new: Sequence[Page]

    @cached_property
    def events(self) -> list[Entry]:
        """The newest events of all places. One small query per place."""
        return newest([card.place for card in self.cards], LAST_EVENTS)


def whole() -> Whole:
    """The overview now."""
    kinds = all_places()
    found = [places.overview() for places in kinds]
    cards = [card for one in found for card in one.cards]
    return Whole(
        cards=cards,
        summary=_summary([one for one in found if one.cards], cards),
        empty=[places.empty_template for places in kinds if places.empty_template],
        new=[places.new for places in kinds if places.new],
    )


def _summary(found: Sequence[Overview], cards: Sequence[Card]) -> Summary:
    problems = [problem for one in found for problem in one.problems]
    return Summary(
        headline=", ".join(count for one in found for count in one.counts),
        health=" ".join(problems or [one.well for one in found]),
        keys=" ".join(card.place.key for card in cards),
    )
