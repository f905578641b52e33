"""Error messages of policies and simulator, in the user's language."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balancer.core.bounds import OutOfBounds
from balancer.core.named import OnlySimulated, UnknownPolicy
from balancer.core.simulator import errors
from live.wording import grouped
from ringviz.core.errors import CoreError, DuplicateName, InvalidName, InvalidOption, NotAnOption, UnknownOption
from ringviz.strategies import WANTED

# The fields of a plan and of its faults, as used in "... must be from 1 to 1,000, not 0".
_FIELDS: dict[str, Any] = {
    "nodes": gettext_lazy("the number of nodes"),
    "load": gettext_lazy("the load"),
    "rate": gettext_lazy("the rate"),
    "requests": gettext_lazy("the number of requests"),
    "seed": gettext_lazy("the seed"),
    "queue": gettext_lazy("the queue"),
    "skew": gettext_lazy("the skew"),
    "work": gettext_lazy("the work of a request"),
    "rounds": gettext_lazy("the number of rounds"),
    "keys": gettext_lazy("the number of keys"),
    "faults": gettext_lazy("the number of faults"),
    "weight": gettext_lazy("a weight"),
    "speed": gettext_lazy("a speed"),
    "start": gettext_lazy("the start of a fault"),
    "at": gettext_lazy("the time of a fault"),
    "every": gettext_lazy("the period of a freeze"),
    "part": gettext_lazy("the frozen part of a period"),
    "factor": gettext_lazy("the speed factor"),
    "seconds": gettext_lazy("the number of seconds"),
    "port": gettext_lazy("the port"),
    "slots": gettext_lazy("the number of slots"),
    "connections": gettext_lazy("the number of connections"),
    "full": gettext_lazy("the number of connections that fill a node"),
    "connect_ms": gettext_lazy("the connect timeout"),
    "idle_ms": gettext_lazy("the idle timeout"),
    "retries": gettext_lazy("the number of retries"),
    "threads": gettext_lazy("the number of threads"),
    "every_ms": gettext_lazy("the time between two checks"),
    "fall": gettext_lazy("the number of failed checks"),
    "rise": gettext_lazy("the number of passed checks"),
}


def refusal(error: CoreError) -> str:
    """One line: what is wrong and what to do instead."""
    text: str = str(error)
    values: dict[str, Any] = {}
    match error:
        case UnknownPolicy(name=name, known=known):
            text = _("there is no policy %(name)s; choose one of: %(known)s")
            values = {"name": ascii(name), "known": ", ".join(known)}
        case OnlySimulated(name=name):
            text = _("%(name)s needs to know how long each request will take; it only runs in the simulator")
            values = {"name": name}
        case UnknownOption(name=name, known=known):
            text = _("the policy has no option %(name)s; it has: %(known)s")
            values = {"name": ascii(name), "known": ", ".join(known) or _("none")}
        case NotAnOption(word=word):
            text, values = _("%(word)s is not an option; write NAME=NUMBER, for example c=1.25"), {"word": ascii(word)}
        case InvalidOption():
            text = _("%(name)s must be %(wanted)s from %(lowest)s to %(highest)s, not %(value)s")
            values = {"name": error.name, "wanted": WANTED[error.wanted], **_numbers(error)}
        case OutOfBounds(what=what):
            text = _("%(what)s must be from %(lowest)s to %(highest)s, not %(value)s")
            values = {"what": _FIELDS[what], **_numbers(error)}
        case errors.NeedsQueue(load=load):
            text = _("at a load of %(load)s the queues would grow forever; lower the load or set --queue")
            values = {"load": grouped(load)}
        case errors.EmptyWindow(start=start, end=end):
            text = _("a fault that starts at %(start)s must end after that, not at %(end)s")
            values = {"start": grouped(start), "end": _number(end)}
        case InvalidName():
            text = _("a node needs a name")
        case DuplicateName(name=name):
            text, values = _("two nodes are named %(name)s; give each its own name"), {"name": ascii(name)}
        case _ if words := _of_a_kill(error):
            text = words
    return text % values if values else text


def sentence(error: CoreError) -> str:
    """The same as a full sentence, for a page."""
    return f"{capfirst(refusal(error))}."


def _of_a_kill(error: CoreError) -> str:
    match error:
        case errors.KilledTwice():
            return _("a node can be killed only once; give --kill once per node")
        case errors.KilledBeforeJoining(at=at, joins=joins):
            text = _("a node that joins at %(joins)s cannot be killed at %(at)s; kill it later")
            return text % {"joins": grouped(joins), "at": grouped(at)}
        case _:
            return ""


def _numbers(error: InvalidOption | OutOfBounds) -> dict[str, str]:
    return {name: _number(getattr(error, name)) for name in ("lowest", "highest", "value")}


def _number(value: float) -> str:
    """Formats a number for people. NaN and infinity are spelled as in Python."""
    return grouped(value) if abs(value) < float("inf") else str(value)
