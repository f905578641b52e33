"""Merges a form's fields into the current traffic. The service checks the bounds."""

from __future__ import annotations

import math
from typing import Final

from django.utils.translation import gettext as _

from balancer.core.state import Traffic
from balancer.core.trial import Trial
from balancer.refusals import sentence
from live.asked import Fields, whole
from live.refusals import Invalid
from ringviz.core.abilities import read_options
from ringviz.core.errors import NotAnOption

_ON: Final = ("1", "true", "on")


def wanted(fields: Fields, now: Traffic) -> Traffic:
    """The requested traffic. Fields left out keep their current values. A new policy gets its default options.

    `on` is 1 or 0, `options` a text such as `d=3`. `trial` is the policy to compare with, with `trial_options`,
    `seconds` and `rounds`; an empty `trial` ends the run. Raises Invalid.
    """
    policy = fields.get("policy", now["policy"])
    options = now["options"] if policy == now["policy"] else {}
    return {
        **now,
        "on": fields["on"] in _ON if "on" in fields else now["on"],
        "policy": policy,
        "options": _options(fields, "options") if "options" in fields else options,
        "rate": _number(fields, "rate", now["rate"]),
        "skew": _number(fields, "skew", now["skew"]),
        "seed": _seed(fields, now["seed"]),
        "trial": _trial(fields) if "trial" in fields else now["trial"],
    }


def _trial(fields: Fields) -> Trial | None:
    if not fields["trial"]:
        return None
    return Trial(
        policy=fields["trial"],
        options=_options(fields, "trial_options") if "trial_options" in fields else {},
        seconds=whole(fields, "seconds"),
        rounds=whole(fields, "rounds"),
    )


def _options(fields: Fields, name: str) -> dict[str, float]:
    try:
        return read_options(fields[name])
    except NotAnOption as wrong:
        raise Invalid(name, fields[name][:40], sentence(wrong)) from wrong


def _seed(fields: Fields, now: int) -> int:
    number = _number(fields, "seed", now)
    if not number.is_integer():
        raise Invalid("seed", fields["seed"][:40], _("Give a whole number."))
    return int(number)


def _number(fields: Fields, name: str, now: float) -> float:
    """Reads a number as people write it, for example "1,500"."""
    if name not in fields:
        return float(now)
    text = fields[name].strip().replace(",", "")
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Invalid(name, text[:40], _("Give a number."))
    return number
