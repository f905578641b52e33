"""Reads and checks strategies to compare, written as `ring:vnodes=160` or `maglev:table_size=65537`."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from live.wording import grouped
from ringviz.bounds import MAX_COMPARED, MAX_TOKENS, MAX_VNODES
from ringviz.core.placement import PlacedNode
from ringviz.core.state import State
from ringviz.core.strategy import STRATEGIES
from ringviz.errors import Invalid
from ringviz.selectors.compare import Choice, first_choices
from ringviz.selectors.placing import members_of, placement_of
from ringviz.services.checks import check_strategy, checked_options, options_asked

_VNODES = "vnodes"


def chosen(texts: Sequence[str], state: State) -> tuple[Choice, ...]:
    """The choices in the texts without duplicates, or every strategy if there are no texts. Raises Invalid.

    A text is `STRATEGY` or `STRATEGY:NAME=NUMBER,...`. Missing options have their defaults; `vnodes` (of a strategy
    with tokens) defaults to the cluster's own number.
    """
    if not texts:
        return first_choices(state["cluster"])
    if len(texts) > MAX_COMPARED:
        raise Invalid("s", len(texts), _("Compare at most %(most)d strategies at once.") % {"most": MAX_COMPARED})
    return tuple(dict.fromkeys(_choice(text, state) for text in texts))


def _choice(text: str, state: State) -> Choice:
    strategy, _colon, options = text.partition(":")
    check_strategy(strategy)
    given = options_asked(options)
    vnodes: int | None = None
    if STRATEGIES[strategy].abilities.tokens:
        vnodes = _vnodes(given.pop(_VNODES, state["cluster"]["vnodes"]), state)
    return Choice(strategy, tuple(checked_options(strategy, given).items()), vnodes)


def _vnodes(number: float, state: State) -> int:
    if number != int(number) or not 1 <= number <= MAX_VNODES:
        raise Invalid(_VNODES, number, _("Give 1 to %(most)d tokens per node.") % {"most": MAX_VNODES})
    placement = placement_of({**state["cluster"], "vnodes": int(number)})
    nodes = [PlacedNode(node["name"], node["weight"]) for node in members_of(state)]
    tokens = sum(map(placement.token_count, [*nodes, PlacedNode("one more")]))
    if tokens > MAX_TOKENS:
        text = _("That makes %(count)s tokens, and at most %(most)s can be compared. Give fewer tokens per node.")
        raise Invalid(_VNODES, number, text % {"count": grouped(tokens), "most": grouped(MAX_TOKENS)})
    return int(number)
