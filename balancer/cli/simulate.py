"""`manage.py balance simulate`: runs one policy on simulated nodes. Needs no database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any, TextIO

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _

from balancer.cli.options import add_option_argument
from balancer.cli.planning import add_plan_arguments, plan_asked
from balancer.cli.refusals import core_refusals_told
from balancer.cli.report import answer, assumed, head, row, shares
from balancer.core.named import POLICIES
from balancer.core.simulator.engine import run
from live.columns import columns
from ringviz.cli.options import options_given


def add_arguments(parser: ArgumentParser) -> None:
    """The policy, the plan and the output format."""
    parser.add_argument("--policy", required=True, help=_("one of: %(names)s") % {"names": ", ".join(POLICIES)})
    add_option_argument(parser)
    add_plan_arguments(parser)
    parser.add_argument("--json", action="store_true", help=_("print one JSON object"))


def handle(options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
    """Writes the figures and each node's share; with --json, one object (`report.answer`). Raises CommandError."""
    with core_refusals_told():
        plan = plan_asked(options)
        outcome = run(plan, options["policy"], options_given(options["option"]))
    if options["json"]:
        out.write(json.dumps(answer(outcome), ensure_ascii=False) + "\n")
        return
    figures = columns([head(), row(outcome.policy, outcome)], 1)
    for line in [assumed(plan), "", *figures, "", *columns(shares([outcome], [outcome.policy]), 1)]:
        out.write(f"{line}\n")
