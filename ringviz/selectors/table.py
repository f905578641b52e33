"""The look-up table of a strategy that has one, as typed binary."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _

from live.packed import packed
from ringviz.core.maglev import Maglev
from ringviz.core.state import State
from ringviz.errors import NotFound
from ringviz.selectors.placing import members_of, strategy_of


def table_file(state: State, v: int) -> bytes:
    """Who owns each entry: magic, header length, JSON header, little-endian Uint16. At most 1.6 MB.

    The header is `{"v", "size", "nodes": [[number, offset, skip], ...]}`, in the order in which nodes of weight above 0
    ask for entries. An entry is a place in `nodes`; there are `size` of them, or none if there are no owners. Raises
    NotFound if the strategy has no table.
    """
    strategy = strategy_of(state)
    if not isinstance(strategy, Maglev):
        raise NotFound(_("This cluster\u2019s strategy has no table."))
    numbers = [node["number"] for node in members_of(state)]
    nodes = [[numbers[node], *strategy.permutation(node)] for node in strategy.members.tolist()]
    places = np.searchsorted(strategy.members, strategy.table) if nodes else np.empty(0)
    return packed({"v": v, "size": strategy.size, "nodes": nodes}, places.astype(np.uint16))
