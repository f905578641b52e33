"""`manage.py ring ...`: one door to the sub-commands of `ringviz.cli`."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any, NoReturn, Protocol, TextIO, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper, handle_default_options
from django.db import connections
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

BAD_INPUT = 2

# The module of each sub-command and what its line in the help says. A module is imported when its sub-command is
# called for, so that `place` and `diff` need neither a database nor what leads to one.
SUBCOMMANDS = {
    "place": ("ringviz.cli.place", gettext_lazy("which node owns each key (no database)")),
    "diff": ("ringviz.cli.diff", gettext_lazy("which keys a change of nodes would move (no database)")),
    "status": ("ringviz.cli.status", gettext_lazy("the nodes of a cluster")),
    "create": ("ringviz.cli.creating", gettext_lazy("make a cluster, of simulated nodes or of servers")),
    "kill": ("ringviz.cli.act", gettext_lazy("kill a node")),
    "freeze": ("ringviz.cli.act", gettext_lazy("stop a server where it stands; soon it is found silent and killed")),
    "thaw": ("ringviz.cli.act", gettext_lazy("let a frozen server go on, before it is convicted")),
    "restart": ("ringviz.cli.act", gettext_lazy("end a server and start it again, with its keys")),
    "revive": ("ringviz.cli.act", gettext_lazy("bring a killed or drained node back")),
    "add": ("ringviz.cli.act", gettext_lazy("add a node")),
    "drain": ("ringviz.cli.act", gettext_lazy("move a node's keys to the others")),
    "remove": ("ringviz.cli.act", gettext_lazy("remove a node for good")),
    "cancel": ("ringviz.cli.act", gettext_lazy("give up what was asked; what it has moved goes back")),
    "workload": ("ringviz.cli.workload", gettext_lazy("start, stop or set the clients of a cluster of servers")),
    "attach": ("ringviz.cli.attaching", gettext_lazy("show a cluster that somebody else runs, read-only")),
    "detach": ("ringviz.cli.attaching", gettext_lazy("show it no more")),
    "import": ("ringviz.cli.importing", gettext_lazy("give a cluster its keys")),
}


class Subcommand(Protocol):
    """A module of `ringviz.cli`."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declares the options. `parser.get_default("subcommand")` names the sub-command that they are for."""

    def handle(self, options: dict[str, Any], out: OutputWrapper | TextIO) -> None:
        """Does it, `options["subcommand"]`; refuses with CommandError."""


class Command(BaseCommand):
    """Dispatches to a sub-command; whatever is refused is one line on standard error and exit status 2."""

    help = _("Places keys on a ring, and shows and changes clusters.")
    requires_system_checks: list[str] = []
    _wanted: str | None = None

    def add_arguments(self, parser: CommandParser) -> None:
        """A parser for each sub-command. Only the one called for has its options, if it is known which that is."""
        subparsers = parser.add_subparsers(dest="subcommand", required=True, metavar=_("SUBCOMMAND"))
        for name, (_module, summary) in SUBCOMMANDS.items():
            subparser = subparsers.add_parser(name, help=str(summary), description=str(summary))
            subparser.set_defaults(subcommand=name)
            if self._wanted in (None, name):
                _load(name).add_arguments(subparser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Called with what was parsed."""
        _load(options["subcommand"]).handle(options, self.stdout)

    def run_from_argv(self, argv: list[str]) -> None:
        """As Django's, but for the refusals: Django prints a usage or a class name and exits with 1."""
        words = argv[2:]
        # With none of them `ring` only lists them, and the list needs no options: any name but theirs will do.
        self._wanted = next((word for word in words if word in SUBCOMMANDS), "")
        try:
            options = self.create_parser(argv[0], argv[1]).parse_args(words)
            handle_default_options(options)
            self.execute(**vars(options))
            self.stdout.flush()
        except CommandError as error:
            _refuse(error)
        except BrokenPipeError:
            _leave_quietly()
        finally:
            connections.close_all()


def _load(name: str) -> Subcommand:
    module, _summary = SUBCOMMANDS[name]
    return cast(Subcommand, import_module(module))


def _refuse(error: CommandError) -> NoReturn:
    """One line, whatever the message holds; Django's parser begins its own with a word that is ours to write."""
    message = " ".join(str(error).split()).removeprefix("Error: ")
    sys.stderr.write(f"error: {message}\n")
    sys.exit(BAD_INPUT)


def _leave_quietly() -> NoReturn:
    """The reader of our output has gone (`| head`). What is still buffered goes nowhere, without a complaint."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)
