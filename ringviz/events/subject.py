"""The event subject "ring": a cluster's nodes, keys and work.

The other files in this folder declare the kinds. `static/js/ring/kinds/` declares the same kinds for the page, and the
golden files of `tests/contract` check that both agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from live.subjects import Effect, EventWords, Fold, Part, Payload, Subject, WorkPart
from live.wording import number

# Events about a node contain the whole node, removals its name, intents the name of their node.
ring = Subject("ring", named=("node__name", "name", "asked__name"))

ENDS_WORK = WorkPart("work", Part.DONE)  # most kinds say which intent they end, 0 for none

T = TypeVar("T")

Words = Callable[[Payload], EventWords]
Shows = Literal["change", "follows", "beside", "nothing"]

_shows: dict[str, Shows] = {}


def kind(
    name: str,
    *,
    title: Any,
    fold: Fold,
    words: Words,
    shows: Shows = "nothing",
    with_peer: bool = True,
    listed: Callable[[Payload], str] | None = None,
    work: WorkPart | None = ENDS_WORK,
) -> Callable[[type[T]], type[T]]:
    """Declares a kind of the ring. `with_peer`: the movement can be compared with what modulo would have moved.

    `shows`: a "change" is the picture until the next one. An event that "follows" from it, or is "beside" it, leaves
    the picture; "nothing" ends it.
    """
    _shows[name] = shows

    def said(payload: Payload) -> EventWords:
        found = words(payload)
        if not payload.get("undoes"):
            return found
        return EventWords(found.label, _("%(what)s (undone)") % {"what": found.text})

    def effect(payload: Payload) -> Effect | None:
        return effect_of(payload, with_peer=with_peer)

    return ring.kind(name, title=title, fold=fold, words=said, effect=effect, listed=listed, work=work)


def shows(name: str) -> Shows:
    """What a kind of the ring does to the picture. Raises KeyError for a kind that is not the ring's."""
    return _shows[name]


def same(text: str) -> EventWords:
    """The text as its own label."""
    return EventWords(text, text)


def effect_of(payload: Mapping[str, Any], *, with_peer: bool) -> Effect | None:
    """What moved, or was lost with a server. None if nothing can move."""
    movement: dict[str, Any] | None = payload.get("movement")
    if not movement:
        return None
    loss: dict[str, Any] | None = payload.get("loss")  # then nothing arrived anywhere
    keys, moved = movement["keys"], movement["moved"]
    count = loss["keys"] if loss else moved
    if loss:
        text = ngettext("%(n)s key lost", "%(n)s keys lost", count)
    else:
        text = ngettext("%(n)s key moved", "%(n)s keys moved", count)
    # Modulo moves nothing if the nodes stay the same (for example a new weight), so there is nothing to compare with.
    peer = movement["modulo"]["moved"] or None if with_peer and movement.get("modulo") else None
    return Effect(
        text=text % {"n": number(count)},
        count=number(count),
        unit=_("lost") if loss else _("moved"),
        share=moved / keys if keys else None,
        peer=peer / keys if keys and peer is not None else None,
    )
