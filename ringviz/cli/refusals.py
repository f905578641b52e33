"""The core's errors, in the user's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ringviz.core import errors
from ringviz.strategies import WANTED


def refusal(error: errors.CoreError) -> str:
    """One line that says what was wrong and what to do instead."""
    text: str = str(error)
    values: dict[str, Any] = {}
    match error:
        case errors.InvalidName(name=name):
            text, values = (
                _("a node's name must not be empty and must be valid text, not %(name)s"),
                {"name": ascii(name)},
            )
        case errors.DuplicateName(name=name):
            text, values = _("two nodes are named %(name)s. Give each node its own name."), {"name": name}
        case errors.InvalidWeight():
            text = _("the weight of %(name)s must be from 0 to %(highest)g, not %(weight)g")
            values = vars(error)
        case errors.InvalidVnodes():
            text, values = _("virtual nodes must be 1 or more, not %(vnodes)d"), vars(error)
        case errors.InvalidSeed():
            text, values = _("the seed must be from 0 to 4294967295, not %(seed)d"), vars(error)
        case errors.TooManyTokens():
            text = _("this makes %(count)d tokens; the limit is %(most)d. Lower the virtual nodes or the weights.")
            values = vars(error)
        case errors.UnknownStrategy(strategy=strategy, known=known):
            text = _("there is no strategy %(strategy)s; choose one of: %(known)s")
            values = {"strategy": ascii(strategy), "known": ", ".join(known)}
        case errors.UnknownOption(name=name, known=known):
            text = _("the strategy has no option %(name)s; it has: %(known)s")
            values = {"name": ascii(name), "known": ", ".join(known) or _("none")}
        case errors.NotAnOption(word=word):
            text = _("%(word)s is not a valid option. Write NAME=NUMBER, for example table_size=65537.")
            values = {"word": ascii(word)}
        case errors.InvalidOption():
            text = _("%(name)s must be %(wanted)s from %(lowest)g to %(highest)g, not %(value)g")
            values = {**vars(error), "wanted": WANTED[error.wanted]}
    return text % values if values else text
