"""`manage.py balance race`: compares policies on the same simulated requests. Needs no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any, Final, TextIO

from django.core.management.base import CommandError, OutputWrapper
from django.utils.translation import gettext as _

from balancer.cli.planning import add_plan_arguments, plan_asked
from balancer.cli.refusals import core_refusals_told
from balancer.cli.report import answer, assumed, head, row, shares
from balancer.core.named import POLICIES
from balancer.core.simulator.engine import race
from live.columns import columns
from ringviz.core.abilities import Options, read_options

MOST: Final = 16


def add_arguments(parser: ArgumentParser) -> None:
    """The policies, the plan and the output format."""
    parser.add_argument(
        "--policies",
        required=True,
        metavar=_("NAME[:OPTION=NUMBER,...],..."),
        help=_("two or more of: %(names)s") % {"names": ", ".join(POLICIES)},
    )
    add_plan_arguments(parser)
    parser.add_argument("--json", action="store_true", help=_("print one JSON object"))


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Writes a row for each policy, and each node's share under it. Raises CommandError.

    With --json, writes one object, `{"policies": [...]}`, in the order given. Each is `report.answer` plus `options`.
    """
    with core_refusals_told():
        titles = entries_of(options["policies"])
        entries = [entry_of(title) for title in titles]
        plan = plan_asked(options)
        outcomes = race(plan, entries)
    if options["json"]:
        found = [
            answer(outcome) | {"options": chosen} for outcome, (_name, chosen) in zip(outcomes, entries, strict=True)
        ]
        out.write(json.dumps({"policies": found}, ensure_ascii=False) + "\n")
        return
    figures = columns([head(), *map(row, titles, outcomes)], 1)
    for line in [assumed(plan), "", *figures, "", *columns(shares(outcomes, titles), 1)]:
        out.write(f"{line}\n")


def entries_of(text: str, fewest: int = 2) -> list[str]:
    """Reads `p2c,d_choices:d=3,x=1,jsq`. Options belong to the policy before them. Raises CommandError."""
    found: list[str] = []
    for word in text.split(","):
        if "=" in word and ":" not in word and found:
            found[-1] += f",{word}"
        else:
            found.append(word.strip())
    if not fewest <= len(found) <= MOST:
        values = {"fewest": fewest, "most": MOST}
        raise CommandError(_("give %(fewest)d to %(most)d policies, as in --policies random,p2c,jsq") % values)
    return found


def entry_of(text: str) -> tuple[str, Options]:
    """Splits `d_choices:d=3` into name and options. Raises NotAnOption."""
    name, _colon, options = text.partition(":")
    return name, read_options(options)
