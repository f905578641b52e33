"""Turns actions, as a form or an address names them, into decisions. A plan and its execution use the same words."""

from __future__ import annotations

import math
from collections.abc import Callable

from django.utils.translation import gettext as _

from live.asked import Fields, maybe_whole, whole
from ringviz.bounds import MAX_WEIGHT
from ringviz.core.state import Pulse, Workload
from ringviz.errors import Invalid
from ringviz.services import decisions, freezing, importing, pulsing, served
from ringviz.services.checks import options_asked
from ringviz.services.decisions import Decision


def decision_of(action: str, fields: Fields) -> Decision:
    """The decision that `action` and its fields ask for. Raises Invalid if a field cannot be read."""
    if action not in _ACTIONS:
        known = ", ".join(sorted(_ACTIONS))
        raise Invalid("action", action, _("Choose one of: %(names)s.") % {"names": known})
    return _ACTIONS[action](fields)


def weight(fields: Fields) -> float:
    """A weight; 1 if the field is empty. Raises Invalid."""
    text = fields.get("weight", "").strip() or "1"
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Invalid("weight", text[:40], _("Give a number from 0 to %(most)d.") % {"most": int(MAX_WEIGHT)})
    return number


def _add(fields: Fields) -> Decision:
    return decisions.add(
        name=fields.get("name", ""),
        address=fields.get("address", ""),
        zone=fields.get("zone", ""),
        weight=weight(fields),
    )


def _edit(fields: Fields) -> Decision:
    return decisions.edit(whole(fields, "node"), address=fields.get("address", ""), zone=fields.get("zone", ""))


def _configure(fields: Fields) -> Decision:
    return decisions.configure(
        strategy=fields.get("strategy") or None,
        options=options_asked(fields["options"]) if "options" in fields else None,
        vnodes=maybe_whole(fields, "vnodes"),
        copies=maybe_whole(fields, "copies"),
    )


def _workload(fields: Fields) -> Decision:
    return served.set_workload(
        Workload(
            on=fields.get("on", "") in ("1", "true", "on"),
            rate=whole(fields, "rate"),
            distribution=fields.get("distribution", ""),
            reads=_share(fields, "reads"),
        )
    )


def _freeze(fields: Fields) -> Decision:
    """For good, or for `for` ms out of every `every` ms."""
    number = whole(fields, "node")
    frozen, every = maybe_whole(fields, "for"), maybe_whole(fields, "every")
    if frozen is None and every is None:
        return served.freeze(number)
    if frozen is None or every is None:
        missing = "for" if frozen is None else "every"
        raise Invalid(missing, "", _("Give both: how long each freeze lasts, and how often it repeats."))
    return pulsing.pulse(number, Pulse(for_ms=frozen, every_ms=every))


def _share(fields: Fields, name: str) -> float:
    try:
        share = float(fields.get(name, ""))
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise Invalid(name, fields.get(name, "")[:40], _("Give a share from 0 to 1."))
    return share


_ACTIONS: dict[str, Callable[[Fields], Decision]] = {
    "add": _add,
    "kill": lambda fields: decisions.kill(whole(fields, "node")),
    "revive": lambda fields: decisions.revive(whole(fields, "node")),
    "drain": lambda fields: decisions.drain(whole(fields, "node")),
    "remove": lambda fields: decisions.remove(whole(fields, "node")),
    "reweight": lambda fields: decisions.reweight(whole(fields, "node"), weight(fields)),
    "edit": _edit,
    "freeze": _freeze,
    "thaw": lambda fields: pulsing.thaw(whole(fields, "node")),
    "restart": lambda fields: served.restart(whole(fields, "node")),
    "cancel": lambda fields: served.cancel(whole(fields, "work")),
    "workload": _workload,
    "verdict_delay": lambda fields: freezing.delay_verdict(whole(fields, "verdict_delay_ms")),
    "configure": _configure,
    "keys": lambda fields: importing.taking(whole(fields, "keys")),
}
