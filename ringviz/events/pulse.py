"""Texts for short freezes. Very short, frequent freezes are described as a slow server."""

from __future__ import annotations

from django.utils.translation import gettext as _

from live.wording import grouped, percent
from ringviz.bounds import MAX_SLOW_EVERY_MS
from ringviz.core.state import Pulse


def is_slow(pulse: Pulse) -> bool:
    """Whether it feels like low speed rather than freezes."""
    return pulse["every_ms"] <= MAX_SLOW_EVERY_MS


def pulse_words(pulse: Pulse) -> str:
    """What the server does: "freezes 300 of every 1,000 ms", "slowed to half speed"."""
    if not is_slow(pulse):
        values = {"for": grouped(pulse["for_ms"]), "every": grouped(pulse["every_ms"])}
        return _("freezes %(for)s of every %(every)s ms") % values
    return _("slowed to %(speed)s speed") % {"speed": speed_words(pulse)}


def pulsed_words(name: str, pulse: Pulse | None, before: Pulse | None) -> str:
    """What happened to a server, as a phrase."""
    if pulse is None:
        text = _("%(node)s runs at full speed again") if before and is_slow(before) else _("%(node)s no longer freezes")
        return text % {"node": name}
    if is_slow(pulse):
        return _("%(node)s slowed to %(speed)s speed") % {"node": name, "speed": speed_words(pulse)}
    values = {"node": name, "for": grouped(pulse["for_ms"]), "every": grouped(pulse["every_ms"])}
    return _("%(node)s freezes for %(for)s ms of every %(every)s ms") % values


def speed_words(pulse: Pulse) -> str:
    """The share of time in which the server runs: "half", "25%"."""
    runs = pulse["every_ms"] - pulse["for_ms"]
    return _("half") if runs * 2 == pulse["every_ms"] else percent(runs / pulse["every_ms"], 0)
