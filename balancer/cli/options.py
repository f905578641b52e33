"""The options of a policy on the command line: `--option NAME=NUMBER`, once for each."""

from __future__ import annotations

from argparse import ArgumentParser

from django.utils.translation import gettext as _

from balancer.core.named import POLICIES


def add_option_argument(parser: ArgumentParser) -> None:
    """With every option that there is in its help."""
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar=_("NAME=NUMBER"),
        help=_("a parameter of the policy: %(options)s") % {"options": ", ".join(every_option())},
    )


def every_option() -> list[str]:
    """As in `c=1.25 (bounded_ring)`: each with its default."""
    return [f"{one.name}={one.default:g} ({name})" for name, kind in POLICIES.items() for one in kind.options]
