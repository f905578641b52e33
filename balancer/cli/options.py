"""The options of a policy on the command line: `--option NAME=NUMBER`, repeatable."""

from __future__ import annotations

from argparse import ArgumentParser

from django.utils.translation import gettext as _

from balancer.core.named import POLICIES


def add_option_argument(parser: ArgumentParser) -> None:
    """The help lists every option."""
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar=_("NAME=NUMBER"),
        help=_("a parameter of the policy: %(options)s") % {"options": ", ".join(every_option())},
    )


def every_option() -> list[str]:
    """Each option with its default: `c=1.25 (bounded_ring)`."""
    return [f"{one.name}={one.default:g} ({name})" for name, kind in POLICIES.items() for one in kind.options]
