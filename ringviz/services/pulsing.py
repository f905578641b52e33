"""Decisions about short freezes, a node setting that the supervisor follows (not an intent).

They start with the freeze action and end with the thaw action, so that there is one way to thaw a server.
"""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from live.wording import grouped
from ringviz import events
from ringviz.bounds import MAX_PULSE_EVERY_MS, MAX_PULSE_MS, MAX_PULSE_PERCENT
from ringviz.core.state import NodeState, Pulse, without_pulse
from ringviz.errors import Invalid
from ringviz.selectors.clusters import Known
from ringviz.services import served
from ringviz.services.decisions import ACTIVE, Decision, node_of


def pulse(number: int, wanted: Pulse) -> Decision:
    """Freezes a server for part of every period until it is thawed or gets another action."""

    def decide(on: Known) -> events.Payload:
        _check(wanted)
        node = served.served_node(on, number, {ACTIVE})
        if node.get("pulse") == wanted:
            raise Invalid("for", wanted["for_ms"], _("%(node)s already freezes like this.") % {"node": node["name"]})
        return _pulsed(node, {**node, "pulse": wanted})

    fields = {"node": str(number), "for": str(wanted["for_ms"]), "every": str(wanted["every_ms"])}
    return Decision("freeze", fields, decide)


def thaw(number: int) -> Decision:
    """Thaws a server: ends its short freezes or the freeze that an operator requested."""
    plain = served.thaw(number)

    def decide(on: Known) -> events.Payload:
        node = node_of(on.state, number)
        return _pulsed(node, without_pulse(node)) if "pulse" in node else plain(on)

    return replace(plain, decide=decide)


def _pulsed(was: NodeState, node: NodeState) -> events.NodePulsed:
    return events.NodePulsed(node=node, changed=[], movement=None, before=was.get("pulse"))


def _check(pulse: Pulse) -> None:
    """Raises Invalid for a pulse that is out of bounds."""
    frozen, every = pulse["for_ms"], pulse["every_ms"]
    if not 1 <= frozen <= MAX_PULSE_MS:
        text = _("A short freeze lasts 1 to %(most)d ms.")
        raise Invalid("for", frozen, text % {"most": MAX_PULSE_MS})
    if every > MAX_PULSE_EVERY_MS:
        text = _("Repeat the freeze every %(most)s ms or more often.")
        raise Invalid("every", every, text % {"most": grouped(MAX_PULSE_EVERY_MS)})
    if frozen * 100 > every * MAX_PULSE_PERCENT:
        text = _("A server may be frozen for at most %(share)d %% of the time. Freeze it for less, or less often.")
        raise Invalid("every", every, text % {"share": MAX_PULSE_PERCENT})
